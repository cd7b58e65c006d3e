import { describe, expect, it } from 'vitest';
import { MemoryClaims } from '../../../lib/adapters/memory/claims.ts';
import { MemoryCluster } from '../../../lib/adapters/memory/cluster.ts';
import { KubeApi } from '../../../lib/adapters/memory/kube-api.ts';
import { MemorySlotStore } from '../../../lib/adapters/memory/slots.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { steer } from '../../../lib/control/steer.ts';
import { TAINT } from '../../../lib/model/labels.ts';
import type { Pod, PodSpec } from '../../../lib/model/pod.ts';
import { shapeHash } from '../../../lib/model/shape.ts';
import type { DovetailEvent } from '../../../lib/ports/events.ts';
import { aLaunchedClaim, aSlot, slotsOf } from '../../support/claims.ts';
import { ManualClock } from '../../support/memory-clock.ts';
import { aNewPod } from '../../support/memory-kube.ts';

const owner = { kind: 'ReplicaSet', name: 'web', uid: 'web' };

/** A claim whose planned pod is gone, and a pending pod of the same owner and shape, created `ageMs` after the plan. */
async function aVanishedPod(ageMs: number, spec: Partial<PodSpec> = {}) {
  const clock = new ManualClock();
  const api = new KubeApi({ clock });
  const planned = aLaunchedClaim({ createdAtMs: clock.nowMs() - ageMs });
  const heir = api.createPod(aNewPod('web-2', { owner }, spec));
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  await claims.putIfAbsent(planned);
  const slots = new MemorySlotStore({ table, claims });
  const item = slotsOf(planned.name, [
    aSlot({ ownerUid: 'web', shapeHash: shapeHash(heir), state: 'tolerated' }),
  ]);
  await slots.putIfAbsent(item);
  const told: DovetailEvent[] = [];
  const deps = {
    cluster: new MemoryCluster({ api, clock }),
    slots,
    events: { emit: (event: DovetailEvent) => void told.push(event) },
    metrics: { count: () => {}, observe: () => {} },
  };
  const pods = new Map<string, Pod>([[heir.uid, heir]]);
  const run = () =>
    steer(deps, {
      claims: [planned],
      items: [item],
      pods,
      closing: new Set(),
      isServed: () => true,
      nowMs: clock.nowMs(),
    });
  return { api, heir, planned, run, told };
}

describe('the place of a pod that is gone', () => {
  it('goes to the pod that its owner created instead, with the toleration in the same round', async () => {
    const { api, heir, planned, run } = await aVanishedPod(1000);
    const [item] = await run();
    expect(item?.slots).toMatchObject([{ podUid: heir.uid, podName: 'web-2', state: 'tolerated' }]);
    expect(api.pod(heir.uid)?.spec.tolerations).toContainEqual({
      key: TAINT.slot,
      operator: 'Equal',
      value: planned.name,
      effect: 'NoSchedule',
    });
  });

  it('is told at the pod that gets it', async () => {
    const { heir, planned, run, told } = await aVanishedPod(1000);
    await run();
    expect(told.flatMap(({ objects = [] }) => objects)).toMatchObject([
      {
        ...{ kind: 'Pod', namespace: heir.namespace, name: 'web-2', uid: heir.uid, reason: 'Nominated' },
        message: `Pod should schedule on: nodeclaim/${planned.name}`,
      },
    ]);
  });

  it('does not go to a pod that was there before the plan: it may be planned for another node', async () => {
    const { run } = await aVanishedPod(-1000);
    const [item] = await run();
    expect(item?.slots).toMatchObject([{ podUid: 'pod-1', state: 'free' }]);
  });

  it('needs no toleration for a pod that tolerates everything', async () => {
    const tolerations = [{ operator: 'Exists' }] as const;
    const { api, heir, run } = await aVanishedPod(1000, { tolerations });
    const [item] = await run();
    expect(item?.slots).toMatchObject([{ podUid: heir.uid, state: 'tolerated' }]);
    expect(api.pod(heir.uid)?.spec.tolerations).toEqual(tolerations);
  });
});
