import { describe, expect, it } from 'vitest';
import { finiteValues } from '../../../lib/constraints/label-domain.ts';
import { volumePlaces, volumeUses } from '../../../lib/constraints/volumes.ts';
import type { NodeSelectorTerm } from '../../../lib/model/affinity.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { aClusterState, aPod, aStorageClass, aVolume, aVolumeClaim } from '../../support/builders.ts';

const term = (...matchExpressions: Requirement[]): NodeSelectorTerm => ({
  matchFields: [],
  matchExpressions,
});
const inZones = (...values: string[]) =>
  term({ key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values });

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
const volume = (name: string, ...terms: NodeSelectorTerm[]) =>
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

  it('is where a volume is free when nobody makes volumes of the class', () => {
    const storageClasses = [aStorageClass({ name: 'static', provisioner: 'kubernetes.io/no-provisioner' })];
    const state = { volumeClaims: [aVolumeClaim({ storageClassName: 'static' })], storageClasses };
    const free = (name: string, ...terms: NodeSelectorTerm[]) => ({
      ...volume(name, ...terms),
      freeInClass: 'static',
    });
    expect(
      zones(['data'], { ...state, volumes: [free('a', inZones('z1')), free('b', inZones('z2'))] }),
    ).toEqual(['z1', 'z2']);
    expect(zones(['data'], { ...state, volumes: [free('a', inZones('z1')), free('b')] })).toEqual([
      'anywhere',
    ]);
    const none = [
      volume('taken'),
      { ...free('other'), freeInClass: 'other' },
      { ...free('gone'), deletionAtMs: 1 },
    ];
    expect(zones(['data'], { ...state, volumes: none })).toBe(
      'persistentvolumeclaim "data" is unbound, nobody makes volumes of its storage class "static" and none is free',
    );
  });

  it('is every combination of the alternatives of several volumes that is possible', () => {
    const state = {
      volumeClaims: [bound('a'), bound('b')],
      volumes: [volume('a', inZones('z1'), inZones('z2')), volume('b', inZones('z2'), inZones('z3'))],
    };
    expect(zones(['a', 'b'], state)).toEqual(['z2']);
  });

  it('is one of its zones whichever of its names the volume writes', () => {
    const beta = (zone: string) =>
      term({ key: 'failure-domain.beta.kubernetes.io/zone', operator: 'In', values: [zone] });
    const state = {
      volumeClaims: [bound('a'), bound('b')],
      volumes: [volume('a', beta('z1'), beta('z2')), volume('b', inZones('z2'))],
    };
    expect(zones(['a', 'b'], state)).toEqual(['z2']);
  });

  it('is not the host of a local volume, which no other node can be', () => {
    const onHost: Requirement = { key: LABEL.hostname, operator: 'In', values: ['node-a'] };
    const inZone: Requirement = { key: LABEL.zone, operator: 'In', values: ['z1'] };
    const local = (...more: Requirement[]) =>
      aVolume({ name: 'pv-a', onHost: true, nodeAffinity: [term(onHost, ...more)] });
    const at = (one: ReturnType<typeof local>) =>
      zones(['a'], { volumeClaims: [bound('a')], volumes: [one] });
    expect(at(local())).toEqual(['anywhere']);
    expect(at(local(inZone))).toEqual(['z1']);
  });

  it('is what the terms that say something allow, and anywhere where none does', () => {
    const allowing = (...allowedTopologies: NodeSelectorTerm[]) =>
      zones(['data'], {
        volumeClaims: [aVolumeClaim()],
        storageClasses: [aStorageClass({ allowedTopologies })],
      });
    expect(allowing(term(), inZones('z1'))).toEqual(['z1']);
    expect(allowing(term())).toEqual(['anywhere']);
  });

  it('is refused when the combinations are too many to try', () => {
    const on = (rack: string) => term({ key: `example.org/${rack}`, operator: 'Exists', values: [] });
    const names = ['a', 'b', 'c', 'd'];
    const state = {
      volumeClaims: names.map(bound),
      volumes: names.map((name) => volume(name, on(`${name}-1`), on(`${name}-2`), on(`${name}-3`))),
    };
    expect(zones(['a', 'b', 'c'], state)).toHaveLength(27);
    expect(zones(names, state)).toBe('its volumes have more than 64 combinations of places');
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

  it('refuses the pod: an old cluster has not given it a class', () => {
    const { storageClassName: _, ...unnamed } = aVolumeClaim();
    expect(zones(['data'], { volumeClaims: [unnamed], storageClasses: [aStorageClass()] })).toBe(
      'persistentvolumeclaim "data" is unbound and names no storage class',
    );
  });

  it('is for one pod at a time and another pod has it', () => {
    const state = { volumeClaims: [aVolumeClaim({ oncePod: true })], storageClasses: [aStorageClass()] };
    const user = (overrides: Parameters<typeof aPod>[0] = {}) =>
      aPod({
        name: 'user',
        nodeName: 'node-a',
        phase: 'Running',
        spec: { volumeClaims: ['data'] },
        ...overrides,
      });
    const beside = (...pods: ReturnType<typeof user>[]) => zones(['data'], { ...state, pods });
    expect(beside(user())).toBe('persistentvolumeclaim "data" is ReadWriteOncePod and in use by pod "user"');
    expect(beside()).toEqual(['anywhere']);
    expect(beside(user({ phase: 'Succeeded' }), user({ namespace: 'other' }))).toEqual(['anywhere']);
    const shared = { ...state, volumeClaims: [aVolumeClaim()], pods: [user()] };
    expect(zones(['data'], shared)).toEqual(['anywhere']);
    expect(volumePlaces(user(), aClusterState({ ...state, pods: [user()] })).kind).toBe('places');
  });

  it('is looked for in the namespace of the pod only', () => {
    const volumeClaims = [aVolumeClaim({ namespace: 'other' })];
    expect(zones(['data'], { volumeClaims, storageClasses: [aStorageClass()] })).toContain('not found');
  });
});

describe('what a pod attaches', () => {
  const uses = (claims: string[], state: Partial<ClusterState>) =>
    volumeUses(aPod({ spec: { volumeClaims: claims } }), aClusterState(state));

  it('is named alike for claims whose volumes have the same handle', () => {
    const volumes = ['a', 'b'].map((name) => aVolume({ name: `pv-${name}`, csiHandle: 'vol-1' }));
    expect(uses(['a', 'b'], { volumeClaims: [bound('a'), bound('b')], volumes })).toEqual([
      { driver: 'ebs.csi.aws.com', handle: 'vol-1' },
      { driver: 'ebs.csi.aws.com', handle: 'vol-1' },
    ]);
  });

  it('counts for the CSI driver where the class names the plugin that it replaced', () => {
    const storageClasses = [aStorageClass({ provisioner: 'kubernetes.io/aws-ebs' })];
    expect(uses(['data'], { volumeClaims: [aVolumeClaim()], storageClasses })).toEqual([
      { driver: 'ebs.csi.aws.com', handle: 'default/data' },
    ]);
  });

  it('stays attached while its claim is being deleted', () => {
    const volumeClaims = [{ ...bound('a'), deletionAtMs: 1 }];
    expect(uses(['a', 'gone'], { volumeClaims, volumes: [volume('a')] })).toEqual([
      { driver: 'ebs.csi.aws.com', handle: 'pv-a' },
    ]);
  });
});

describe('a big cluster', () => {
  it('is searched once, not for every pod', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `c${index}`);
    const state = aClusterState({
      volumeClaims: names.map(bound),
      volumes: names.map((name) => volume(name)),
    });
    let reads = 0;
    const counted = {
      ...state,
      volumeClaims: new Proxy(state.volumeClaims, {
        get: (target, key) => {
          reads++;
          return Reflect.get(target, key);
        },
      }),
    };
    for (const name of names) {
      expect(volumePlaces(aPod({ spec: { volumeClaims: [name] } }), counted).kind).toBe('places');
    }
    expect(reads).toBeLessThan(3 * names.length);
  });
});
