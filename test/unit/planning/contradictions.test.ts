import { describe, expect, it } from 'vitest';
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { PodSpec } from '../../../lib/model/pod.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import {
  aClusterState,
  anAffinity,
  aPod,
  aProvisioningInput,
  aStorageClass,
  aVolume,
  aVolumeClaim,
  matching,
  pods,
} from '../../support/builders.ts';

const reasonOf = (spec: Partial<PodSpec>, overrides: Partial<ProvisioningInput> = {}): string =>
  planProvisioning(aProvisioningInput({ pods: [aPod({ spec })], ...overrides }))
    .unschedulable.flatMap(({ reasons }) => reasons)
    .join('\n');

const term = (...matchExpressions: Requirement[]) => ({ matchFields: [], matchExpressions });
const is = (key: string, operator: Requirement['operator'], ...values: string[]): Requirement => ({
  key,
  operator,
  values,
});

describe('a pod that contradicts itself is named with the contradiction:', () => {
  it('nodeSelector against required node affinity', () => {
    const spec = {
      nodeSelector: { [LABEL.arch]: 'amd64' },
      affinity: anAffinity({ nodeRequired: [term(is('beta.kubernetes.io/arch', 'In', 'arm64'))] }),
    };
    expect(reasonOf(spec)).toBe(
      'it contradicts itself: no node has kubernetes.io/arch In [amd64] and beta.kubernetes.io/arch In [arm64]: remove one of them',
    );
  });

  it.each([
    [[is('cores', 'Gt', '8'), is('cores', 'Lt', '4')], 'cores Gt [8] and cores Lt [4]'],
    [[is('a', 'Exists'), is('a', 'DoesNotExist')], 'a Exists and a DoesNotExist'],
    [[is('a', 'In', 'x'), is('b', 'Exists'), is('a', 'NotIn', 'x', 'y')], 'a In [x] and a NotIn [x, y]'],
  ])('%j', (expressions, conflict) => {
    const spec = { affinity: anAffinity({ nodeRequired: [term(...expressions)] }) };
    expect(reasonOf(spec)).toBe(`it contradicts itself: no node has ${conflict}: remove one of them`);
  });

  it('each of several required terms, but not one of them alone', () => {
    const impossible = term(is('a', 'Exists'), is('a', 'DoesNotExist'));
    const all = anAffinity({ nodeRequired: [impossible, impossible] });
    expect(reasonOf({ affinity: all })).toContain('as do all 2 terms of its required node affinity');
    const other = anAffinity({ nodeRequired: [impossible, term(is(LABEL.arch, 'Exists'))] });
    expect(reasonOf({ affinity: other })).toBe('');
  });

  it('volumes against where the pod wants to be', () => {
    const zone = is(LABEL.zone, 'In', 'us-east-1b');
    const cluster = aClusterState({
      volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
      volumes: [aVolume({ nodeAffinity: [term(zone)] })],
    });
    const spec = { volumeClaims: ['data'], nodeSelector: { [LABEL.zone]: 'us-east-1a' } };
    expect(reasonOf(spec, { cluster })).toBe(
      'it contradicts itself: its volumes data can be used only in topology.kubernetes.io/zone us-east-1b, but it asks for topology.kubernetes.io/zone In [us-east-1a]',
    );
  });

  it('pod affinity and anti-affinity to the same pods', () => {
    const db: PodAffinityTerm = {
      topologyKey: LABEL.zone,
      labelSelector: matching({ app: 'db' }),
      namespaces: [],
      matchLabelKeys: [],
      mismatchLabelKeys: [],
    };
    const affinity = anAffinity({ podRequired: [db], podAntiRequired: [db] });
    expect(reasonOf({ affinity })).toBe(
      'it contradicts itself: its pod affinity and its pod anti-affinity on topology.kubernetes.io/zone pick the same pods: remove one of them',
    );
    const elsewhere = { ...db, topologyKey: LABEL.hostname };
    const apart = anAffinity({ podRequired: [db], podAntiRequired: [elsewhere] });
    expect(reasonOf({ affinity: apart })).not.toContain('contradicts');
  });
});

describe('a pod that no plan may include', () => {
  it.each([
    [{ resourceClaims: ['gpu'] }, 'it uses resource claims (DRA), which are not supported: gpu'],
    [{ volumeClaims: ['data'] }, 'persistentvolumeclaim "data" not found'],
    [
      { affinity: anAffinity({ nodeRequired: [term(is('zone', 'In'))] }) },
      'its node affinity is invalid: zone In needs at least one value',
    ],
    [
      {
        affinity: anAffinity({
          nodeRequired: [
            { matchExpressions: [], matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
          ],
        }),
      },
      'its node affinity uses matchFields (metadata.name), which is not supported: use a node label',
    ],
    [
      {
        affinity: anAffinity({
          nodeRequired: [
            { matchFields: [], matchExpressions: [{ key: 'size', operator: 'Gt', values: ['big'] }] },
          ],
        }),
      },
      'its node affinity is invalid: size Gt needs one integer, got [big]',
    ],
  ] as const)('is refused by name %#', (spec, reason) => {
    const plan = planProvisioning(
      aProvisioningInput({ pods: [aPod({ name: 'bad', spec }), aPod({ name: 'good' })] }),
    );
    expect(plan.unschedulable.map(({ pod, reasons: why }) => [pod.name, ...why])).toEqual([['bad', reason]]);
    expect(plan.nodes).toHaveLength(1);
  });
});

describe('pods that can have no place', () => {
  it('do not disturb the plan for the others', () => {
    const bad = [
      { volumeClaims: ['absent'] },
      { resourceClaims: ['gpu'] },
      { affinity: anAffinity({ nodeRequired: [term(is('a', 'In'))] }) },
      { affinity: anAffinity({ nodeRequired: [term(is('a', 'Exists'), is('a', 'DoesNotExist'))] }) },
      { nodeSelector: { 'acme.org/nowhere': 'x' } },
    ].map((spec, index) => aPod({ name: `bad-${index}`, cpuMillicores: 2000, spec }));
    const huge = aPod({ name: 'bad-huge', cpuMillicores: 1e9 });
    const good = [
      ...pods(7, 'web', { cpuMillicores: 1500, labels: { app: 'web' } }),
      ...pods(3, 'db', { cpuMillicores: 900, spec: { volumeClaims: ['data'] } }),
    ];
    const cluster = aClusterState({ volumeClaims: [aVolumeClaim()], storageClasses: [aStorageClass()] });
    const [alone, together] = [good, [...bad, huge, ...good]].map((list) =>
      planProvisioning(aProvisioningInput({ pods: list, cluster })),
    );
    expect(together?.nodes).toEqual(alone?.nodes);
    expect(alone?.nodes.length).toBeGreaterThan(1);
    expect(alone?.unschedulable).toEqual([]);
    expect(together?.unschedulable.map(({ pod }) => pod.name)).toEqual([
      ...bad.map(({ name }) => name),
      'bad-huge',
    ]);
    expect(together?.unschedulable.every(({ reasons }) => reasons.length > 0)).toBe(true);
  });
});
