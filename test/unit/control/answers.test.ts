import { describe, expect, it, vi } from 'vitest';
import { Answers } from '../../../lib/control/answers.ts';
import { planId, requestId } from '../../../lib/model/ids.ts';
import type { ObjectEvent } from '../../../lib/model/object-event.ts';
import type { CommittedPlan } from '../../../lib/model/plan.ts';
import { aPod } from '../../support/builders.ts';
import { aControlWorld } from '../../support/control-world.ts';

const pod = aPod({ name: 'web-1' });
const pods = new Map([[pod.uid, pod]]);

const aPlan = (unschedulable: CommittedPlan['unschedulable']): CommittedPlan => ({
  ...{
    schemaVersion: 1,
    id: planId('p1'),
    installation: 'test',
    requestIds: [requestId('r1'), requestId('r2')],
  },
  ...{ snapshotId: 'ab' as CommittedPlan['snapshotId'], createdAtMs: 0, orders: [], claims: [], slots: [] },
  unschedulable,
});

function anAsker() {
  const world = aControlWorld();
  const answers = new Answers();
  answers.expect(['r1', 'r2'], world.clock.nowMs());
  const read = async (): Promise<readonly ObjectEvent[]> => {
    world.events.length = 0;
    await world.clock.advance(1_000);
    await answers.read(world.deps, pods);
    return world.events.flatMap(({ objects = [] }) => objects);
  };
  return { ...world, read };
}

describe('why a pod has no place', () => {
  it('is told at the pod once its requests are planned, once for all of them', async () => {
    const { deps, read } = anAsker();
    expect(await read()).toEqual([]);
    await deps.plans.commit(
      aPlan([{ podUid: pod.uid, reasons: ['pool general is full', 'pool gpu has a taint'] }]),
    );
    expect(await read()).toEqual([
      {
        ...{ kind: 'Pod', namespace: pod.namespace, name: 'web-1', uid: pod.uid },
        ...{
          type: 'Warning',
          reason: 'FailedScheduling',
          message: 'pool general is full; pool gpu has a taint',
        },
      },
    ]);
    expect(await read()).toEqual([]);
  });

  it('is looked for once a second, however often the cluster changes', async () => {
    const { deps, clock } = anAsker();
    const answers = new Answers();
    answers.expect(['r1'], clock.nowMs());
    const looks = vi.spyOn(deps.plans, 'planOfRequest');
    for (let round = 0; round < 20; round += 1) {
      await answers.read(deps, pods);
      await clock.advance(100);
    }
    expect(looks).toHaveBeenCalledTimes(2);
  });

  it('is not told of a pod that is gone', async () => {
    const { deps, read } = anAsker();
    await deps.plans.commit(aPlan([{ podUid: aPod({ name: 'other' }).uid, reasons: ['full'] }]));
    expect(await read()).toEqual([]);
  });

  it('is asked for no longer than half a minute', async () => {
    const { deps, clock, read } = anAsker();
    await clock.advance(30_000);
    expect(await read()).toEqual([]);
    await deps.plans.commit(aPlan([{ podUid: pod.uid, reasons: ['full'] }]));
    expect(await read()).toEqual([]);
  });
});
