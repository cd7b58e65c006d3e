// Speed of the greedy and of the plan around it, in pods per second: npx tsx bench/greedy.ts
import { compile } from '../lib/planning/compile.ts';
import { planProvisioning } from '../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../lib/planning/types.ts';
import { greedy, verify } from '../lib/solver/index.ts';
import { hasSharedData, inputOf } from '../test/support/shared-data.ts';
import { karpenterMix, plainPods } from './support/provisioning-inputs.ts';
import { medianOf, plainWork } from './support/stopwatch.ts';

interface Case {
  readonly name: string;
  readonly input: () => ProvisioningInput;
  /** Pods per second of `greedy()` that must be reached. */
  readonly floor: number;
}

const CASES: readonly Case[] = [
  { name: '10,000 distinct × 6,000 offerings', input: () => plainPods(10_000, 10_000), floor: 50_000 },
  { name: '10,000 of 200 shapes × 6,000', input: () => plainPods(10_000, 200), floor: 100_000 },
  { name: "Karpenter's mix, 1,000 pods", input: () => karpenterMix(1_000), floor: 20_000 },
  { name: "Karpenter's mix, 5,000 pods", input: () => karpenterMix(5_000), floor: 20_000 },
  ...(hasSharedData
    ? [
        {
          name: 'azure2017, 5,000 pods, cap32',
          input: () => inputOf({ workload: 'azure2017-5000', pool: 'cap32', costPerHour: 0, nodes: 0 }),
          floor: 10_000,
        },
      ]
    : []),
];

function row({ name, input, floor }: Case): Record<string, string | number | boolean> {
  const decision = input();
  const { problem } = compile(decision, decision.pods);
  const startMs = performance.now();
  const solution = greedy(problem);
  const firstMs = performance.now() - startMs;
  const packing = medianOf(() => greedy(problem));
  const plan = medianOf(() => planProvisioning(decision));
  const plain = medianOf(plainWork);
  const podsPerSecond = (ms: number) => Math.round((decision.pods.length / ms) * 1_000);
  return {
    name,
    'first ms': Math.round(firstMs),
    'greedy ms': rounded(packing.wallMs),
    'cpu ms': rounded(packing.cpuMs),
    'pods/s': podsPerSecond(packing.wallMs),
    floor,
    met: podsPerSecond(packing.wallMs) >= floor,
    '× plain work': (packing.wallMs / plain.wallMs).toFixed(2),
    'plan ms': Math.round(plan.wallMs),
    'plan pods/s': podsPerSecond(plan.wallMs),
    nodes: solution.nodes.length,
    unplaced: solution.unplaced.length,
    violations: verify(problem, solution).length,
  };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

if (!hasSharedData) console.log('azure2017 is left out: ../shared is not there');
const rows = CASES.map(row);
console.table(rows);
process.exitCode = rows.every(({ met, unplaced, violations }) => met && unplaced === 0 && violations === 0)
  ? 0
  : 1;
