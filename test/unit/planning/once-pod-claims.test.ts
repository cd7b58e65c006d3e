import { describe, expect, it } from 'vitest';
import { waitingForClaims } from '../../../lib/planning/once-pod-claims.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import {
  aClusterState,
  aPod,
  aProvisioningInput,
  aStorageClass,
  aVolumeClaim,
} from '../../support/builders.ts';

const once = aVolumeClaim({ name: 'journal', oncePod: true });
const sharer = (name: string, priority = 0, volumeClaims = ['journal']) =>
  aPod({ name, spec: { volumeClaims, priority } });
const waiting = (pods: ReturnType<typeof sharer>[], volumeClaims = [once]) =>
  [...waitingForClaims(pods, { volumeClaims })].map(([{ name }, reason]) => [name, reason]);

describe('pods that share a claim for one pod at a time', () => {
  it('wait for the one of the highest priority', () => {
    expect(waiting([sharer('a'), sharer('b', 10), sharer('c')])).toEqual([
      ['a', 'persistentvolumeclaim "journal" is ReadWriteOncePod and planned for pod "b"'],
      ['c', 'persistentvolumeclaim "journal" is ReadWriteOncePod and planned for pod "b"'],
    ]);
  });

  it('hold back nobody while they wait themselves', () => {
    const both = sharer('b', 5, ['journal', 'other']);
    const other = aVolumeClaim({ name: 'other', oncePod: true });
    const last = sharer('c', 1, ['other']);
    expect(waiting([sharer('a', 10), both, last], [once, other]).map(([name]) => name)).toEqual(['b']);
  });

  it('do not wait for claims that many pods may use, nor for those of another namespace', () => {
    expect(waiting([sharer('a'), sharer('b')], [aVolumeClaim({ name: 'journal' })])).toEqual([]);
    const elsewhere = aPod({ name: 'b', namespace: 'other', spec: { volumeClaims: ['journal'] } });
    expect(waiting([sharer('a'), elsewhere])).toEqual([]);
  });

  it('get one node between them', () => {
    const cluster = aClusterState({ volumeClaims: [once], storageClasses: [aStorageClass()] });
    const plan = planProvisioning(aProvisioningInput({ pods: [sharer('a'), sharer('b')], cluster }));
    expect(plan.nodes.flatMap(({ pods }) => pods.map(({ name }) => name))).toEqual(['a']);
    expect(plan.unschedulable.map(({ pod }) => pod.name)).toEqual(['b']);
  });
});
