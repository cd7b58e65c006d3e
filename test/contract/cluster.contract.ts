import { describe, expect, it } from 'vitest';
import { podUid } from '../../lib/model/ids.ts';
import type { Node } from '../../lib/model/node.ts';
import type { Pod } from '../../lib/model/pod.ts';
import type { WatchCursor } from '../../lib/model/snapshot.ts';
import type { Toleration } from '../../lib/model/taint.ts';
import type { Cluster, ClusterChange } from '../../lib/ports/cluster.ts';

/** An empty cluster with what others do to it. `pass` lets time go by. */
export interface ClusterHarness {
  readonly cluster: Cluster;
  /** Long enough for a change to arrive. */
  readonly waitMs: number;
  createPod(name: string): Promise<Pod>;
  createNode(name: string): Promise<Node>;
  bindPod(pod: Pod, nodeName: string): Promise<void>;
  /** Removes the pod at once. */
  removePod(pod: Pod): Promise<void>;
  /** Writes so much that cursors of before are forgotten. */
  forgetHistory(): Promise<void>;
  pass(durationMs: number): Promise<void>;
}

type MakeHarness = () => Promise<ClusterHarness>;

const slot: Toleration = {
  key: 'dovetail.sh/slot',
  operator: 'Equal',
  value: 'c1',
  effect: 'NoSchedule',
};

export function describeClusterContract(name: string, makeHarness: MakeHarness): void {
  describe(`cluster reads: ${name}`, () => {
    reads(makeHarness);
  });
  describe(`cluster watch: ${name}`, () => {
    watch(makeHarness);
  });
  describe(`pod tolerations: ${name}`, () => {
    tolerations(makeHarness);
  });
  describe(`node writes: ${name}`, () => {
    nodeWrites(makeHarness);
  });
}

function reads(makeHarness: MakeHarness): void {
  it('lists pods by uid and nodes by name', async () => {
    const { cluster, createPod, createNode } = await makeHarness();
    const pods = [await createPod('web-1'), await createPod('web-2'), await createPod('web-3')];
    for (const node of ['n2', 'n1']) await createNode(node);
    const { state } = await cluster.list();
    expect(state.pods.map((pod) => pod.uid)).toEqual(pods.map((pod) => pod.uid).sort());
    expect(state.nodes.map((node) => node.name)).toEqual(['n1', 'n2']);
  });

  it('reads one node, and the pods bound to it', async () => {
    const { cluster, createPod, createNode, bindPod } = await makeHarness();
    const node = await createNode('n1');
    const bound = await createPod('web-1');
    await createPod('web-2');
    await bindPod(bound, 'n1');
    expect((await cluster.podsOnNode('n1')).map((pod) => pod.uid)).toEqual([bound.uid]);
    expect(await cluster.podsOnNode('n2')).toEqual([]);
    expect((await cluster.node('n1'))?.uid).toBe(node.uid);
    expect(await cluster.node('n2')).toBeUndefined();
  });
}

function watch(makeHarness: MakeHarness): void {
  it('gives the changes after a list, those of each kind in their order', async () => {
    const harness = await makeHarness();
    const { cluster, createPod, createNode, bindPod, removePod } = harness;
    const { cursor } = await cluster.list();
    const pod = await createPod('web-1');
    await createNode('n1');
    await bindPod(pod, 'n1');
    await removePod(pod);
    const removed = (all: readonly ClusterChange[]) =>
      all.length >= 4 && all.some(({ type }) => type === 'delete');
    const { changes, cursor: last } = await nextChanges(harness, cursor, removed);
    const pods = changes.filter(({ list }) => list === 'pods');
    // A server may first mark a bound pod as leaving, which is one more put.
    expect(pods.map(({ type, key }) => `${type} ${key}`).join()).toMatch(
      new RegExp(`^(put ${pod.uid},){2,3}delete ${pod.uid}$`),
    );
    expect(pods[1]).toMatchObject({ value: { uid: pod.uid, nodeName: 'n1' } });
    const others = changes.filter(({ list }) => list !== 'pods');
    expect(others).toMatchObject([{ list: 'nodes', type: 'put', key: 'n1' }]);
    expect(await cluster.changes(last, 0)).toMatchObject({ kind: 'changes', changes: [] });
  });

  it('goes on from where the last answer ended', async () => {
    const harness = await makeHarness();
    const { cluster, createPod } = harness;
    const { cursor } = await cluster.list();
    await createPod('web-1');
    const first = await nextChanges(harness, cursor, one);
    const second = await createPod('web-2');
    const { changes } = await nextChanges(harness, first.cursor, one);
    expect(changes).toMatchObject([{ key: second.uid }]);
  });

  it('gives changes again to whoever comes back with an older cursor', async () => {
    const harness = await makeHarness();
    const { cursor } = await harness.cluster.list();
    const pod = await harness.createPod('web-1');
    await nextChanges(harness, cursor, one);
    const { changes } = await nextChanges(harness, cursor, one);
    expect(changes).toMatchObject([{ key: pod.uid }]);
  });

  it('waits for the first change', async () => {
    const { cluster, createPod, pass, waitMs } = await makeHarness();
    const { cursor } = await cluster.list();
    const answer = cluster.changes(cursor, waitMs);
    await pass(waitMs / 10);
    const pod = await createPod('web-1');
    expect(await answer).toMatchObject({ kind: 'changes', changes: [{ key: pod.uid }] });
  });

  it('answers with no change and the same cursor once the wait has ended', async () => {
    const { cluster, pass, waitMs } = await makeHarness();
    const { cursor } = await cluster.list();
    const answer = cluster.changes(cursor, waitMs);
    await pass(waitMs);
    expect(await answer).toEqual({ kind: 'changes', changes: [], cursor });
  });

  it('says that a cursor is gone when its history is forgotten', async () => {
    const { cluster, forgetHistory, waitMs } = await makeHarness();
    const { cursor } = await cluster.list();
    await forgetHistory();
    expect(await cluster.changes(cursor, waitMs)).toEqual({ kind: 'gone' });
    const fresh = await cluster.list();
    expect(await cluster.changes(fresh.cursor, 0)).toMatchObject({ kind: 'changes', changes: [] });
  });
}

const one = (changes: readonly ClusterChange[]): boolean => changes.length > 0;

/** Changes after the cursor until there are enough, in however many answers. */
async function nextChanges(
  { cluster, waitMs }: ClusterHarness,
  from: WatchCursor,
  enough: (changes: readonly ClusterChange[]) => boolean,
): Promise<{ readonly changes: readonly ClusterChange[]; readonly cursor: WatchCursor }> {
  const changes: ClusterChange[] = [];
  let cursor = from;
  while (!enough(changes)) {
    const answer = await cluster.changes(cursor, waitMs);
    if (answer.kind === 'gone') throw new Error('the cursor is fresh');
    if (answer.changes.length === 0) throw new Error(`only ${changes.length} changes came`);
    changes.push(...answer.changes);
    cursor = answer.cursor;
  }
  return { changes, cursor };
}

function tolerations(makeHarness: MakeHarness): void {
  it('adds a toleration once and keeps those of before', async () => {
    const { cluster, createPod } = await makeHarness();
    const { uid, namespace, name, spec } = await createPod('web-1');
    const ref = { uid, namespace, name };
    expect(await cluster.addToleration(ref, slot)).toBe('added');
    expect(await cluster.addToleration(ref, slot)).toBe('present');
    expect(await cluster.addToleration(ref, { ...slot, value: 'c2' })).toBe('added');
    const { state } = await cluster.list();
    expect(state.pods[0]?.spec.tolerations).toEqual([...spec.tolerations, slot, { ...slot, value: 'c2' }]);
  });

  it('leaves a pod alone that took the name of another', async () => {
    const { cluster, createPod, removePod } = await makeHarness();
    const first = await createPod('web-1');
    await removePod(first);
    const second = await createPod('web-1');
    expect(second.uid).not.toBe(first.uid);
    const { uid, namespace, name } = first;
    expect(await cluster.addToleration({ uid, namespace, name }, slot)).toBe('gone');
    expect((await cluster.list()).state.pods[0]?.spec.tolerations).toEqual(second.spec.tolerations);
  });

  it('says that a pod which was never there is gone', async () => {
    const { cluster } = await makeHarness();
    const ref = { uid: podUid('none'), namespace: 'default', name: 'none' };
    expect(await cluster.addToleration(ref, slot)).toBe('gone');
  });
}

function nodeWrites(makeHarness: MakeHarness): void {
  it('merges labels and annotations, removes with null, replaces taints, and cordons', async () => {
    const { cluster, createNode } = await makeHarness();
    const node = await createNode('n1');
    const taints = [{ key: 'dovetail.sh/slot', value: 'c1', effect: 'NoSchedule' }] as const;
    const first = { labels: { a: '1' }, annotations: { x: '1', y: '2' }, taints, unschedulable: true };
    expect(await cluster.patchNode('n1', node.resourceVersion, first)).toBe('patched');
    const patched = await cluster.node('n1');
    expect(patched).toMatchObject({ annotations: { x: '1', y: '2' }, taints, unschedulable: true });
    const second = { annotations: { x: null }, taints: [] };
    expect(await cluster.patchNode('n1', patched?.resourceVersion ?? '', second)).toBe('patched');
    const last = await cluster.node('n1');
    expect(last?.labels).toEqual({ ...node.labels, a: '1' });
    expect(last?.annotations).toEqual({ ...node.annotations, y: '2' });
    expect(last).toMatchObject({ taints: [], unschedulable: true });
  });

  it('refuses a patch made from an older version, and changes nothing', async () => {
    const { cluster, createNode } = await makeHarness();
    const { resourceVersion } = await createNode('n1');
    await cluster.patchNode('n1', resourceVersion, { labels: { by: 'first' } });
    expect(await cluster.patchNode('n1', resourceVersion, { labels: { by: 'second' } })).toBe('conflict');
    expect((await cluster.node('n1'))?.labels).toMatchObject({ by: 'first' });
  });

  it('says that a node is gone', async () => {
    const { cluster } = await makeHarness();
    expect(await cluster.patchNode('n1', '1', {})).toBe('gone');
    expect(await cluster.deleteNode('n1', 'uid')).toBe('gone');
  });

  it('deletes the node of that uid and no other of its name', async () => {
    const { cluster, createNode } = await makeHarness();
    const first = await createNode('n1');
    expect(await cluster.deleteNode('n1', first.uid)).toBe('deleted');
    const second = await createNode('n1');
    expect(await cluster.deleteNode('n1', first.uid)).toBe('gone');
    expect((await cluster.node('n1'))?.uid).toBe(second.uid);
  });
}
