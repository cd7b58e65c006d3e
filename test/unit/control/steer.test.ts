import { describe, expect, it } from 'vitest';
import { coveredPods, slotsSettled } from '../../../lib/control/coverage.ts';
import { isMoving, observe } from '../../../lib/control/steer.ts';
import { podUid } from '../../../lib/model/ids.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { SlotState } from '../../../lib/model/slots.ts';
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
  it.each<[SlotState, boolean]>([
    ['planned', true],
    ['tolerated', true],
    ['free', true],
    ['bound', false],
    ['missed', false],
  ])('with one that is %s is looked at: %s', (state, looked) => {
    const item = (slot: SlotState) => slotsOf(anInitializedClaim().name, [aSlot({ state: slot })]);
    expect(isMoving(item(state))).toBe(looked);
    const settled = [aSlot({ state: 'bound' }), aSlot({ state: 'missed' }), aSlot({ state })];
    expect(isMoving(slotsOf(anInitializedClaim().name, settled))).toBe(looked);
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
