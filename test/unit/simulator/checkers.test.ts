// Each checker holds in a world that is in order and tells of the one thing that is not.
import { describe, expect, it } from 'vitest';
import { claimName, type InstanceId, planId } from '../../../lib/model/ids.ts';
import { ANNOTATION, TAG, TAINT } from '../../../lib/model/labels.ts';
import type { Checker, Evidence } from '../../../lib/simulator/checkers/checker.ts';
import { noUnexpectedError } from '../../../lib/simulator/checkers/failures.ts';
import {
  noDoubleLaunch,
  noOrphanInstance,
  oneClaimPerInstance,
} from '../../../lib/simulator/checkers/instances.ts';
import { limitsHold, noNodeOvercommitted } from '../../../lib/simulator/checkers/limits.ts';
import { endsEmpty, moneyAccounted } from '../../../lib/simulator/checkers/money.ts';
import { everyPodPlacedOrExplained, noPodBoughtTwice } from '../../../lib/simulator/checkers/pods.ts';
import { marksComeOff, noClaimStuck } from '../../../lib/simulator/checkers/progress.ts';
import { makeEnvironment } from '../../../lib/simulator/environment.ts';
import { Facts } from '../../../lib/simulator/facts.ts';
import { NO_FAULTS } from '../../../lib/simulator/faults.ts';
import { RandomStream } from '../../../lib/simulator/random.ts';
import { VirtualTime } from '../../../lib/simulator/virtual-time.ts';
import { GIB } from '../../support/builders.ts';
import { aLaunch, aLaunchedClaim, aPlannedClaim, aSlot, slotsOf } from '../../support/claims.ts';
import { aFleetRequest, anOverride } from '../../support/memory-fleet.ts';
import { anOrder, aPlan } from '../../support/memory-items.ts';
import { aNewPod } from '../../support/memory-kube.ts';
import { aQuickPool, aScenario, smallCatalog } from '../../support/sim-scenario.ts';
import { addNode } from '../../support/sim-world.ts';

const MINUTE_MS = 60_000;

async function setUp() {
  const time = new VirtualTime(0);
  const scenario = aScenario({ nodePools: [aQuickPool({ name: 'pool', limits: { cpu: 8_000 } })] });
  const environment = await makeEnvironment({
    scenario,
    catalog: smallCatalog,
    time,
    tell: () => undefined,
    random: (name) => new RandomStream(1, name),
    rates: NO_FAULTS,
    emit: () => undefined,
  });
  const { api, ec2, claims, plans } = environment;
  const facts = new Facts(time, api, ec2);
  const capacityOf = () => ({ cpu: 4_000 });
  const nodePools = scenario.nodePools;
  const evidence: Evidence = { ec2, api, facts, claims, plans, nodePools, capacityOf, patienceMs: 0 };
  const launch = (token: string): InstanceId => {
    const request = aFleetRequest('on-demand', [anOverride('m7i.1xlarge')], {
      clientToken: token,
      tags: { [TAG.order]: 'o', [TAG.attempt]: '1', [TAG.nodePool]: 'pool' },
    });
    return ec2.createFleet(request).instances[0]?.instanceId as InstanceId;
  };
  return { time, evidence, environment, launch };
}

/** Looks at the start and after so many minutes, then once more at the end. */
async function judge(checker: Checker, time: VirtualTime, minutes = 0): Promise<readonly string[]> {
  checker.look?.(time.nowMs());
  await time.run(time.nowMs() + minutes * MINUTE_MS);
  checker.look?.(time.nowMs());
  checker.finish?.(time.nowMs());
  return checker.violations;
}

describe('checkers of instances', () => {
  it('tell of an instance that no claim has', async () => {
    const { time, evidence, launch } = await setUp();
    expect(await judge(noOrphanInstance(evidence), time)).toEqual([]);
    launch('a');
    expect(await judge(oneClaimPerInstance(evidence), time, 1)).toEqual([]);
    expect(await judge(oneClaimPerInstance(evidence), time, 2)).toHaveLength(1);
    expect(await judge(noOrphanInstance(evidence), time)).toHaveLength(1);
  });

  it('are content with an instance that has its claim', async () => {
    const { time, evidence, launch } = await setUp();
    const claim = aLaunchedClaim({ launch: aLaunch({ instanceId: launch('a') }) });
    await evidence.claims.putIfAbsent(claim);
    expect(await judge(oneClaimPerInstance(evidence), time, 5)).toEqual([]);
    expect(await judge(noOrphanInstance(evidence), time)).toEqual([]);
  });

  it('tell of an attempt that started more than it asked for', async () => {
    const { time, evidence, launch } = await setUp();
    const request = aFleetRequest('on-demand', [anOverride('m7i.1xlarge')], { targetCapacity: 1 });
    await evidence.plans.putOrderIfAbsent(
      anOrder('o', { attempts: [{ n: 1, claims: [], request, storedAtMs: 0 }] }),
    );
    launch('a');
    expect(await judge(noDoubleLaunch(evidence), time)).toEqual([]);
    launch('b');
    expect(await judge(noDoubleLaunch(evidence), time)).toEqual([
      'attempt 1 of order o asked for 1 and started 2',
    ]);
  });

  it('tell of a claim that changed its instance', async () => {
    const { time, evidence, launch } = await setUp();
    const checker = noDoubleLaunch(evidence);
    const claim = aLaunchedClaim({ launch: aLaunch({ instanceId: launch('a') }) });
    await evidence.claims.putIfAbsent(claim);
    await judge(checker, time);
    await evidence.claims.update({ ...claim, version: 2, launch: aLaunch({ instanceId: launch('b') }) });
    expect(await judge(checker, time)).toHaveLength(1);
  });

  it('tell of limits exceeded', async () => {
    const { evidence, launch } = await setUp();
    const checker = limitsHold(evidence);
    launch('a');
    launch('b');
    expect(checker.violations).toEqual([]);
    launch('c');
    expect(checker.violations).toEqual(['NodePool pool uses cpu 12000 of 8000']);
  });
});

describe('checkers of pods and nodes', () => {
  it('tell of a node with more than it holds', async () => {
    const { evidence, environment } = await setUp();
    const world = { api: environment.api } as Parameters<typeof addNode>[0];
    addNode(world, 'a', { allocatable: { cpu: 4_000, memory: GIB, pods: 1 } });
    const checker = noNodeOvercommitted(evidence);
    for (const name of ['p', 'q']) {
      expect(checker.violations).toEqual([]);
      evidence.api.bindPod(evidence.api.createPod(aNewPod(name)).uid, 'a');
    }
    expect(checker.violations).toHaveLength(1);
  });

  it('tell of a pod that waits and of which nobody said why, but not of one that a plan explained', async () => {
    const { time, evidence } = await setUp();
    evidence.api.createPod(aNewPod('lost'));
    const explained = evidence.api.createPod(aNewPod('explained'));
    expect(await judge(everyPodPlacedOrExplained(evidence), time, 5)).toHaveLength(2);
    await evidence.plans.commit({
      ...aPlan('p1', ['r1']),
      unschedulable: [{ podUid: explained.uid, reasons: ['too large'] }],
    });
    const violations = await judge(everyPodPlacedOrExplained(evidence), time);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(/^default\/lost has no place/);
  });

  it('tell of a pod that plans put on two claims', async () => {
    const { time, evidence } = await setUp();
    const items = ['c-1', 'c-2'].map((name) => slotsOf(claimName(name), [aSlot()]));
    for (const [index, name] of ['c-1', 'c-2'].entries()) {
      await evidence.claims.putIfAbsent(aPlannedClaim({ name: claimName(name) }));
      await evidence.plans.commit({
        ...aPlan(`p${index}`, [`r${index}`]),
        slots: items.slice(index, index + 1),
      });
    }
    expect(
      await judge(
        noPodBoughtTwice(evidence, () => items.slice(0, 1)),
        time,
      ),
    ).toEqual([]);
    expect(
      await judge(
        noPodBoughtTwice(evidence, () => items),
        time,
      ),
    ).toHaveLength(1);
  });

  it.each([
    ['a startup taint', { taints: [{ key: TAINT.starting, effect: 'NoSchedule' as const }] }, 1],
    ['a slot', { taints: [{ key: TAINT.slot, value: 'c', effect: 'NoSchedule' as const }] }, 3],
    ['a cordon of ours', { annotations: { [ANNOTATION.daemonSetsFirst]: '0' } }, 1],
  ])('tell of %s that stays on a ready node', async (_, overrides, minutes) => {
    const { time, evidence, environment } = await setUp();
    addNode({ api: environment.api } as Parameters<typeof addNode>[0], 'a', overrides);
    expect(await judge(marksComeOff(evidence), time, 0.3)).toEqual([]);
    expect(await judge(marksComeOff(evidence), time, minutes)).toHaveLength(1);
  });
});

describe('checkers of progress, money and the end', () => {
  it('tell of a claim that stays in its phase', async () => {
    const { time, evidence } = await setUp();
    await evidence.claims.putIfAbsent(aPlannedClaim({ planId: planId('p1') }));
    expect(await judge(noClaimStuck(evidence), time, 6)).toEqual([]);
    expect(await judge(noClaimStuck(evidence), time, 8)).toEqual(['pool-1 is Planned for 8 min']);
  });

  it('tell of an instance that ran and is not billed, or is billed for another time', async () => {
    const { time, evidence, launch } = await setUp();
    const id = launch('a');
    await time.run(10 * MINUTE_MS);
    evidence.ec2.terminate(id);
    expect(await judge(moneyAccounted(evidence), time, 5)).toEqual([]);
    const fact = evidence.facts.instances.get(id);
    evidence.facts.instances.set(id, {
      ...fact,
      instanceId: id,
      launchedAtMs: 0,
      runningAtMs: 9 * MINUTE_MS,
    });
    const ghost = 'i-0000' as InstanceId;
    evidence.facts.instances.set(ghost, { instanceId: ghost, launchedAtMs: 0, runningAtMs: 0 });
    expect(await judge(moneyAccounted(evidence), time)).toHaveLength(2);
  });

  it('tell of whatever is left where nothing may be', async () => {
    const { time, evidence, environment, launch } = await setUp();
    expect(await judge(endsEmpty(evidence), time)).toEqual([]);
    launch('a');
    addNode({ api: environment.api } as Parameters<typeof addNode>[0], 'a');
    await evidence.claims.putIfAbsent(aPlannedClaim());
    expect(await judge(endsEmpty(evidence), time)).toHaveLength(3);
  });

  it('tell of an error that no retry mends', () => {
    const failures = [new TypeError('x is undefined'), new TypeError('x is undefined')];
    expect(noUnexpectedError(failures).violations).toEqual(['TypeError: x is undefined']);
  });
});
