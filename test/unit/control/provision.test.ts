import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { provision } from '../../../lib/control/provision.ts';
import { requestId } from '../../../lib/model/ids.ts';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
import { EMPTY_CLUSTER } from '../../../lib/model/snapshot.ts';
import { aNodePool, anInstanceType, GREEDY_SETTINGS, pods } from '../../support/builders.ts';
import { aControlWorld } from '../../support/control-world.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { aSnapshot } from '../../support/memory-items.ts';

/** Two pods asked for by one request, in an installation with these settings. */
async function planned(solver = GREEDY_SETTINGS) {
  const world = aControlWorld();
  const pending = pods(2, 'web').map((pod) => ({ ...pod, unschedulable: { sinceMs: 0, message: '' } }));
  const snapshot = aSnapshot({ cluster: { ...EMPTY_CLUSTER, pods: pending } });
  const snapshotId = await world.deps.snapshots.put(snapshot);
  const deps = {
    ...world.deps,
    installation: 'test',
    policies: { ...DEFAULT_POLICIES, solver },
    unavailable: new MemoryUnavailableOfferings({ table: new MemoryTable() }),
    documents: new MemoryDocuments({
      nodePools: [aNodePool()],
      nodeClasses: [aNodeClass()],
      resolved: [aResolvedNodeClass()],
    }),
    catalog: { instanceTypes: async () => [anInstanceType()] },
  };
  await provision(deps, [
    {
      ...{ schemaVersion: 1, requestId: 'r1', snapshotId },
      podUids: pending.map(({ uid }) => uid),
      expiresAtMs: world.clock.nowMs() + 60_000,
    },
  ]);
  const id = await world.deps.plans.planOfRequest(requestId('r1'));
  const plan = id === undefined ? undefined : await world.deps.plans.get(id);
  return { ...world, plan };
}

describe('a committed plan', () => {
  it('keeps how it was found, and the settings it was made under', async () => {
    const { plan } = await planned({ ...GREEDY_SETTINGS, seed: 7 });
    expect(plan?.claims).toHaveLength(1);
    const price = plan?.solver?.pricePerHour;
    expect(price).toBeGreaterThan(0);
    expect(plan?.solver).toEqual({
      ...{ solver: 'greedy', winner: 'greedy', iterations: 0, terms: [], decidedFirst: [] },
      ...{ pricePerHour: price, baselinePerHour: price, baselineUnplaced: 0 },
      settings: { ...GREEDY_SETTINGS, seed: 7 },
    });
  });
});
