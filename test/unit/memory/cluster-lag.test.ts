import { describe, expect, it } from 'vitest';
import { cursorOf, MemoryCluster } from '../../../lib/adapters/memory/cluster.ts';
import { KubeApi } from '../../../lib/adapters/memory/kube-api.ts';
import { ManualClock } from '../../support/memory-clock.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

function laggingCluster() {
  const clock = new ManualClock();
  const api = new KubeApi({ clock });
  const lag = { ms: 3_000 };
  const cluster = new MemoryCluster({ api, clock, lagMs: () => lag.ms });
  return { clock, api, cluster, lag };
}

describe('stale reads', () => {
  it('list the cluster as it was, while single nodes are read as they are', async () => {
    const { clock, api, cluster } = laggingCluster();
    const kept = api.createPod(aNewPod('web-1'));
    const removed = api.createPod(aNewPod('web-2'));
    await clock.advance(5_000);
    const before = api.state();
    api.deletePod(removed.uid);
    api.setPodStatus(kept.uid, { phase: 'Running' });
    api.setPodStatus(kept.uid, { phase: 'Failed' });
    api.createNode(aNewNode('n1'));
    const listed = await cluster.list();
    expect(listed.state).toEqual(before);
    expect(await cluster.node('n1')).toBeDefined();
    await clock.advance(3_000);
    expect((await cluster.list()).state).toEqual(api.state());
  });

  it('never go back, also when the lag grows', async () => {
    const { clock, api, cluster, lag } = laggingCluster();
    await clock.advance(10_000);
    api.createPod(aNewPod('web-1'));
    lag.ms = 0;
    expect((await cluster.list()).state.pods).toHaveLength(1);
    lag.ms = 5_000;
    expect((await cluster.list()).state.pods).toHaveLength(1);
  });

  it('give a change to a waiting watch once the lag has passed', async () => {
    const { clock, api, cluster } = laggingCluster();
    await clock.advance(5_000);
    const { cursor } = await cluster.list();
    let answeredAtMs = 0;
    const answer = cluster.changes(cursor, 60_000).finally(() => {
      answeredAtMs = clock.nowMs();
    });
    await clock.advance(1_000);
    const writtenAtMs = clock.nowMs();
    const pod = api.createPod(aNewPod('web-1'));
    await clock.advance(10_000);
    expect(await answer).toMatchObject({ changes: [{ key: pod.uid }] });
    expect(answeredAtMs).toBe(writtenAtMs + 3_000);
  });

  it('do not move a cursor back that is ahead of what is visible', async () => {
    const { api, cluster } = laggingCluster();
    api.createNode(aNewNode('n1'));
    const cursor = cursorOf(api.store.resourceVersion);
    expect(await cluster.changes(cursor, 0)).toEqual({
      kind: 'changes',
      changes: [],
      cursor,
    });
  });
});

describe('cursors', () => {
  it('of another history are gone', async () => {
    const { api, cluster } = laggingCluster();
    expect(await cluster.changes(cursorOf(api.store.resourceVersion + 1), 0)).toEqual({ kind: 'gone' });
  });
});
