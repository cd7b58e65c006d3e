/**
 * The rights of our functions, judged by the API server's own RBAC and CEL: each may do all that it does and nothing
 * beside it. The functions log in with presigned tokens and use our own wire client.
 */
import { KubeCluster } from '../../../../lib/adapters/kube/kube-cluster.ts';
import type { KubeHttp, KubeRequest } from '../../../../lib/adapters/kube/kube-http.ts';
import { createEvent, evictPod } from '../../../../lib/adapters/kube/kube-writes.ts';
import { podUid } from '../../../../lib/model/ids.ts';
import { TAINT } from '../../../../lib/model/labels.ts';
import { seededRandom } from '../../../support/memory-clock.ts';
import { realClock } from '../../../support/real-time.ts';
import type { KubeClient, KubeJson } from '../kube-client.ts';
import type { Findings } from './check.ts';
import type { CheckedLane } from './lane.ts';
import {
  beyondDrainer,
  beyondPoller,
  beyondStranger,
  FENCED,
  type Forbidden,
  POD,
} from './rights-forbidden.ts';

const NODE = 'rights-node';
const PODS = '/api/v1/namespaces/default/pods';
const POLICY = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/dovetail-pods';
const slot = { key: TAINT.slot, operator: 'Equal', value: 'claim-1', effect: 'NoSchedule' } as const;

export async function checkRights(findings: Findings, lane: CheckedLane): Promise<void> {
  const { admin } = lane.plane;
  await prepare(admin);
  const poller = lane.http('poller');
  await fenceStands(findings, poller, admin);
  await pollerMay(findings, poller, admin);
  await mayNot(findings, 'poller', poller, [...FENCED, ...beyondPoller(NODE)]);
  await drainerMay(findings, lane.http('drainer'), admin);
  await mayNot(findings, 'drainer', lane.http('drainer'), beyondDrainer(NODE));
  await mayNot(findings, 'caller without a group', lane.http('stranger'), beyondStranger);
  await admin.delete(`/api/v1/nodes/${NODE}`);
  for (const name of [POD, 'gated']) await admin.delete(`${PODS}/${name}`, 0);
}

/** A pod that waits, one with much to compare, one that is gated, and a node. */
async function prepare(admin: KubeClient): Promise<void> {
  const spec = { containers: [{ name: 'app', image: 'shop:1', resources: { requests: { cpu: '100' } } }] };
  const own = Array.from({ length: 60 }, (_, index) => ({
    ...{ key: `example.com/own-${index}`, operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
  }));
  const labels = { app: 'shop' };
  await admin.create(PODS, { metadata: { name: POD, labels }, spec: { ...spec, tolerations: own } });
  const gates = [{ name: 'example.com/gate' }];
  await admin.create(PODS, {
    metadata: { name: 'gated', labels },
    spec: { ...spec, schedulingGates: gates },
  });
  await admin.create('/api/v1/nodes', { metadata: { name: NODE } });
}

/** A policy takes a moment from its creation until it is asked; and its expressions must fit the types of pods. */
async function fenceStands(findings: Findings, poller: KubeHttp, admin: KubeClient): Promise<void> {
  const fromMs = performance.now();
  const probe: KubeRequest = {
    ...{ method: 'PATCH', path: `${PODS}/${POD}`, patchType: 'merge-patch', query: { dryRun: 'All' } },
    ...{ body: { metadata: { labels: { probe: 'yes' } } }, accept: [403, 422] },
  };
  await admin.until('the fence', async () => (await poller.call(probe)).status === 422);
  findings.note(`the fence stood ${Math.round(performance.now() - fromMs)} ms after it was looked for`);
  const typeChecking = await admin.until('the check of its types', async () => {
    const status = (await admin.get(POLICY))?.['status'] as { readonly typeChecking?: object } | undefined;
    return status?.typeChecking;
  });
  findings.equals("the policy's expressions fit the types of pods", typeChecking, {});
}

async function pollerMay(findings: Findings, http: KubeHttp, admin: KubeClient): Promise<void> {
  const cluster = new KubeCluster({ http, clock: realClock, random: seededRandom(1) });
  const { state, cursor } = await cluster.list();
  findings.holds('poller lists all kinds', state.pods.length >= 2 && state.nodes.length >= 1);
  const answer = cluster.changes(cursor, 5_000);
  const node = state.nodes.find(({ name }) => name === NODE);
  const patch = { labels: { a: '1' }, taints: [], unschedulable: true, annotations: { b: '2' } };
  const patched = await cluster.patchNode(NODE, node?.resourceVersion ?? '', patch);
  findings.equals('poller patches labels, taints and the cordon of a node', patched, 'patched');
  const seen = await answer;
  const changed = seen.kind === 'changes' && seen.changes.some(({ key }) => key === NODE);
  findings.holds('poller watches all kinds', changed, seen);
  cluster.close();
  const pod = await admin.get(`${PODS}/${POD}`);
  const ref = { uid: podUid(pod?.metadata.uid ?? ''), namespace: 'default', name: POD };
  findings.equals('poller adds a slot toleration', await cluster.addToleration(ref, slot), 'added');
  findings.equals('poller sees that it is there', await cluster.addToleration(ref, slot), 'present');
  findings.equals(
    'poller adds another plan’s slot toleration',
    await cluster.addToleration(ref, { ...slot, value: 'claim-2' }),
    'added',
  );
  const tolerations = (await admin.get(`${PODS}/${POD}`))?.['spec'] as { readonly tolerations?: object[] };
  // Two are the API server's own, for nodes that are not ready or not reachable.
  findings.equals('all tolerations of before are kept', tolerations.tolerations?.length, 60 + 2 + 2);
  findings.equals('poller writes an Event', await eventOn(http, pod, 'poller'), 'created');
}

const eventOn = (http: KubeHttp, pod: KubeJson | undefined, caller: string) =>
  createEvent(http, {
    name: `rights-${caller}`,
    about: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: POD, uid: pod?.metadata.uid ?? '' },
    ...{ type: 'Normal', reason: 'Nominated', message: 'a check of rights', atMs: Date.now() },
  });

async function drainerMay(findings: Findings, http: KubeHttp, admin: KubeClient): Promise<void> {
  const cluster = new KubeCluster({ http, clock: realClock, random: seededRandom(1) });
  const pod = await admin.create(PODS, {
    metadata: { name: 'to-evict' },
    spec: { nodeName: 'leaving', containers: [{ name: 'app', image: 'shop:1' }] },
  });
  const node = await admin.create('/api/v1/nodes', { metadata: { name: 'leaving' } });
  findings.equals('drainer reads its node', (await cluster.node('leaving'))?.uid, node.metadata.uid);
  const pods = (await cluster.podsOnNode('leaving')).map(({ name }) => name);
  findings.equals('drainer lists the pods of its node', pods, ['to-evict']);
  const version = (await cluster.node('leaving'))?.resourceVersion ?? '';
  const taints = [{ key: TAINT.disrupted, effect: 'NoSchedule' }] as const;
  const patched = await cluster.patchNode('leaving', version, { taints });
  findings.equals('drainer marks its node', patched, 'patched');
  const ref = { uid: podUid(pod.metadata.uid ?? ''), namespace: 'default', name: 'to-evict' };
  findings.equals('drainer evicts', (await evictPod(http, ref, 0)).kind, 'evicted');
  findings.equals('drainer writes an Event', await eventOn(http, pod, 'drainer'), 'created');
  const deleted = await cluster.deleteNode('leaving', node.metadata.uid ?? '');
  findings.equals('drainer deletes its node', deleted, 'deleted');
}

async function mayNot(
  findings: Findings,
  who: string,
  http: KubeHttp,
  attempts: readonly Forbidden[],
): Promise<void> {
  for (const { what, request, refused } of attempts) {
    const { status, body } = await http.call<{ readonly message?: string }>({
      ...request,
      accept: [400, 403, 404, 405, 409, 422],
    });
    const { message = '' } = body;
    const by = refused === 'rbac' ? 403 : 422;
    const right = status === by && (refused !== 'fence' || message.includes('dovetail-pods'));
    findings.holds(`${who} may not ${what}`, right, { status, message });
  }
}
