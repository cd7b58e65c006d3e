/**
 * What the functions may do in the cluster, as plain Kubernetes objects: applied at deploy time, printed for those who
 * apply them themselves. The same for every installation, because the groups are.
 */
import { TAINT } from '../model/labels.ts';
import { podFence } from './admission.ts';
import { GROUP } from './groups.ts';
import { type KubeObject, LABELS } from './kube-object.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const RBAC = 'rbac.authorization.k8s.io';

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/** Reads what planning sees; changes tolerations of pods (fenced), and labels, taints and cordons of nodes. */
const POLLER: readonly Rule[] = [
  rule(
    '',
    ['pods', 'nodes', 'namespaces', 'persistentvolumeclaims', 'persistentvolumes'],
    ['get', 'list', 'watch'],
  ),
  rule('apps', ['daemonsets'], ['get', 'list', 'watch']),
  rule('storage.k8s.io', ['storageclasses', 'csinodes'], ['get', 'list', 'watch']),
  rule('', ['pods', 'nodes'], ['patch']),
  rule('', ['events'], ['create']),
];

/** Looks at one node and its pods, marks it, evicts, and removes what is left of it. It changes no pod. */
const DRAINER: readonly Rule[] = [
  rule('', ['nodes'], ['get', 'patch', 'delete']),
  rule('', ['pods'], ['get', 'list']),
  rule('', ['pods/eviction'], ['create']),
  rule('', ['events'], ['create']),
];

/** In the order in which they are applied; removed the other way round. */
export const RBAC_MANIFESTS: readonly KubeObject[] = [
  ...podFence({ group: GROUP.poller, taintKey: TAINT.slot }),
  ...role('poller', GROUP.poller, POLLER),
  ...role('drainer', GROUP.drainer, DRAINER),
  flowSchema(),
];

function role(name: string, group: string, rules: readonly Rule[]): KubeObject[] {
  const metadata = { name: `dovetail-${name}`, labels: LABELS };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
    },
  ];
}

/**
 * Our requests wait with those of controllers, and not behind the many of an ordinary client.
 * Source: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 */
function flowSchema(): KubeObject {
  return {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'dovetail', labels: LABELS },
    spec: {
      priorityLevelConfiguration: { name: 'workload-high' },
      matchingPrecedence: 1_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: Object.values(GROUP).map((name) => ({ kind: 'Group', group: { name } })),
          resourceRules: [
            { apiGroups: ['*'], resources: ['*'], verbs: ['*'], clusterScope: true, namespaces: ['*'] },
          ],
        },
      ],
    },
  };
}
