import { describe, expect, it } from 'vitest';
import { coveredPods, slotsSettled } from '../../../lib/control/coverage.ts';
import { observe, steer } from '../../../lib/control/steer.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { type ClaimName, podUid } from '../../../lib/model/ids.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { ClaimSlots, SlotState } from '../../../lib/model/slots.ts';
import type { Cluster } from '../../../lib/ports/cluster.ts';
import type { SlotStore } from '../../../lib/ports/slots.ts';
import { aPod } from '../../support/builders.ts';
import { aDrainingClaim, anInitializedClaim, aPlannedClaim, aSlot, slotsOf } from '../../support/claims.ts';

const aPendingPod = (overrides: Partial<Pod> = {}): Pod => ({
  ...aPod({ name: 'pod-1' }),
  uid: podUid('pod-1'),
  ...overrides,
});

const observed = (pod: Pod | undefined, closing = false, state: SlotState = 'tolerated') =>
  observe(
    aSlot({ state }),
    anInitializedClaim(),
    new Map(pod === undefined ? [] : [[pod.uid, pod]]),
    closing,
  );

describe('a slot', () => {
  it('stays as it is while its pod is pending', () => {
    expect(observed(aPendingPod()).state).toBe('tolerated');
  });

  it('is bound when its pod runs on the node of the claim', () => {
    expect(observed(aPendingPod({ nodeName: 'node-1' })).state).toBe('bound');
  });

  it('is missed, with the reason, when its pod went to another node', () => {
    expect(observed(aPendingPod({ nodeName: 'node-2' }))).toMatchObject({
      state: 'missed',
      missReason: 'bound to another node',
    });
  });

  it('is missed, with what kube-scheduler said, when the limit passes before its pod came', () => {
    const pod = aPendingPod({
      unschedulable: { sinceMs: 0, message: '1 node(s) had volume node affinity conflict' },
    });
    expect(observed(pod, true)).toMatchObject({ state: 'missed', missReason: pod.unschedulable?.message });
  });

  it.each([
    ['gone', undefined],
    ['being deleted', aPendingPod({ deletionAtMs: 1 })],
    ['finished', aPendingPod({ phase: 'Succeeded' })],
  ])('is free when its pod is %s', (_, pod) => {
    expect(observed(pod).state).toBe('free');
  });

  it('stays bound when its pod is gone later', () => {
    expect(observed(undefined, false, 'bound').state).toBe('bound');
  });
});

describe('an item of slots', () => {
  const claim = anInitializedClaim();
  const nowMs = 5_000;

  /** When the item settles, by the states of its slots, whose pods are all pending; `closing`: past the claim's limit. */
  async function settles(states: readonly SlotState[], closing = false) {
    const stored: ClaimSlots[] = [];
    const item = slotsOf(
      claim.name,
      states.map((state) => aSlot({ state })),
    );
    await steer(
      {
        cluster: { addToleration: async () => 'added' } as Partial<Cluster> as Cluster,
        slots: {
          update: async (next: ClaimSlots) => void stored.push(next),
        } as Partial<SlotStore> as SlotStore,
        events: { emit: () => {} },
        metrics: { count: () => {}, observe: () => {} },
      },
      {
        claims: [claim],
        items: [item],
        pods: new Map([[podUid('pod-1'), aPendingPod()]]),
        isServed: () => true,
        closing: new Set(closing ? [claim.name] : []),
        nowMs,
      },
    );
    return stored.at(-1)?.settledAtMs;
  }

  it.each<[SlotState]>([['planned'], ['tolerated'], ['free']])(
    'with one that is %s does not settle',
    async (state) => {
      expect(await settles([state])).toBeUndefined();
      expect(await settles(['bound', 'missed', state])).toBeUndefined();
    },
  );

  it('settles once every slot is bound or missed', async () => {
    expect(await settles(['bound', 'missed'])).toBe(nowMs);
  });

  it('settles with a free slot when nobody may inherit it any more', async () => {
    expect(await settles(['bound', 'free'], true)).toBe(nowMs);
  });
});

describe('pods that cannot be patched for the moment', () => {
  it('are left to the next round, after a few of a namespace all of it, and hold up no other', async () => {
    const claim = anInitializedClaim();
    const slots = ['broken', 'whole'].flatMap((namespace) =>
      Array.from({ length: 60 }, (_, n) =>
        aSlot({ namespace, podUid: podUid(`${namespace}-${n}`), state: 'planned' }),
      ),
    );
    const pods = new Map(
      slots.map((slot) => [slot.podUid, { ...aPendingPod(), uid: slot.podUid, namespace: slot.namespace }]),
    );
    let refused = 0;
    const failed: unknown[] = [];
    const cluster = {
      addToleration: async ({ namespace }: { readonly namespace: string }) => {
        if (namespace === 'whole') return 'added';
        refused += 1;
        throw new DovetailError('ServerError', 'failed calling webhook', 'same-request');
      },
    } as Partial<Cluster> as Cluster;
    const [after] = await steer(
      {
        cluster,
        slots: { update: async () => {} } as Partial<SlotStore> as SlotStore,
        events: { emit: ({ type, fields }) => void (type === 'RuleFailed' && failed.push(fields['rule'])) },
        metrics: { count: () => {}, observe: () => {} },
      },
      {
        claims: [claim],
        items: [slotsOf(claim.name, slots)],
        ...{ pods, isServed: () => true, closing: new Set<ClaimName>(), nowMs: 0 },
      },
    );
    const states = (namespace: string) =>
      new Set(after?.slots.filter((slot) => slot.namespace === namespace).map(({ state }) => state));
    expect(states('broken')).toEqual(new Set(['planned']));
    expect(states('whole')).toEqual(new Set(['tolerated']));
    expect(refused).toBeLessThan(25);
    expect(failed).toEqual(['tolerations']);
  });
});

describe('coverage', () => {
  const waiting = (claim = anInitializedClaim()) => [slotsOf(claim.name, [aSlot({ state: 'tolerated' })])];

  it('holds while a live claim has a waiting slot for the pod', () => {
    const claim = aPlannedClaim();
    expect([...coveredPods([claim], waiting())]).toEqual([['pod-1', claim.name]]);
  });

  it('ends when the claim is to leave', () => {
    const leave = { reason: 'InstanceTerminated', severity: 'lost', requestedAtMs: 0 } as const;
    expect(coveredPods([anInitializedClaim({ leave })], waiting()).size).toBe(0);
    expect(coveredPods([aDrainingClaim()], waiting()).size).toBe(0);
    expect(coveredPods([], waiting()).size).toBe(0);
  });

  it.each(['bound', 'free', 'missed'] as const)('does not count a slot that is %s', (state) => {
    const claim = anInitializedClaim();
    const items = [slotsOf(claim.name, [aSlot({ state })])];
    expect(coveredPods([claim], items).size).toBe(0);
    expect(slotsSettled(items)).toBe(true);
  });
});
