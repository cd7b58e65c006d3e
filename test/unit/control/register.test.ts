import { describe, expect, it } from 'vitest';
import { ClusterView } from '../../../lib/control/cluster-view.ts';
import { type RegisterInput, register } from '../../../lib/control/register.ts';
import { ANNOTATION, LABEL, TAINT } from '../../../lib/model/labels.ts';
import type { NodeClaim } from '../../../lib/model/node-claim.ts';
import type { NodePatch } from '../../../lib/ports/cluster.ts';
import { aControlWorld, aRunningNode } from '../../support/control-world.ts';

async function aWorldAtRest() {
  const world = aControlWorld();
  const { claim, node } = await aRunningNode(world);
  const view = new ClusterView(world.api.state(), (await world.deps.cluster.list()).cursor);
  let writes = 0;
  const cluster = new Proxy(world.deps.cluster, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name === 'patchNode') writes += 1;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const follow = async (): Promise<void> => {
    const answer = await world.deps.cluster.changes(view.cursor, 0);
    if (answer.kind === 'changes') view.apply(answer.changes, answer.cursor);
  };
  let stopped = false;
  const inputOf = (claims: readonly NodeClaim[], touched: readonly string[] = []): RegisterInput => ({
    stopped,
    claims,
    items: [],
    nodes: view.nodes,
    pods: view.pods,
    asked: [],
    daemonSets: [],
    touched: new Set(touched),
  });
  const round = async (claims: readonly NodeClaim[], touched: readonly string[] = []) => {
    await follow();
    return register({ ...world.deps, cluster }, inputOf(claims, touched));
  };
  const patch = (change: NodePatch): void => {
    const now = world.api.node(node.name);
    world.api.patchNode(node.name, now?.resourceVersion ?? '', change);
  };
  const nodeNow = () => world.api.node(node.name);
  const stop = (): void => {
    stopped = true;
  };
  return { ...world, claim, node, view, round, patch, nodeNow, stop, writes: () => writes };
}

describe('a node at rest', () => {
  it('costs no write, and the claims stay the very same', async () => {
    const world = await aWorldAtRest();
    const claims = await world.claims.listLive();
    for (let round = 0; round < 3; round++) expect(await world.round(claims)).toBe(claims);
    expect(world.writes()).toBe(0);
  });

  it.each<[string, NodePatch]>([
    ['the startup taint', { taints: [{ key: TAINT.starting, effect: 'NoSchedule' }] }],
    ['a slot', { taints: [{ key: TAINT.slot, value: 'pool-1', effect: 'NoSchedule' }] }],
    ['a cordon for DaemonSets', { unschedulable: true, annotations: { [ANNOTATION.daemonSetsFirst]: '0' } }],
    [
      'a stray mark of a drain',
      {
        taints: [{ key: TAINT.disrupted, effect: 'NoSchedule' }],
        annotations: { [ANNOTATION.draining]: 'pool-1' },
      },
    ],
  ])('rests no more once it has %s, though the claims did not change', async (_, mark) => {
    const world = await aWorldAtRest();
    const claims = await world.claims.listLive();
    await world.round(claims);
    world.patch(mark);
    for (let round = 0; round < 6; round++) {
      await world.clock.advance(60_000);
      await world.round(claims);
    }
    expect(world.nodeNow()).toMatchObject({ taints: [], unschedulable: false });
    expect(Object.keys(world.nodeNow()?.annotations ?? {})).toEqual([]);
  });

  it.each([
    ['its claim', { [LABEL.claim]: 'other' }],
    ['being initialized', { [LABEL.initialized]: 'false' }],
  ])('rests no more once its label of %s is lost', async (_, labels) => {
    const world = await aWorldAtRest();
    const claims = await world.claims.listLive();
    await world.round(claims);
    world.patch({ labels });
    for (let round = 0; round < 3; round++) await world.round(claims);
    expect(world.nodeNow()?.labels).toMatchObject({ [LABEL.claim]: 'pool-1', [LABEL.initialized]: 'true' });
  });

  it('gets its claim told of a Node made anew under its name', async () => {
    const world = await aWorldAtRest();
    const claims = await world.claims.listLive();
    await world.round(claims);
    const { uid: _, resourceVersion: __, createdAtMs: ___, readySinceMs: ____, ...again } = world.node;
    world.api.deleteNode(world.node.name);
    const { uid } = world.api.createNode(again);
    expect(await world.round(claims)).toMatchObject([{ node: { uid } }]);
  });

  it('is left alone while its claim leaves, and loses the mark once the leave is withdrawn', async () => {
    const world = await aWorldAtRest();
    const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 0 } as const;
    const leaving = { ...world.claim, version: world.claim.version + 1, leave };
    await world.claims.update(leaving);
    world.patch({
      taints: [{ key: TAINT.disrupted, effect: 'NoSchedule' }],
      annotations: { [ANNOTATION.draining]: 'pool-1' },
    });
    await world.round(await world.claims.listLive());
    expect(world.writes()).toBe(0);
    await world.claims.update({ ...world.claim, version: leaving.version + 1 });
    await world.round(await world.claims.listLive());
    expect(world.nodeNow()?.taints).toEqual([]);
  });

  it('still has the time of its pod events written into its claim', async () => {
    const world = await aWorldAtRest();
    await world.clock.advance(60_000);
    const claims = await world.claims.listLive();
    await world.round(claims);
    const [touched] = await world.round(claims, [world.node.name]);
    expect(touched).toMatchObject({ lastPodEventAtMs: world.clock.nowMs() });
  });
});

describe('a node while everything is stopped', () => {
  const marks = {
    slot: { taints: [{ key: TAINT.slot, value: 'pool-1', effect: 'NoSchedule' }] },
    cordon: { unschedulable: true, annotations: { [ANNOTATION.daemonSetsFirst]: '0' } },
    drain: {
      taints: [{ key: TAINT.disrupted, effect: 'NoSchedule' }],
      annotations: { [ANNOTATION.draining]: 'pool-1' },
    },
  } as const;

  async function stoppedWith(change: NodePatch) {
    const world = await aWorldAtRest();
    world.patch(change);
    world.stop();
    for (let round = 0; round < 6; round++) {
      await world.clock.advance(60_000);
      await world.round(await world.claims.listLive());
    }
    return world;
  }

  it.each(Object.entries(marks))('still loses the %s that we put on it', async (_, mark) => {
    const world = await stoppedWith(mark);
    expect(world.nodeNow()).toMatchObject({ taints: [], unschedulable: false, annotations: {} });
  });

  it.each<[string, NodePatch]>([
    [
      'its startup taint, in whose place a slot would come',
      { taints: [{ key: TAINT.starting, effect: 'NoSchedule' }] },
    ],
    ['a label that we would set', { labels: { [LABEL.claim]: 'other' } }],
  ])('keeps %s', async (_, change) => {
    const world = await stoppedWith(change);
    expect(world.writes()).toBe(0);
    expect(world.nodeNow()).toMatchObject(change);
  });
});
