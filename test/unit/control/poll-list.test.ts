import { describe, expect, it } from 'vitest';
import { MemoryLeases } from '../../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { poll } from '../../../lib/control/poll.ts';
import { TAINT } from '../../../lib/model/labels.ts';
import { aDaemonSet } from '../../support/builders.ts';
import { aLaunchedClaim } from '../../support/claims.ts';
import { aControlWorld, aRunningNode } from '../../support/control-world.ts';
import { aNewPod } from '../../support/memory-kube.ts';

const RUN_MS = 15_000;

/** One run that ends when quiet: how long it took, what it asked for, how many snapshots it wrote. */
function aLook() {
  const world = aControlWorld();
  const asked: string[] = [];
  let snapshots = 0;
  const { snapshots: store } = world.deps;
  const deps = {
    ...world.deps,
    snapshots: {
      get: (id: Parameters<typeof store.get>[0]) => store.get(id),
      newest: () => store.newest(),
      put: (snapshot: Parameters<typeof store.put>[0]) => {
        snapshots += 1;
        return store.put(snapshot);
      },
    },
    leases: new MemoryLeases({ table: new MemoryTable() }),
    provisionQueue: {
      send: async ({ podUids }: { readonly podUids: readonly string[] }) => void asked.push(...podUids),
    },
  };
  const run = async (holder = 'first') => {
    const startMs = world.clock.nowMs();
    let tookMs: number | undefined;
    const ended = poll(deps, { holder, deadlineMs: startMs + RUN_MS, endsWhenQuiet: true }).then(() => {
      tookMs = world.clock.nowMs() - startMs;
    });
    await world.clock.advance(RUN_MS + 5_000);
    await ended;
    return { tookMs, asked, snapshots };
  };
  return { ...world, run };
}

describe('a look that ends when nothing is on its way', () => {
  it('takes one round and one snapshot where nothing moves', async () => {
    expect(await aLook().run()).toEqual({ tookMs: 0, asked: [], snapshots: 1 });
  });

  it('leaves the lease to the next look', async () => {
    const look = aLook();
    await look.run('first');
    expect(await look.run('second')).toMatchObject({ tookMs: 0, snapshots: 2 });
  });

  it('asks for the pods that wait and stays for the answer, asking again as a watch does', async () => {
    const look = aLook();
    const pod = look.api.createPod(aNewPod('a'));
    look.api.setPodStatus(pod.uid, { unschedulable: { sinceMs: 0, message: '0/0 nodes are available' } });
    expect(await look.run()).toMatchObject({ tookMs: RUN_MS, asked: [pod.uid, pod.uid] });
  });

  it('stays while a node is joining', async () => {
    const look = aLook();
    await look.claims.putIfAbsent(aLaunchedClaim());
    expect((await look.run()).tookMs).toBe(RUN_MS);
  });

  it('stays until a node that it cordons for its DaemonSets is open', async () => {
    const look = aLook();
    look.api.put('daemonSets', aDaemonSet());
    const { claim, node } = await aRunningNode(look);
    const slot = { key: TAINT.slot, value: claim.name, effect: 'NoSchedule' } as const;
    look.api.patchNode(node.name, node.resourceVersion, { taints: [slot] });
    expect((await look.run()).tookMs).toBeLessThan(RUN_MS);
    expect(look.api.node(node.name)).toMatchObject({ taints: [], unschedulable: false, annotations: {} });
  });
});
