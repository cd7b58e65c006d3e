/**
 * Our wire client against the real API server where its answers are peculiar: evictions under disruption budgets,
 * bookmarks of watches, cursors that are too old, a server that is busy, server-side apply.
 */
import { jsonLines } from '../../../../lib/adapters/kube/json-lines.ts';
import { KubeCluster } from '../../../../lib/adapters/kube/kube-cluster.ts';
import { applyObject, createEvent, evictPod } from '../../../../lib/adapters/kube/kube-writes.ts';
import { podUid } from '../../../../lib/model/ids.ts';
import type { PodRef } from '../../../../lib/ports/cluster.ts';
import { GROUP } from '../../../../lib/rbac/groups.ts';
import { pathOf as pathOfOurs } from '../../../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../../../lib/rbac/manifests.ts';
import { seededRandom } from '../../../support/memory-clock.ts';
import { realClock } from '../../../support/real-time.ts';
import { type KubeClient, type Manifest, pathOf } from '../kube-client.ts';
import { joinKwokNode } from '../kwok-node.ts';
import type { Findings } from './check.ts';
import type { CheckedLane } from './lane.ts';
import { aNode } from './objects.ts';

const PODS = '/api/v1/namespaces/default/pods';
const NODE = 'wire-node';
const BURST = 40;
/** The server takes a moment from a rule's creation until it follows it. */
const MAX_BURSTS = 20;

export async function checkWire(findings: Findings, lane: CheckedLane): Promise<void> {
  await nodeAndEvictions(findings, lane);
  await watches(findings, lane);
  await busyServer(findings, lane);
  await applyTwice(findings, lane);
}

const aBudget = (name: string): Manifest => ({
  ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace: 'default' } },
  spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
});

async function nodeAndEvictions(findings: Findings, lane: CheckedLane): Promise<void> {
  const { admin } = lane.plane;
  const csiDrivers = [
    { name: 'ebs.csi.aws.com', topologyKeys: ['topology.ebs.csi.aws.com/zone'], volumeLimit: 25 },
  ];
  const node = await joinKwokNode({ admin, node: aNode(NODE), readyAfterMs: 1_000, csiDrivers });
  const taints = (await admin.get(`/api/v1/nodes/${NODE}`))?.['spec'];
  findings.holds('a node joins as not ready', JSON.stringify(taints).includes('not-ready'), taints);
  const proud = aNode('proud', { 'node-restriction.kubernetes.io/trusted': 'yes' });
  const refusal = await joinKwokNode({ admin, node: proud, readyAfterMs: 0 }).catch(String);
  const judged = String(refusal).includes('is not allowed to set the following labels');
  findings.holds('a kubelet that gives itself a reserved label does not join', judged, refusal);
  const labels = { app: 'guarded' };
  const spec = { containers: [{ name: 'app', image: 'shop:1' }], terminationGracePeriodSeconds: 0 };
  const pod = await admin.create(PODS, { metadata: { name: 'guarded', labels }, spec });
  findings.equals('it becomes ready when it was told to', await node.ready, true);
  const ref = { uid: podUid(pod.metadata.uid ?? ''), namespace: 'default', name: 'guarded' };
  await admin.until('the pod to run', async () => (await phaseOf(admin, 'guarded')) === 'Running');
  findings.note('the scheduler binds a waiting pod to it, and kwok runs it');
  await evictions(findings, lane, ref);
  await node.fallSilent();
  const silent = await admin.until('the taint of a silent node', async () =>
    JSON.stringify((await admin.get(`/api/v1/nodes/${NODE}`))?.['spec']).includes('unreachable'),
  );
  findings.equals('a silent node is tainted as unreachable', silent, true);
  await node.end();
  findings.equals('an ended node is gone', await admin.get(`/api/v1/nodes/${NODE}`), undefined);
}

async function evictions(findings: Findings, { http, plane }: CheckedLane, ref: PodRef): Promise<void> {
  const drainer = http('drainer');
  const { admin } = plane;
  await admin.apply(aBudget('guard'));
  const refused = await evictPod(drainer, ref);
  findings.holds('a budget refuses an eviction', refused.kind === 'refused' && refused.byBudget, refused);
  const counted = await admin.until('the budget to be counted', async () => {
    const answer = await evictPod(drainer, ref);
    return answer.kind === 'refused' && answer.message.includes('needs 1 healthy pods') && answer;
  });
  findings.note(`with its cause: ${counted.kind === 'refused' ? counted.message : ''}`);
  await admin.apply(aBudget('guard-again'));
  const twice = await evictPod(drainer, ref).catch((error: unknown) => error);
  const byBudget = (twice as { readonly byBudget?: boolean }).byBudget === true;
  findings.holds('two budgets on one pod refuse it as a budget does', byBudget, twice);
  for (const name of ['guard', 'guard-again']) await admin.delete(pathOf(aBudget(name)));
  const other = { ...ref, uid: podUid('another') };
  findings.equals(
    'a pod that took the name of ours is not evicted',
    (await evictPod(drainer, other)).kind,
    'gone',
  );
  await admin.until('the eviction', async () => (await evictPod(drainer, ref)).kind === 'evicted');
  findings.note('without a budget the pod is evicted');
  await admin.until('the pod to end', async () => (await phaseOf(admin, ref.name)) === undefined);
  findings.equals('an evicted pod is gone', (await evictPod(drainer, ref)).kind, 'gone');
}

async function phaseOf(admin: KubeClient, name: string): Promise<string | undefined> {
  const pod = await admin.get(`${PODS}/${name}`);
  return (pod?.['status'] as { readonly phase?: string } | undefined)?.phase;
}

/** The server sends a bookmark two seconds before it ends a watch, besides one a minute. */
async function watches(findings: Findings, lane: CheckedLane): Promise<void> {
  const http = lane.http('poller');
  const cluster = new KubeCluster({ http, clock: realClock, random: seededRandom(1) });
  const { cursor } = await cluster.list();
  const query = {
    ...{ watch: '1', allowWatchBookmarks: 'true', resourceVersion: cursor.namespaces, timeoutSeconds: '12' },
  };
  const response = await http.stream({ path: '/api/v1/namespaces', query }, AbortSignal.timeout(20_000));
  const types: string[] = [];
  let version = '';
  for await (const event of jsonLines(response)) {
    const { type, object } = event as { readonly type: string; readonly object: Manifest };
    types.push(type);
    version = object.metadata.resourceVersion ?? '';
  }
  findings.equals('a quiet watch brings bookmarks only', [...new Set(types)], ['BOOKMARK']);
  findings.holds(`a bookmark moves the cursor on`, Number(version) >= Number(cursor.namespaces), version);
  cluster.close();
}

/**
 * Our group gets one seat at a time and no queue, so that of a burst most are turned away, until the first of them has
 * waited for as long as the server asked.
 */
async function busyServer(findings: Findings, lane: CheckedLane): Promise<void> {
  const { admin } = lane.plane;
  const [level, schema] = jail();
  await admin.apply(level, schema);
  const sleptMs: number[] = [];
  const sleep = async (durationMs: number): Promise<void> => {
    sleptMs.push(durationMs);
    await admin.delete(pathOf(schema));
    await realClock.sleep(durationMs);
  };
  const http = lane.http('poller', { clock: { nowMs: realClock.nowMs, sleep } });
  const about = { apiVersion: 'v1', kind: 'Node', name: NODE, uid: 'none' };
  const event = { about, type: 'Normal', reason: 'Busy', message: 'a check of patience' } as const;
  const answers: string[] = [];
  for (let burst = 0; burst < MAX_BURSTS && sleptMs.length === 0; burst += 1) {
    const names = Array.from({ length: BURST }, (_, index) => `busy-${burst}-${index}`);
    const all = names.map((name) => createEvent(http, { ...event, name, atMs: Date.now() }));
    answers.push(...(await Promise.all(all)));
  }
  await admin.delete(pathOf(level));
  const asked = sleptMs.length > 0 && sleptMs.every((durationMs) => durationMs >= 1_000);
  findings.holds('a busy server is asked again after the pause that it asks for', asked, sleptMs);
  findings.equals('and writes of a burst all succeed', [...new Set(answers)], ['created']);
  findings.note(`${sleptMs.length} of ${answers.length} requests were turned away first`);
}

function jail(): readonly [Manifest, Manifest] {
  const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
  const metadata = { name: 'lane-jail' };
  return [
    {
      ...{ apiVersion, kind: 'PriorityLevelConfiguration', metadata },
      spec: {
        type: 'Limited',
        limited: {
          ...{ nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0 },
          limitResponse: { type: 'Reject' },
        },
      },
    },
    {
      ...{ apiVersion, kind: 'FlowSchema', metadata },
      spec: {
        ...{ matchingPrecedence: 2, priorityLevelConfiguration: metadata },
        rules: [
          {
            subjects: [{ kind: 'Group', group: { name: GROUP.poller } }],
            resourceRules: [
              { apiGroups: ['*'], resources: ['*'], verbs: ['*'], clusterScope: true, namespaces: ['*'] },
            ],
          },
        ],
      },
    },
  ];
}

/** Who owns which field is kept with a time, and is nothing that anybody acts on. */
async function applyTwice(findings: Findings, { http, plane }: CheckedLane): Promise<void> {
  const objects = () =>
    Promise.all(
      RBAC_MANIFESTS.map(async (manifest) => {
        const { metadata, ...parts } = (await plane.admin.get(pathOfOurs(manifest))) ?? {
          metadata: undefined,
        };
        return { ...parts, metadata: { ...metadata, managedFields: [], resourceVersion: '' } };
      }),
    );
  const before = await objects();
  const admin = http('admin');
  for (const manifest of RBAC_MANIFESTS) await applyObject(admin, pathOfOurs(manifest), manifest);
  findings.equals('manifests applied again change nothing', await objects(), before);
}
