// Time of the whole solve (greedy, bound, search, verification) and of the bound alone on large problems.
// usage: npx tsx bench/solve.ts
import { compile } from '../lib/planning/compile.ts';
import { MONEY_ALONE, type Outcome, type Problem, solve } from '../lib/solver/index.ts';
import { fluidBound } from '../lib/solver/lp/fluid-bound.ts';
import { plainPods } from './support/provisioning-inputs.ts';
import { medianOf, plainWork } from './support/stopwatch.ts';
import { gapOf, savingOf } from './workloads/gap-row.ts';

interface Case {
  readonly name: string;
  readonly pods: number;
  readonly shapes: number;
  /** What the search may do; see `Budget`. */
  readonly iterations: number;
  readonly floorMs: number;
}

const CASES: readonly Case[] = [
  { name: '10,000 of 20 shapes', pods: 10_000, shapes: 20, iterations: 400, floorMs: 50 },
  { name: '10,000 distinct', pods: 10_000, shapes: 10_000, iterations: 1_500, floorMs: 500 },
  { name: '50,000 distinct', pods: 50_000, shapes: 50_000, iterations: 4_500, floorMs: 2_000 },
];
const MOST_GAP = 0.01;
const BOUND_FLOOR_MS = 5;

function solveRow({ name, pods, shapes, iterations, floorMs }: Case) {
  const problem = problemOf(pods, shapes);
  let outcome: Outcome | undefined;
  const once = () => {
    outcome = solve(problem, { solver: 'optimal', objective: MONEY_ALONE, iterations, seed: 1 });
  };
  const startMs = performance.now();
  once();
  const firstMs = performance.now() - startMs;
  const { wallMs, cpuMs } = medianOf(once);
  const plain = medianOf(plainWork);
  if (outcome === undefined) throw new Error('nothing was solved');
  const { report, violations } = outcome;
  const gap = gapOf(report) ?? Number.POSITIVE_INFINITY;
  return {
    name,
    'first ms': Math.round(firstMs),
    ms: Math.round(wallMs),
    'cpu ms': Math.round(cpuMs),
    'floor ms': floorMs,
    '× plain work': (wallMs / plain.wallMs).toFixed(2),
    'gap %': (gap * 100).toFixed(2),
    'cheaper %': (savingOf(report) * 100).toFixed(2),
    winner: report.winner,
    violations: violations.length,
    met: wallMs <= floorMs && gap <= MOST_GAP && violations.length === 0,
  };
}

function boundRow(shapes: number) {
  const problem = problemOf(10_000, shapes);
  const startMs = performance.now();
  fluidBound(problem);
  const firstMs = performance.now() - startMs;
  const { wallMs, cpuMs } = medianOf(() => fluidBound(problem));
  return {
    name: `bound, 10,000 pods of ${shapes} shapes`,
    'first ms': rounded(firstMs),
    ms: rounded(wallMs),
    'cpu ms': rounded(cpuMs),
    'floor ms': BOUND_FLOOR_MS,
    met: wallMs <= BOUND_FLOOR_MS,
  };
}

function problemOf(pods: number, shapes: number): Problem {
  const input = plainPods(pods, shapes);
  return compile(input, input.pods).problem;
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

const solves = CASES.map(solveRow);
console.table(solves);
const bounds = [20, 200, 10_000].map(boundRow);
console.table(bounds);
process.exitCode = [...solves, ...bounds].every(({ met }) => met) ? 0 : 1;
