import { describe, expect, it } from 'vitest';
import {
  type JoiningClaim,
  type NodeStepInput,
  nextNodeStep,
  pastSlotLimit,
} from '../../../lib/control/node-step.ts';
import { ANNOTATION, LABEL, TAINT } from '../../../lib/model/labels.ts';
import type { Node } from '../../../lib/model/node.ts';
import type { Taint } from '../../../lib/model/taint.ts';
import { aLaunchedClaim, anInitializedClaim, aRegisteredClaim } from '../../support/claims.ts';

const STARTING: Taint = { key: TAINT.starting, effect: 'NoSchedule' };
const SLOT: Taint = { key: TAINT.slot, value: 'pool-1', effect: 'NoSchedule' };
const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const ours = { [LABEL.claim]: 'pool-1', [LABEL.registered]: 'true' };

const aJoiningNode = (overrides: Partial<Node> = {}): Node => ({
  name: 'node-1',
  uid: 'node-1-uid',
  resourceVersion: '1',
  createdAtMs: 0,
  labels: ours,
  annotations: {},
  taints: [],
  unschedulable: false,
  providerId: 'aws:///us-east-1a/i-0000000000000001',
  capacity: {},
  allocatable: { cpu: 1930 },
  ready: 'True',
  readySinceMs: 0,
  ...overrides,
});

const step = (node: Node, claim: JoiningClaim, overrides: Partial<NodeStepInput> = {}) =>
  nextNodeStep({
    node,
    claim,
    slotsSettled: false,
    attractsOthers: false,
    daemonSetsBound: false,
    barrierOpen: false,
    nowMs: 0,
    ...overrides,
  });

describe('a node that joins', () => {
  it('gets its labels and its slot in one patch while it is still not ready', () => {
    const node = aJoiningNode({ labels: {}, taints: [NOT_READY, STARTING], ready: 'False' });
    const taken = step(node, aLaunchedClaim({ labels: { team: 'a' } }));
    expect(taken?.event).toBe('NodeRegistered');
    expect(taken?.patch.taints).toEqual([NOT_READY, SLOT]);
    expect(taken?.patch.labels).toMatchObject({
      team: 'a',
      [LABEL.claim]: 'pool-1',
      [LABEL.nodePool]: 'pool',
    });
  });

  it('gets the taints of its claim that it did not bring itself, and keeps its own', () => {
    const dedicated: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
    const node = aJoiningNode({ labels: {}, taints: [STARTING] });
    expect(step(node, aLaunchedClaim({ taints: [dedicated] }))?.patch.taints).toEqual([dedicated, SLOT]);
  });

  it('waits with its slot while planned pods are on their way', () => {
    const node = aJoiningNode({ labels: { ...ours, [LABEL.initialized]: 'true' }, taints: [SLOT] });
    expect(step(node, anInitializedClaim(), { nowMs: 119_999 })).toBeUndefined();
  });

  it('opens when its planned pods are settled and its DaemonSets are there', () => {
    const node = aJoiningNode({ taints: [SLOT] });
    const taken = step(node, anInitializedClaim(), { slotsSettled: true, daemonSetsBound: true });
    expect(taken).toEqual({ patch: { taints: [] }, event: 'NodeOpened' });
  });

  it('cordons and drops the slot in one patch when DaemonSets still lack their room, then uncordons', () => {
    const cordoning = step(aJoiningNode({ taints: [SLOT] }), anInitializedClaim(), {
      slotsSettled: true,
      nowMs: 7,
    });
    expect(cordoning?.patch).toEqual({
      taints: [],
      unschedulable: true,
      annotations: { [ANNOTATION.daemonSetsFirst]: '7' },
    });
    const cordoned = aJoiningNode({
      unschedulable: true,
      annotations: { [ANNOTATION.daemonSetsFirst]: '7' },
    });
    const labelled = { ...cordoned, labels: { ...ours, [LABEL.initialized]: 'true' } };
    expect(step(labelled, anInitializedClaim(), { slotsSettled: true, nowMs: 5006 })).toBeUndefined();
    const open = {
      patch: { unschedulable: false, annotations: { [ANNOTATION.daemonSetsFirst]: null } },
      event: 'NodeOpened',
    };
    expect(step(labelled, anInitializedClaim(), { slotsSettled: true, nowMs: 5007 })).toEqual(open);
    expect(
      step(labelled, anInitializedClaim(), { slotsSettled: true, daemonSetsBound: true, nowMs: 8 }),
    ).toEqual(open);
  });

  it('stays closed while a pod planned for another node would come to it, two minutes at most', () => {
    const node = aJoiningNode({ taints: [SLOT] });
    const tempting = { slotsSettled: true, attractsOthers: true, daemonSetsBound: true };
    const initialized = { ...node, labels: { ...ours, [LABEL.initialized]: 'true' } };
    expect(step(initialized, anInitializedClaim(), tempting)).toBeUndefined();
    expect(step(initialized, anInitializedClaim(), { ...tempting, nowMs: 120_000 })?.event).toBe(
      'NodeOpened',
    );
  });

  it('opens two minutes after it was ready, whoever is missing', () => {
    const node = aJoiningNode({ taints: [SLOT] });
    expect(step(node, anInitializedClaim(), { daemonSetsBound: true, nowMs: 120_000 })?.event).toBe(
      'NodeOpened',
    );
  });

  it('counts those two minutes from its registration when it was ready long before', () => {
    const claim = aRegisteredClaim({ registeredAtMs: 400_000 });
    const node = aJoiningNode({ taints: [SLOT], ready: 'True', readySinceMs: 0 });
    const other = { ...node, labels: { ...ours, [LABEL.initialized]: 'true' } };
    expect(step(other, claim, { daemonSetsBound: true, nowMs: 519_999 })).toBeUndefined();
    expect(step(other, claim, { daemonSetsBound: true, nowMs: 520_000 })?.event).toBe('NodeOpened');
    expect(pastSlotLimit(node, aLaunchedClaim(), 520_000)).toBe(false);
  });

  it('does not lift a cordon that a person set', () => {
    const node = aJoiningNode({ taints: [SLOT], unschedulable: true });
    const taken = step(node, anInitializedClaim(), { slotsSettled: true });
    expect(taken).toEqual({ patch: { taints: [] }, event: 'NodeOpened' });
  });

  it('is initialized once it is ready and carries no startup taint', () => {
    const startup: Taint = { key: 'cilium', effect: 'NoExecute' };
    const claim = aRegisteredClaim({ startupTaints: [startup] });
    const opened = { slotsSettled: true, daemonSetsBound: true };
    expect(step(aJoiningNode({ taints: [startup] }), claim, opened)).toBeUndefined();
    expect(step(aJoiningNode({ ready: 'False' }), claim, opened)).toBeUndefined();
    expect(step(aJoiningNode(), claim, opened)?.event).toBe('NodeInitialized');
  });
});

describe('a node whose planned pods need what a DaemonSet brings', () => {
  const claim = aRegisteredClaim({ requests: { cpu: 1000, 'nvidia.com/gpu': 1 } });

  it('keeps its startup taint until it is ready, then is cordoned without a slot', () => {
    const registering = step(aJoiningNode({ labels: {}, taints: [STARTING], ready: 'False' }), claim);
    expect(registering?.patch.taints).toEqual([STARTING]);
    expect(step(aJoiningNode({ taints: [STARTING], ready: 'False' }), claim)).toBeUndefined();
    const cordoning = step(aJoiningNode({ taints: [STARTING] }), claim, { nowMs: 3 });
    expect(cordoning?.patch).toEqual({
      taints: [],
      unschedulable: true,
      annotations: { [ANNOTATION.daemonSetsFirst]: '3' },
    });
  });

  it('gets its slot and is uncordoned in one patch when the device shows', () => {
    const cordoned = aJoiningNode({
      unschedulable: true,
      annotations: { [ANNOTATION.daemonSetsFirst]: '3' },
    });
    expect(step(cordoned, claim, { nowMs: 10 })).toBeUndefined();
    const shown = { ...cordoned, allocatable: { 'nvidia.com/gpu': 1 } };
    expect(step(shown, claim, { nowMs: 10 })?.patch).toEqual({
      taints: [SLOT],
      unschedulable: false,
      annotations: { [ANNOTATION.daemonSetsFirst]: null },
    });
  });
});

describe('placement modes', () => {
  it('off: the startup taint goes at registration and no slot comes', () => {
    const taken = step(
      aJoiningNode({ labels: {}, taints: [STARTING] }),
      aLaunchedClaim({ placement: 'off' }),
    );
    expect(taken?.patch.taints).toEqual([]);
  });

  it('barrier: the startup taint stays until the barrier opens', () => {
    const claim = aRegisteredClaim({ placement: 'barrier' });
    const node = aJoiningNode({ taints: [STARTING] });
    expect(step(node, claim)).toBeUndefined();
    const opened = step(node, claim, { barrierOpen: true, daemonSetsBound: true });
    expect(opened).toEqual({ patch: { taints: [] }, event: 'NodeOpened' });
  });

  it('barrier: the node is cordoned for DaemonSets that still lack their room when it opens', () => {
    const claim = aRegisteredClaim({ placement: 'barrier' });
    const cordoning = step(aJoiningNode({ taints: [STARTING] }), claim, { barrierOpen: true, nowMs: 7 });
    expect(cordoning?.patch).toEqual({
      taints: [],
      unschedulable: true,
      annotations: { [ANNOTATION.daemonSetsFirst]: '7' },
    });
  });
});
