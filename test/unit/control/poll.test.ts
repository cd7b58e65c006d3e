import { describe, expect, it, vi } from 'vitest';
import { MemoryLeases } from '../../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { poll } from '../../../lib/control/poll.ts';
import type { ProvisionRequest } from '../../../lib/messages/provision-request.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { TAINT } from '../../../lib/model/labels.ts';
import type { Stop } from '../../../lib/ports/stop-switch.ts';
import { aLaunchedClaim, aSlot, slotsOf } from '../../support/claims.ts';
import { aControlWorld, aRunningNode } from '../../support/control-world.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

const MINUTE_MS = 60_000;
const unschedulable = { unschedulable: { sinceMs: 0, message: '0/0 nodes are available' } };

function aPollWorld() {
  const world = aControlWorld();
  const requests: { atMs: number; request: ProvisionRequest }[] = [];
  let lists = 0;
  let looks = 0;
  let failures = 0;
  const cluster = world.deps.cluster;
  const counted = new Proxy(cluster, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name === 'list') lists += 1;
      if (name === 'changes') looks += 1;
      if (name === 'changes' && looks <= failures) return () => Promise.reject(new Error('connection reset'));
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const deps = {
    ...world.deps,
    cluster: counted,
    leases: new MemoryLeases({ table: new MemoryTable() }),
    provisionQueue: {
      send: async (request: ProvisionRequest) => void requests.push({ atMs: world.clock.nowMs(), request }),
    },
  };
  const startMs = world.clock.nowMs();
  const ended: string[] = [];
  const start = (holder: string, forMs = 14 * MINUTE_MS) =>
    poll(deps, { holder, deadlineMs: world.clock.nowMs() + forMs }).then(() => void ended.push(holder));
  const pendingPod = (name: string) => {
    const pod = world.api.createPod(aNewPod(name));
    world.api.setPodStatus(pod.uid, unschedulable);
    return pod;
  };
  /** The next looks at the cluster fail. */
  const failing = (times: number): void => {
    failures = looks + times;
  };
  const counts = { lists: () => lists, looks: () => looks };
  return { ...world, ...counts, deps, requests, ended, start, startMs, pendingPod, failing };
}

describe('polling', () => {
  it('asks once for the pods of one batch, a second after the last of them, naming the snapshot they are in', async () => {
    const world = aPollWorld();
    void world.start('first');
    await world.clock.advance(500);
    const a = world.pendingPod('a');
    await world.clock.advance(600);
    const b = world.pendingPod('b');
    await world.clock.advance(5_000);
    expect(world.requests.map(({ request }) => [...request.podUids].sort())).toEqual([[a.uid, b.uid].sort()]);
    expect(world.requests[0]?.atMs).toBe(world.startMs + 2_100);
    const snapshot = await world.deps.snapshots.get(world.requests[0]?.request.snapshotId as never);
    expect(snapshot?.cluster.pods.map((pod) => pod.name).sort()).toEqual(['a', 'b']);
  });

  it('does not ask for a pod that a live claim covers', async () => {
    const world = aPollWorld();
    const pod = world.pendingPod('a');
    const claim = aLaunchedClaim();
    await world.claims.putIfAbsent(claim);
    await world.deps.slots.putIfAbsent(slotsOf(claim.name, [aSlot({ podUid: pod.uid })]));
    void world.start('first');
    await world.clock.advance(MINUTE_MS);
    expect(world.requests).toEqual([]);
  });

  it('asks again, ever more rarely, for a pod that nothing covers', async () => {
    const world = aPollWorld();
    world.pendingPod('a');
    void world.start('first');
    await world.clock.advance(5 * MINUTE_MS);
    const waits = world.requests.map(({ atMs }, index) => atMs - (world.requests[index - 1]?.atMs ?? atMs));
    expect(world.requests.length).toBeGreaterThan(3);
    expect(world.requests.length).toBeLessThan(8);
    expect(waits.slice(1)).toEqual([...waits.slice(1)].sort((x, y) => x - y));
  });

  it('goes on after calls that fail', async () => {
    const world = aPollWorld();
    world.failing(3);
    world.pendingPod('a');
    void world.start('first');
    await world.clock.advance(10_000);
    expect(world.requests).toHaveLength(1);
  });

  it('tries ever more rarely while every call fails, and keeps the lease', async () => {
    const world = aPollWorld();
    world.failing(Number.POSITIVE_INFINITY);
    void world.start('first');
    await world.clock.advance(2 * MINUTE_MS);
    expect(world.looks()).toBeGreaterThan(10);
    expect(world.looks()).toBeLessThan(25);
    void world.start('second');
    await world.clock.advance(MINUTE_MS);
    expect(world.ended).toEqual(['second']);
  });
});

describe('a webhook that is down and refuses every change of a pod', () => {
  it('keeps neither nodes from joining nor other pods from being asked for, and is tried again', async () => {
    const world = aPollWorld();
    const { claim, node } = await aRunningNode(world, 'pool-1', { initializedAtMs: world.startMs });
    const starting = { key: TAINT.starting, effect: 'NoSchedule' } as const;
    world.api.patchNode(node.name, node.resourceVersion, { taints: [starting] });
    const [planned, other] = [world.pendingPod('planned'), world.pendingPod('other')];
    await world.deps.slots.putIfAbsent(slotsOf(claim.name, [aSlot({ podUid: planned.uid })]));
    const down = vi.spyOn(world.deps.cluster, 'addToleration');
    down.mockRejectedValue(new DovetailError('ServerError', 'failed calling webhook', 'same-request'));
    void world.start('first');
    await world.clock.advance(10_000);
    expect(world.api.node(node.name)?.taints.map(({ key }) => key)).toEqual([TAINT.slot]);
    expect(world.requests[0]?.request.podUids).toEqual([other.uid]);
    expect(world.events.map(({ fields }) => fields['rule'])).toContain('tolerations');
    down.mockRestore();
    await world.clock.advance(2_000);
    expect(world.api.pod(planned.uid)?.spec.tolerations).toHaveLength(1);
  });
});

describe('the time from pending to running', () => {
  it('is taken of pods that a plan brought a place, once, and of no others', async () => {
    const world = aPollWorld();
    const node = world.api.createNode(aNewNode('node-1'));
    const [planned, other] = [world.pendingPod('planned'), world.pendingPod('other')];
    const claim = aLaunchedClaim();
    await world.claims.putIfAbsent(claim);
    await world.deps.slots.putIfAbsent(slotsOf(claim.name, [aSlot({ podUid: planned.uid })]));
    const observed: [string, number][] = [];
    const metrics = {
      count: () => {},
      observe: (name: string, value: number) => void observed.push([name, value]),
    };
    const deps = { ...world.deps, metrics };
    void poll(deps, { holder: 'first', deadlineMs: world.clock.nowMs() + 14 * MINUTE_MS });
    await world.clock.advance(40_000);
    for (const { uid } of [planned, other]) {
      world.api.bindPod(uid, node.name);
      world.api.setPodStatus(uid, { phase: 'Running' });
    }
    await world.clock.advance(MINUTE_MS);
    expect(observed).toEqual([['PodPendingToRunning', 40]]);
  });
});

describe('polling beside another autoscaler', () => {
  it('asks for the pods it serves and tells the planner whose they are, also once a namespace becomes ours', async () => {
    const world = aPollWorld();
    const serves = { namespaceSelector: { matchLabels: { team: 'ours' }, matchExpressions: [] } };
    world.pendingPod('theirs');
    void poll({ ...world.deps, serves }, { holder: 'first', deadlineMs: world.startMs + 14 * MINUTE_MS });
    await world.clock.advance(30_000);
    expect(world.requests).toEqual([]);
    world.api.put('namespaces', { name: 'default', labels: { team: 'ours' } });
    await world.clock.advance(3_000);
    expect(world.requests).toHaveLength(1);
    expect((await world.deps.snapshots.newest())?.snapshot.serves).toEqual(serves);
  });
});

describe('polling while everything is stopped', () => {
  it('asks for nothing and lets no pod tolerate anything, and goes on where it was when the stop ends', async () => {
    const world = aPollWorld();
    let stop: Stop = 'all';
    const [asked, planned] = [world.pendingPod('asked'), world.pendingPod('planned')];
    const claim = aLaunchedClaim();
    await world.claims.putIfAbsent(claim);
    await world.deps.slots.putIfAbsent(slotsOf(claim.name, [aSlot({ podUid: planned.uid })]));
    const deps = { ...world.deps, stop: { read: async () => stop } };
    void poll(deps, { holder: 'first', deadlineMs: world.clock.nowMs() + 14 * MINUTE_MS });
    await world.clock.advance(MINUTE_MS);
    expect(world.requests).toEqual([]);
    expect(world.api.pod(planned.uid)?.spec.tolerations).toEqual([]);
    expect((await world.deps.snapshots.newest())?.snapshot.cluster.pods).toHaveLength(2);
    stop = 'launches';
    await world.clock.advance(5_000);
    expect(world.requests.map(({ request }) => request.podUids)).toEqual([[asked.uid]]);
    expect(world.api.pod(planned.uid)?.spec.tolerations).toHaveLength(1);
  });

  it('does nothing that a stop could forbid while nobody knows whether there is one', async () => {
    const world = aPollWorld();
    world.pendingPod('a');
    const deps = { ...world.deps, stop: { read: () => Promise.reject(new Error('throttled')) } };
    void poll(deps, { holder: 'first', deadlineMs: world.clock.nowMs() + MINUTE_MS });
    await world.clock.advance(10_000);
    expect(world.requests).toEqual([]);
  });
});

describe('the poller lease', () => {
  it('sends a second tick away while its holder has long to go', async () => {
    const world = aPollWorld();
    void world.start('first');
    await world.clock.advance(MINUTE_MS);
    void world.start('second');
    await world.clock.advance(1_000);
    expect(world.ended).toEqual(['second']);
  });

  it('is handed to the tick that finds less than 75 s left, which goes on from the snapshot without a new list', async () => {
    const world = aPollWorld();
    void world.start('first');
    await world.clock.advance(13 * MINUTE_MS);
    void world.start('second');
    await world.clock.advance(MINUTE_MS);
    expect(world.ended).toEqual(['first']);
    const pod = world.pendingPod('between');
    // A second until it is seen, another until its batch closes.
    await world.clock.advance(2_000);
    expect(world.requests.map(({ request }) => request.podUids)).toEqual([[pod.uid]]);
    expect(world.lists()).toBe(1);
  });

  it('is kept through a list that takes longer than it lives', async () => {
    const world = aPollWorld();
    const { cluster, clock } = world.deps;
    const pod = world.pendingPod('a');
    const found = await cluster.list();
    vi.spyOn(cluster, 'list').mockImplementation(() => clock.sleep(2 * MINUTE_MS).then(() => found));
    void world.start('first');
    await world.clock.advance(MINUTE_MS);
    void world.start('second');
    await world.clock.advance(1_000);
    expect(world.ended).toEqual(['second']);
    await world.clock.advance(MINUTE_MS + 2_000);
    expect(world.requests.map(({ request }) => request.podUids)).toEqual([[pod.uid]]);
  });

  it('is free again twenty seconds after its holder died', async () => {
    const world = aPollWorld();
    await world.deps.leases.acquire('poller', {
      holder: 'dead',
      nowMs: world.clock.nowMs(),
      lifeMs: 20_000,
      endsAtMs: world.clock.nowMs() + 14 * MINUTE_MS,
    });
    void world.start('early');
    await world.clock.advance(19_000);
    expect(world.ended).toEqual(['early']);
    void world.start('next');
    await world.clock.advance(1_000);
    void world.start('after');
    world.pendingPod('a');
    await world.clock.advance(10_000);
    expect(world.requests).toHaveLength(1);
  });
});
