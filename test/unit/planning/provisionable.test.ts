import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../lib/model/pod.ts';
import { isProvisionable } from '../../../lib/planning/provisionable.ts';
import { anAffinity, aPod } from '../../support/builders.ts';

const offPools = {
  matchFields: [],
  matchExpressions: [{ key: 'karpenter.sh/nodepool', operator: 'DoesNotExist' as const, values: [] }],
};
const anywhere = {
  matchFields: [],
  matchExpressions: [{ key: 'kubernetes.io/os', operator: 'Exists' as const, values: [] }],
};

describe('provisionable pods', () => {
  it('are those that kube-scheduler found no node for', () => {
    expect(isProvisionable(aPod())).toBe(true);
    const { unschedulable: _, ...unseen } = aPod();
    expect(isProvisionable(unseen)).toBe(false);
  });

  const others: Record<string, Pod> = {
    'are bound': aPod({ nodeName: 'node-a' }),
    'are nominated by a preemption': aPod({ nominatedNodeName: 'node-a' }),
    'belong to a DaemonSet': aPod({ owner: { kind: 'DaemonSet', name: 'agent', uid: 'u' } }),
    'mirror a static pod': aPod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    'are being deleted': aPod({ deletionAtMs: 1 }),
    'have ended': aPod({ phase: 'Succeeded' }),
    'are gated': aPod({ spec: { schedulingGates: ['quota'] } }),
    'want a node without a NodePool': aPod({ spec: { affinity: anAffinity({ nodeRequired: [offPools] }) } }),
  };
  it.each(Object.entries(others))('are not those that %s', (_, pod) => {
    expect(isProvisionable(pod)).toBe(false);
  });

  it('may have one way to live without a NodePool among others', () => {
    const affinity = anAffinity({ nodeRequired: [offPools, anywhere] });
    expect(isProvisionable(aPod({ spec: { affinity } }))).toBe(true);
  });
});
