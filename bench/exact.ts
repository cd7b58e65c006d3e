// Small problems whose cheapest plan an integer program knows: bounds, plans and the greedy beside it.
// usage: npx tsx bench/exact.ts [COUNT]
import { MONEY_ALONE, solve } from '../lib/solver/index.ts';
import { exactOptimum } from '../test/oracle/exact.ts';
import { INSTANCES, smallProblem } from '../test/oracle/instances.ts';
import { OracleRefusal } from '../test/oracle/refusal.ts';

const count = Number(process.argv[2] ?? INSTANCES);
const found = { compared: 0, 'bound above': 0, optimal: 0, 'proven optimal': 0, 'dearer than greedy': 0 };
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
  // A plan that leaves pods out is not comparable with one that must place all.
  if (solution.unplaced.length > 0 || report.baselineUnplaced > 0) continue;
  found.compared++;
  const bound = report.lowerBoundPerHour ?? 0;
  if (bound > optimum) {
    found['bound above']++;
    console.log(`seed ${seed}: bound ${bound}, optimum ${optimum}`);
  }
  if (solution.pricePerHour <= optimum) found.optimal++;
  if (bound >= solution.pricePerHour) found['proven optimal']++;
  if (solution.pricePerHour > report.baselinePerHour) found['dearer than greedy']++;
  if (optimum > 0) {
    above.push(solution.pricePerHour / optimum - 1);
    greedyAbove.push(report.baselinePerHour / optimum - 1);
    boundBelow.push(1 - bound / optimum);
  }
}

const mean = (values: readonly number[]): string =>
  `${((100 * values.reduce((sum, one) => sum + one, 0)) / values.length).toFixed(2)} %`;
console.table([
  { ...found, 'plan above': mean(above), 'greedy above': mean(greedyAbove), 'bound below': mean(boundBelow) },
]);
process.exitCode = found['bound above'] + found['dearer than greedy'] === 0 ? 0 : 1;
