import { compile } from '../../lib/planning/compile.ts';
import { greedy, type Problem, verify } from '../../lib/solver/index.ts';
import type { Workload } from './workload.ts';

/** Below what no plan of the problem can cost, in micro-USD per hour. */
export type Bound = (problem: Problem) => number;

/** What the greedy makes of a workload; with a bound, how far above it that is. */
export function gapRow({ name, family, input }: Workload, bound?: Bound) {
  const { problem } = compile(input, input.pods);
  const startMs = performance.now();
  const solution = greedy(problem);
  const greedyMs = performance.now() - startMs;
  const least = bound?.(problem);
  return {
    workload: name,
    family,
    pods: input.pods.length,
    items: problem.items.length,
    '$/h': (solution.pricePerHour / 1e6).toFixed(3),
    nodes: solution.nodes.length,
    unplaced: solution.unplaced.length,
    violations: verify(problem, solution).length,
    'greedy ms': Math.round(greedyMs),
    ...(least !== undefined && { 'gap %': ((solution.pricePerHour / least - 1) * 100).toFixed(2) }),
  };
}
