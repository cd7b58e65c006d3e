// The ranges that constraints are priced at, against exact optima with and without each constraint.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import type { PodSpec } from '../../../lib/model/pod.ts';
import { compile } from '../../../lib/planning/compile.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { boundOf } from '../../../lib/planning/price-constraints/bounds.ts';
import { byConstraint } from '../../../lib/planning/price-constraints/estimate.ts';
import { podRelaxations } from '../../../lib/planning/price-constraints/pod-constraints.ts';
import { poolRelaxations } from '../../../lib/planning/price-constraints/pool-constraints.ts';
import { worthAt } from '../../../lib/planning/price-constraints/worth.ts';
import { priceConstraints } from '../../../lib/planning/price-constraints.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import { exactOptimum } from '../../oracle/exact.ts';
import { OracleRefusal } from '../../oracle/refusal.ts';
import {
  aBoundPod,
  aNodePool,
  anAffinity,
  anInstanceType,
  aPlanningNode,
  aProvisioningInput,
  aSpread,
  matching,
  pods,
  someOfferings,
  ZONES,
} from '../../support/builders.ts';

const FAMILY = 'karpenter.k8s.aws/instance-family';

/** Small amounts: the oracle takes none above a million. */
const type = (name: string, cores: number, price: number, zones: readonly (typeof ZONES)[number][]) =>
  anInstanceType({
    name,
    cores,
    allocatable: { cpu: cores * 1000, memory: cores * 4000, pods: 20 },
    offerings: someOfferings(price, ['on-demand'], zones),
  });

const TYPES = [
  type('m7i.large', 2, 100_000, ZONES),
  type('m7i.xlarge', 4, 190_000, ZONES.slice(1)),
  type('r8g.large', 2, 70_000, ZONES.slice(0, 2)),
  type('c7i.xlarge', 4, 170_000, ZONES),
];

const own = (app: string, topologyKey: string) => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

const RULES: readonly ((app: string) => Partial<PodSpec>)[] = [
  () => ({}),
  (app) => ({ topologySpread: [aSpread({ labelSelector: matching({ app }) })] }),
  (app) => ({ topologySpread: [aSpread({ labelSelector: matching({ app }), maxSkew: 2, minDomains: 4 })] }),
  (app) => ({
    topologySpread: [aSpread({ labelSelector: matching({ app }), topologyKey: LABEL.hostname, maxSkew: 2 })],
  }),
  (app) => ({ affinity: anAffinity({ podAntiRequired: [own(app, LABEL.hostname)] }) }),
  (app) => ({ affinity: anAffinity({ podAntiRequired: [own(app, LABEL.zone)] }) }),
  () => ({ nodeSelector: { [LABEL.zone]: 'us-east-1b' } }),
  () => ({ nodeSelector: { [FAMILY]: 'm7i' } }),
  () => ({ hostPorts: [{ port: 80, protocol: 'TCP', hostIp: '' }] }),
];

const workload = fc.record({
  rule: fc.nat({ max: RULES.length - 1 }),
  pods: fc.integer({ min: 1, max: 4 }),
  cpuMillicores: fc.constantFrom(500, 900, 1500),
});

const inputs: fc.Arbitrary<ProvisioningInput> = fc
  .record({
    workloads: fc.array(workload, { minLength: 1, maxLength: 3 }),
    families: fc.subarray(['m7i', 'c7i'], { minLength: 1 }),
    limit: fc.option(fc.constantFrom(8000, 12_000)),
    running: fc.nat({ max: 2 }),
  })
  .map(({ workloads, families, limit, running }) =>
    aProvisioningInput({
      pods: workloads.flatMap(({ rule, pods: count, cpuMillicores }, at) =>
        pods(count, `app-${at}`, {
          labels: { app: `app-${at}` },
          owner: { kind: 'StatefulSet', name: `app-${at}`, uid: `uid-${at}` },
          cpuMillicores,
          memoryBytes: 1000,
          ...(RULES[rule] === undefined ? {} : { spec: RULES[rule](`app-${at}`) }),
        }),
      ),
      nodes:
        running === 0
          ? []
          : [
              aPlanningNode({
                labels: { [LABEL.zone]: 'us-east-1a', [FAMILY]: 'm7i' },
                allocatable: { cpu: 2000, memory: 8000, pods: 20 },
                pods: Array.from({ length: running }, (_, at) =>
                  aBoundPod('node-a', {
                    name: `old-${at}`,
                    labels: { app: 'app-0' },
                    cpuMillicores: 300,
                    memoryBytes: 500,
                  }),
                ),
              }),
            ],
      nodePools: [
        aNodePool({
          limits: limit === null ? {} : { cpu: limit },
          template: { requirements: [{ key: FAMILY, operator: 'In', values: families }] },
        }),
      ],
      instanceTypes: { default: TYPES },
    }),
  );

/** Undefined where the oracle has no answer: some pod has no place, or the instance is none of its kind. */
async function optimumOf(input: ProvisioningInput): Promise<number | undefined> {
  try {
    const { optimumMicroUsdPerHour, proven } = await exactOptimum(compile(input, input.pods).problem);
    return proven ? optimumMicroUsdPerHour : undefined;
  } catch (error) {
    if (error instanceof OracleRefusal) return undefined;
    throw error;
  }
}

describe('prices of constraints', () => {
  it('hold what the exact optima with and without differ by', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const exactWith = await optimumOf(input);
        if (exactWith === undefined) return;
        const plan = planProvisioning(input);
        if (plan.unschedulable.length > 0) return;
        const placed = new Set(input.pods.map(({ uid }) => uid));
        const bound = boundOf(input, placed);
        expect(bound.lowerBoundPerHour).toBeLessThanOrEqual(exactWith);
        const { prices } = priceConstraints(input, plan, (one) => planProvisioning(one), { most: 3 });
        const relaxations = [...podRelaxations(input), ...poolRelaxations(input, worthAt(bound))];
        for (const { constraint, savesPerHour } of prices) {
          const relaxation = relaxations.find((one) => byConstraint(one.constraint, constraint) === 0);
          const without = relaxation && (await optimumOf(relaxation.relaxed(input)));
          if (without === undefined || savesPerHour === undefined) continue;
          const saved = Math.max(0, exactWith - without);
          expect(saved).toBeGreaterThanOrEqual(savesPerHour.atLeast);
          expect(saved).toBeLessThanOrEqual(savesPerHour.atMost);
          compared += 1;
        }
      }),
      { numRuns: 20, seed: 6 },
    );
    expect(compared).toBeGreaterThan(10);
  }, 60_000);
});
