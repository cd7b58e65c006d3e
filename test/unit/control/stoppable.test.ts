import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { drainUnlessStopped, provisionUnlessStopped, reconcileTick } from '../../../lib/control/stoppable.ts';
import type { ProvisionRequest } from '../../../lib/messages/provision-request.ts';
import { podUid } from '../../../lib/model/ids.ts';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
import type { Stop } from '../../../lib/ports/stop-switch.ts';
import { aControlWorld, aRunningNode } from '../../support/control-world.ts';
import { aSnapshot } from '../../support/memory-items.ts';

function aStoppedWorld(stop: Stop) {
  const world = aControlWorld();
  const counts: string[] = [];
  const gauges: Record<string, number> = {};
  const deps = {
    ...world.deps,
    installation: 'test',
    policies: DEFAULT_POLICIES,
    stop: { read: async () => stop },
    unavailable: new MemoryUnavailableOfferings({ table: new MemoryTable() }),
    documents: new MemoryDocuments({ nodePools: [], nodeClasses: [], resolved: [] }),
    catalog: { instanceTypes: async () => [] },
    metrics: {
      count: (name: string) => void counts.push(name),
      observe: (name: string, value: number, dimensions: Readonly<Record<string, string>> = {}) => {
        gauges[[name, ...Object.values(dimensions)].join(' ')] = value;
      },
    },
  };
  return { ...world, stopped: deps, counts, gauges };
}

const aRequest = (expiresAtMs: number): ProvisionRequest => ({
  schemaVersion: 1,
  requestId: 'r1',
  snapshotId: 'ab12',
  podUids: ['pod-1'],
  expiresAtMs,
});
const aDrain = { schemaVersion: 1, kind: 'DrainRequest', claim: 'pool-1', hop: 0 } as const;

/** One claim that was told to leave, and one tick of its drain. */
async function phaseAfterDrain(stop: Stop) {
  const world = aStoppedWorld(stop);
  const { claim } = await aRunningNode(world);
  const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 0 } as const;
  await world.claims.update({ ...claim, version: claim.version + 1, leave });
  await drainUnlessStopped(world.stopped, aDrain);
  return world.phaseOf(claim.name);
}

describe('the kill switch', () => {
  it.each(['launches', 'all'] as const)('plans nothing while it says %s', async (stop) => {
    const { stopped, counts } = aStoppedWorld(stop);
    await provisionUnlessStopped(stopped, [aRequest(stopped.clock.nowMs() + 1)]);
    expect(counts).toEqual(['WorkStopped']);
  });

  it('lets plans be made while it says none', async () => {
    const { stopped, counts } = aStoppedWorld('none');
    await provisionUnlessStopped(stopped, [aRequest(0)]);
    expect(counts).toEqual(['ProvisionRequestsExpired']);
  });

  it('stops drains only when it says all', async () => {
    expect(await phaseAfterDrain('none')).toBe('Draining');
    expect(await phaseAfterDrain('launches')).toBe('Draining');
    expect(await phaseAfterDrain('all')).toBe('Initialized');
  });

  it('stops the reconciler when it says all, but not its figures', async () => {
    const world = aStoppedWorld('all');
    await aRunningNode(world);
    await reconcileTick(world.stopped);
    expect(world.counts).toEqual(['WorkStopped']);
    expect(world.gauges).toMatchObject({ 'Nodes pool on-demand': 1 });
  });
});

describe('the figures of a minute', () => {
  it('say what runs, what it costs, who waits and how old the view is', async () => {
    const world = aStoppedWorld('none');
    const { claim } = await aRunningNode(world);
    const uid = podUid('covered');
    await world.deps.snapshots.put(
      aSnapshot({ takenAtMs: world.clock.nowMs() - 30_000, covered: { [uid]: claim.name } }),
    );
    await reconcileTick(world.stopped);
    expect(world.gauges).toEqual({
      'Nodes pool on-demand': 1,
      UsdPerHour: 0.1008,
      PendingPods: 0,
      UncoveredPods: 0,
      SnapshotAge: 30,
      UnavailableOfferings: 0,
    });
  });
});
