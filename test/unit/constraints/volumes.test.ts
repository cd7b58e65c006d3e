import { describe, expect, it } from 'vitest';
import { finiteValues } from '../../../lib/constraints/label-domain.ts';
import { volumePlaces } from '../../../lib/constraints/volumes.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { aClusterState, aPod, aStorageClass, aVolume, aVolumeClaim } from '../../support/builders.ts';

const inZones = (...values: string[]) => ({
  matchFields: [],
  matchExpressions: [{ key: 'topology.ebs.csi.aws.com/zone', operator: 'In' as const, values }],
});

function places(claims: string[], state: Partial<ClusterState>) {
  return volumePlaces(aPod({ spec: { volumeClaims: claims } }), aClusterState(state));
}
const zones = (claims: string[], state: Partial<ClusterState>) => {
  const result = places(claims, state);
  if (result.kind === 'refused') return result.reason;
  return result.alternatives.map((alternative) => {
    const domain = alternative.get(LABEL.zone);
    return domain === undefined ? 'anywhere' : finiteValues(domain)?.join();
  });
};
const bound = (name: string) => aVolumeClaim({ name, phase: 'Bound', volumeName: `pv-${name}` });
const volume = (name: string, ...terms: ReturnType<typeof inZones>[]) =>
  aVolume({ name: `pv-${name}`, nodeAffinity: terms });

describe("where a pod's volumes let it run", () => {
  it('is anywhere without volumes', () => {
    expect(zones([], {})).toEqual(['anywhere']);
  });

  it('is the zone of a bound volume, under the stable label', () => {
    expect(zones(['a'], { volumeClaims: [bound('a')], volumes: [volume('a', inZones('z1'))] })).toEqual([
      'z1',
    ]);
  });

  it('is what the storage class allows for a volume still to be made', () => {
    const storageClasses = [aStorageClass({ allowedTopologies: [inZones('z1', 'z2')] })];
    const state = { volumeClaims: [aVolumeClaim()], storageClasses };
    expect(zones(['data'], state)).toEqual(['z1,z2']);
    expect(places(['data'], state)).toMatchObject({
      uses: [{ driver: 'ebs.csi.aws.com', handle: 'default/data' }],
    });
  });

  it('is every combination of the alternatives of several volumes that is possible', () => {
    const state = {
      volumeClaims: [bound('a'), bound('b')],
      volumes: [volume('a', inZones('z1'), inZones('z2')), volume('b', inZones('z2'), inZones('z3'))],
    };
    expect(zones(['a', 'b'], state)).toEqual(['z2']);
  });

  it('is nowhere when volumes are in different zones', () => {
    const state = {
      volumeClaims: [bound('a'), bound('b')],
      volumes: [volume('a', inZones('z1')), volume('b', inZones('z2'))],
    };
    expect(zones(['a', 'b'], state)).toBe(
      "its volumes exclude each other: none of b's places is one of the other volumes'",
    );
  });
});

describe('a claim that cannot be used', () => {
  const refused: [string, Partial<ClusterState>][] = [
    ['persistentvolumeclaim "data" not found', {}],
    ['persistentvolumeclaim "data" is being deleted', { volumeClaims: [aVolumeClaim({ deletionAtMs: 1 })] }],
    [
      'persistentvolumeclaim "data" is lost: its bound volume no longer exists',
      { volumeClaims: [aVolumeClaim({ phase: 'Lost', volumeName: 'pv-1' })] },
    ],
    [
      'persistentvolumeclaim "data" is unbound and its storage class "gp3" binds immediately',
      { volumeClaims: [aVolumeClaim()], storageClasses: [aStorageClass({ volumeBindingMode: 'Immediate' })] },
    ],
    ['persistentvolumeclaim "data": storageclass "gp3" not found', { volumeClaims: [aVolumeClaim()] }],
    [
      'persistentvolumeclaim "data" waits for its volume "pv-1" to be bound',
      { volumeClaims: [aVolumeClaim({ volumeName: 'pv-1' })], volumes: [aVolume()] },
    ],
    [
      'persistentvolumeclaim "data": persistentvolume "pv-1" not found',
      { volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })] },
    ],
    [
      'persistentvolumeclaim "data": persistentvolume "pv-1" is being deleted',
      {
        volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
        volumes: [aVolume({ deletionAtMs: 1 })],
      },
    ],
  ];
  it.each(refused)('refuses the pod: %s', (reason, state) => {
    expect(zones(['data'], state)).toBe(reason);
  });

  it('is looked for in the namespace of the pod only', () => {
    const volumeClaims = [aVolumeClaim({ namespace: 'other' })];
    expect(zones(['data'], { volumeClaims, storageClasses: [aStorageClass()] })).toContain('not found');
  });
});
