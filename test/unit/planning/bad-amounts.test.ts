import { describe, expect, it } from 'vitest';
import type { DovetailError } from '../../../lib/model/errors.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import { InvalidProblem } from '../../../lib/solver/index.ts';
import {
  aClusterState,
  aDaemonSet,
  aNodePool,
  anInstanceType,
  aPlanningNode,
  aPod,
  aProvisioningInput,
  someOfferings,
} from '../../support/builders.ts';

function refusal(overrides: Partial<ProvisioningInput>): Pick<DovetailError, 'code' | 'message' | 'retry'> {
  try {
    planProvisioning(aProvisioningInput({ pods: [aPod()], ...overrides }));
  } catch (error) {
    return error as DovetailError;
  }
  return { code: 'none', message: 'it is planned', retry: 'never' };
}

describe('a pod that asks for what is no amount', () => {
  it.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53])(
    'is told so for %s, and the others are planned',
    (cpuMillicores) => {
      const plan = planProvisioning(
        aProvisioningInput({ pods: [aPod({ name: 'odd', cpuMillicores }), aPod({ name: 'web' })] }),
      );
      expect(plan.nodes.flatMap(({ pods }) => pods.map(({ name }) => name))).toEqual(['web']);
      expect(plan.unschedulable.map(({ pod, reasons }) => [pod.name, ...reasons])).toEqual([
        [
          'odd',
          `its requests hold ${cpuMillicores} of cpu: want a whole number from 0 to 2^53 - 1 in base units`,
        ],
      ]);
    },
  );
});

describe('an input that nothing can be planned with', () => {
  const type = anInstanceType();

  it('is refused for good, with the price, its type and its zone', () => {
    const offerings = someOfferings(Number.NaN);
    expect(refusal({ instanceTypes: { default: [{ ...type, offerings }] } })).toMatchObject({
      code: 'InvalidProblem',
      retry: 'never',
      message: expect.stringMatching(
        /^no plan can be made: instance type \S+, \S+ in \S+: price is NaN, want a number from 0/,
      ),
    });
  });

  it('is refused with the resource of the type, node, NodePool or DaemonSets that is wrong', () => {
    const capacity = { ...type.capacity, memory: 0.5 };
    expect(refusal({ instanceTypes: { default: [{ ...type, capacity }] } }).message).toContain(
      `instance type ${type.name}: memory of its capacity is 0.5, want`,
    );
    const node = aPlanningNode({ name: 'old', allocatable: { cpu: Number.NaN } });
    expect(refusal({ nodes: [node] }).message).toContain('node old: cpu of its free is NaN, want');
    const nodePools = [aNodePool({ limits: { cpu: Number.NaN } })];
    expect(refusal({ nodePools }).message).toContain('NodePool default: cpu of its limits is NaN, want');
    const daemonSets = [aDaemonSet({ name: 'logs', memoryBytes: Number.NaN })];
    expect(refusal({ cluster: aClusterState({ daemonSets }) }).message).toContain(
      'DaemonSets kube-system/logs: memory of its requests is NaN, want',
    );
  });

  it('names the pod, and what to do past a limit, whoever finds it', () => {
    const found = (kind: 'item' | 'problem', field: string) => () =>
      planProvisioning(aProvisioningInput({ pods: [aPod({ name: 'web' })] }), undefined, () => {
        const column = kind === 'item' ? { column: 0 } : {};
        throw new InvalidProblem({ kind, index: 0, field, value: 7, want: 'less', ...column });
      });
    expect(found('item', 'requests')).toThrow('pod default/web: cpu of its requests is 7, want less');
    expect(found('problem', 'bins')).toThrow(
      'the problem: bins is 7, want less: plan fewer pods or narrower NodePools at a time',
    );
  });
});

describe('planning that is to end early', () => {
  it('hands the question on to the solver', () => {
    const asked: boolean[] = [];
    const stop = () => true;
    const input = aProvisioningInput({ pods: [aPod()] });
    expect(() =>
      planProvisioning(input, stop, (_, shouldStop) => {
        asked.push(shouldStop());
        throw new Error('enough');
      }),
    ).toThrow('enough');
    expect(asked).toEqual([true]);
  });
});
