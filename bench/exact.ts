// Small problems whose cheapest plan an integer program knows: bounds, plans and the greedy beside it.
//
// Bounds are compared in all of them. Plans are where there is one pool: with two, a pod may open a node only in the first
// pool that takes it, which the integer program does not know, so its optimum is cheaper than plans are allowed to be.
//
// usage: npx tsx bench/exact.ts [COUNT]
import { MONEY_ALONE, solve } from '../lib/solver/index.ts';
import { exactOptimum } from '../test/oracle/exact.ts';
import { INSTANCES, smallProblem } from '../test/oracle/instances.ts';
import { OracleRefusal } from '../test/oracle/refusal.ts';

const count = Number(process.argv[2] ?? INSTANCES);
const bounds = { compared: 0, 'bound above': 0, 'dearer than greedy': 0 };
const plans = { compared: 0, optimal: 0, 'proven optimal': 0, 'leave pods out': 0 };
const above: number[] = [];
const greedyAbove: number[] = [];
const boundBelow: number[] = [];

for (let seed = 1; seed <= count; seed++) {
  const problem = smallProblem(seed);
  const exact = await exactOptimum(problem).catch((error: unknown) => {
    if (error instanceof OracleRefusal) return undefined;
    throw error;
  });
  if (exact === undefined || !exact.proven) continue;
  const optimum = exact.optimumMicroUsdPerHour;
  const { solution, report } = solve(problem, {
    solver: 'optimal',
    objective: MONEY_ALONE,
    iterations: 20_000,
    seed: 1,
  });
  const hasOnePool = problem.pools.length === 1;
  // A plan that leaves pods out, and its bound, are not comparable with a plan that must place all.
  if (solution.unplaced.length > 0) {
    if (hasOnePool) plans['leave pods out']++;
    continue;
  }
  bounds.compared++;
  const bound = report.lowerBoundPerHour ?? 0;
  if (bound > optimum) {
    bounds['bound above']++;
    console.log(`seed ${seed}: bound ${bound}, optimum ${optimum}`);
  }
  const isComparable = report.baselineUnplaced === 0;
  if (isComparable && solution.pricePerHour > report.baselinePerHour) bounds['dearer than greedy']++;
  if (optimum > 0) boundBelow.push(1 - bound / optimum);
  if (!hasOnePool) continue;
  plans.compared++;
  if (solution.pricePerHour <= optimum) plans.optimal++;
  if (bound >= solution.pricePerHour) plans['proven optimal']++;
  if (optimum === 0) continue;
  above.push(solution.pricePerHour / optimum - 1);
  if (isComparable) greedyAbove.push(report.baselinePerHour / optimum - 1);
}

const mean = (values: readonly number[]): string =>
  `${((100 * values.reduce((sum, one) => sum + one, 0)) / values.length).toFixed(2)} %`;
console.table([{ ...bounds, 'bound below': mean(boundBelow) }]);
console.table([{ ...plans, 'plan above': mean(above), 'greedy above': mean(greedyAbove) }]);
process.exitCode = bounds['bound above'] + bounds['dearer than greedy'] === 0 ? 0 : 1;
