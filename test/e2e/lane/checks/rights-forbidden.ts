/** What our functions must not be able to do, and who refuses it. */
import type { KubeRequest } from '../../../../lib/adapters/kube/kube-http.ts';
import { TAINT } from '../../../../lib/model/labels.ts';

export interface Forbidden {
  readonly what: string;
  readonly request: KubeRequest;
  /** `rbac` (403), our admission policy (422 in its name), or the rules of the API itself (422). */
  readonly refused: 'rbac' | 'fence' | 'api';
}

export const POD = 'waiting';
const NAMESPACE = '/api/v1/namespaces/default';
const POD_PATH = `${NAMESPACE}/pods/${POD}`;
const slot = { key: TAINT.slot, operator: 'Equal', value: 'claim-9', effect: 'NoSchedule' };

type Operation = { readonly op: string; readonly path: string; readonly value?: unknown };

const patching = (what: string, path: string, ...operations: readonly Operation[]): Forbidden => ({
  what,
  request: { method: 'PATCH', path, patchType: 'json-patch', body: operations },
  refused: 'fence',
});

const onPod = (what: string, op: string, path: string, value?: unknown): Forbidden =>
  patching(what, POD_PATH, { op, path, value });

const adding = (what: string, toleration: object): Forbidden =>
  onPod(what, 'add', '/spec/tolerations/-', toleration);

/** Patches of pods, for which the poller has the right but for the fence. */
export const FENCED: readonly Forbidden[] = [
  onPod('change an image', 'replace', '/spec/containers/0/image', 'evil:1'),
  onPod('set a deadline', 'add', '/spec/activeDeadlineSeconds', 60),
  onPod('change a label', 'replace', '/metadata/labels/app', 'other'),
  onPod('add an annotation', 'add', '/metadata/annotations', { by: 'dovetail' }),
  onPod('add a finalizer', 'add', '/metadata/finalizers', ['example.com/keep']),
  onPod('give it an owner', 'add', '/metadata/ownerReferences', [
    { apiVersion: 'v1', kind: 'Node', name: 'rights-node', uid: 'none' },
  ]),
  { ...onPod('take a toleration away', 'remove', '/spec/tolerations/0'), refused: 'api' },
  onPod('shorten how long a taint is tolerated', 'replace', '/spec/tolerations/60/tolerationSeconds', 1),
  adding('tolerate another taint', { ...slot, key: 'example.com/other' }),
  adding('tolerate every slot', { key: TAINT.slot, operator: 'Exists', effect: 'NoSchedule' }),
  adding('tolerate a slot without a value', { ...slot, value: '' }),
  adding('tolerate every effect of a slot', { ...slot, effect: '' }),
  adding('tolerate being thrown off a slot', { ...slot, effect: 'NoExecute' }),
  adding('tolerate everything', { operator: 'Exists' }),
  patching(
    'add a slot toleration and change the image with it',
    POD_PATH,
    {
      ...{ op: 'add', path: '/spec/tolerations/-', value: slot },
    },
    { op: 'replace', path: '/spec/containers/0/image', value: 'evil:1' },
  ),
  patching('open the gate of a gated pod', `${NAMESPACE}/pods/gated`, {
    ...{ op: 'remove', path: '/spec/schedulingGates/0' },
  }),
  patching('select nodes for a gated pod', `${NAMESPACE}/pods/gated`, {
    ...{ op: 'add', path: '/spec/nodeSelector', value: { disk: 'ssd' } },
  }),
];

const rbac = (what: string, method: KubeRequest['method'], path: string, body?: object): Forbidden => ({
  what,
  request: {
    ...{ method, path },
    ...(body === undefined ? {} : { body }),
    ...(method === 'PATCH' ? { patchType: 'merge-patch' as const } : {}),
  },
  refused: 'rbac',
});

const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: POD, namespace: 'default' } };
const binding = { metadata: { name: POD }, target: { kind: 'Node', name: 'rights-node' } };

const everyones: readonly Forbidden[] = [
  rbac('delete a pod', 'DELETE', POD_PATH),
  rbac('create a pod', 'POST', `${NAMESPACE}/pods`, { metadata: { name: 'new' } }),
  rbac("change a pod's status", 'PATCH', `${POD_PATH}/status`, { status: { phase: 'Failed' } }),
  rbac('bind a pod', 'POST', `${POD_PATH}/binding`, binding),
  rbac('run a container in a pod', 'PATCH', `${POD_PATH}/ephemeralcontainers`, { spec: {} }),
  rbac("change a pod's size", 'PATCH', `${POD_PATH}/resize`, { spec: {} }),
  rbac('read secrets', 'GET', '/api/v1/secrets'),
  rbac('read config maps', 'GET', '/api/v1/configmaps'),
  rbac('create a node', 'POST', '/api/v1/nodes', { metadata: { name: 'new' } }),
  rbac('read roles', 'GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles'),
  rbac('widen its role', 'PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/dovetail-poller', {
    rules: [],
  }),
  rbac(
    'remove the fence',
    'DELETE',
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/dovetail-pods',
  ),
  rbac('log in as a service account', 'POST', `${NAMESPACE}/serviceaccounts/default/token`, { spec: {} }),
];

export const beyondPoller = (node: string): readonly Forbidden[] => [
  ...everyones,
  rbac('evict a pod', 'POST', `${POD_PATH}/eviction`, eviction),
  rbac('delete a node', 'DELETE', `/api/v1/nodes/${node}`),
  rbac("change a node's status", 'PATCH', `/api/v1/nodes/${node}/status`, { status: {} }),
];

export const beyondDrainer = (node: string): readonly Forbidden[] => [
  ...everyones,
  rbac('patch a pod', 'PATCH', POD_PATH, { metadata: { labels: { app: 'other' } } }),
  rbac('list nodes', 'GET', '/api/v1/nodes'),
  rbac('read volumes', 'GET', '/api/v1/persistentvolumes'),
  rbac("change a node's status", 'PATCH', `/api/v1/nodes/${node}/status`, { status: {} }),
];

export const beyondStranger: readonly Forbidden[] = [
  ...everyones,
  rbac('list pods', 'GET', '/api/v1/pods'),
  rbac('list nodes', 'GET', '/api/v1/nodes'),
];
