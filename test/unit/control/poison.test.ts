import { describe, expect, it } from 'vitest';
import { MemoryLeases } from '../../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { poll } from '../../../lib/control/poll.ts';
import type { ProvisionRequest } from '../../../lib/messages/provision-request.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { claimName } from '../../../lib/model/ids.ts';
import { aLaunch, aLaunchedClaim, aPlannedClaim, aSlot, slotsOf } from '../../support/claims.ts';
import { aControlWorld } from '../../support/control-world.ts';
import { aNewPod } from '../../support/memory-kube.ts';

describe('a pod whose update an admission webhook refuses', () => {
  it('does not keep the other pods from getting nodes', async () => {
    const world = aControlWorld();
    const refused = world.api.createPod(aNewPod('refused'));
    const other = world.api.createPod(aNewPod('other'));
    for (const { uid } of [refused, other])
      world.api.setPodStatus(uid, { unschedulable: { sinceMs: 0, message: 'no nodes' } });
    const name = claimName('pool-1');
    await world.claims.putIfAbsent(aPlannedClaim({ name }));
    await world.claims.updateLaunched(aLaunchedClaim({ name, version: 2, launch: aLaunch() }));
    await world.deps.slots.putIfAbsent(slotsOf(name, [aSlot({ podUid: refused.uid, podName: 'refused' })]));
    const asked: ProvisionRequest[] = [];
    const cluster = Object.assign(Object.create(world.deps.cluster) as typeof world.deps.cluster, {
      list: () => world.deps.cluster.list(),
      changes: (...args: Parameters<typeof world.deps.cluster.changes>) =>
        world.deps.cluster.changes(...args),
      addToleration: async () => {
        throw new DovetailError('Forbidden', 'admission webhook "policy" denied the request', 'never');
      },
    });
    const run = poll(
      {
        ...world.deps,
        cluster,
        leases: new MemoryLeases({ table: new MemoryTable() }),
        provisionQueue: { send: async (request) => void asked.push(request) },
      },
      { holder: 'a', deadlineMs: world.clock.nowMs() + 10_000 },
    ).catch((error: unknown) => error);
    await world.clock.advance(12_000);
    expect(await run).toBeUndefined();
    expect(asked.flatMap(({ podUids }) => podUids)).toContain(other.uid);
  });
});
