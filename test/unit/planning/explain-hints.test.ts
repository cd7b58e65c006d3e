import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import {
  aClusterState,
  aNodePool,
  anInstanceType,
  aPod,
  aPodSpec,
  aProvisioningInput,
  aVolume,
  aVolumeClaim,
  GIB,
} from '../../support/builders.ts';

const reasons = (overrides: Partial<ProvisioningInput>): readonly string[] =>
  planProvisioning(aProvisioningInput(overrides)).unschedulable[0]?.reasons ?? [];

const selecting = (key: string, value: string) => aPod({ spec: { nodeSelector: { [key]: value } } });
const onlyIn = (key: string, ...values: string[]) =>
  aNodePool({ template: { requirements: [{ key, operator: 'In', values }] } });
const gpuType = anInstanceType({
  name: 'p5.48xlarge',
  allocatable: { cpu: 190_000, memory: 1900 * GIB, pods: 100, 'nvidia.com/gpu': 8 },
});

describe('what the reason of a pod without a place suggests', () => {
  it('says of a type that exists that the NodePool excludes it, and of none that it is misspelt', () => {
    const instanceTypes = { default: [anInstanceType({ name: 'm7i.large' }), gpuType] };
    const nodePools = [onlyIn(LABEL.instanceType, 'm7i.large')];
    const asking = (type: string) =>
      reasons({ pods: [selecting(LABEL.instanceType, type)], nodePools, instanceTypes });
    expect(asking('p5.48xlarge')).toEqual([
      "NodePool default: 0 of 3 offerings match node.kubernetes.io/instance-type In [p5.48xlarge]; they have m7i.large; the NodePool's own requirements exclude it",
    ]);
    expect(asking('m7i.lagre')).toEqual([expect.stringMatching(/; did you mean "m7i\.large"\?$/)]);
  });

  it('says that types with the resource are there, and excluded', () => {
    const instanceTypes = { default: [anInstanceType({ name: 'm7i.large' }), gpuType] };
    const nodePools = [onlyIn(LABEL.instanceType, 'm7i.large')];
    const asking = (name: string) =>
      reasons({
        pods: [aPod({ spec: { requests: { ...aPodSpec().requests, [name]: 1 } } })],
        nodePools,
        instanceTypes,
      });
    expect(asking('nvidia.com/gpu')).toEqual([
      'NodePool default: no instance type has any nvidia.com/gpu, of which 1 is asked; the 1 type with it is excluded by what the NodePool and the pod require',
    ]);
    expect(asking('nvidia.com/gpus')).toEqual([
      expect.stringMatching(/1 is asked; did you mean "nvidia\.com\/gpu"\?$/),
    ]);
  });

  it('names no hostname that a new node could have', () => {
    expect(reasons({ pods: [selecting(LABEL.hostname, 'ip-10-0-0-1')] })).toEqual([
      'NodePool default: 0 of 3 offerings match kubernetes.io/hostname In [ip-10-0-0-1]: a new node has no name before it starts',
    ]);
    const matchExpressions = [{ key: LABEL.hostname, operator: 'In' as const, values: ['ip-10-0-0-1'] }];
    const cluster = aClusterState({
      volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
      volumes: [aVolume({ nodeAffinity: [{ matchFields: [], matchExpressions }] })],
    });
    expect(reasons({ pods: [aPod({ spec: { volumeClaims: ['data'] } })], cluster })).toEqual([
      'NodePool default: 0 of 3 offerings are where its volumes data can be used: in kubernetes.io/hostname ip-10-0-0-1; the NodePool has new nodes only',
    ]);
  });
});
