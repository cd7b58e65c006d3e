// Random problems with every feature, solved with a small budget and checked by the verifier; the greedy's plan is the
// measure of what must be placed and of the objective.
// usage: npx tsx bench/fuzz.ts [COUNT] [SEED]
import * as fc from 'fast-check';
import { comparePlaced } from '../lib/solver/evaluate.ts';
import { greedy, MONEY_ALONE, type Problem, type Solution, solve } from '../lib/solver/index.ts';
import { randomProblem } from '../test/support/solver-problems.ts';

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const ITERATIONS = 300;

const found = { problems: 0, pods: 0, cheaper: 0, violations: 0, dearer: 0, lost: 0, 'below the bound': 0 };
/** The first few of each kind, by the number of the run, to look at. */
const examples: string[] = [];

function note(kind: 'violations' | 'dearer' | 'lost' | 'below the bound', detail: string): void {
  found[kind]++;
  if (examples.length < 20) examples.push(`run ${found.problems}: ${kind}: ${detail}`);
}

function check(problem: Problem): void {
  found.problems++;
  const baseline = greedy(problem);
  const { solution, violations, report } = solve(problem, {
    solver: 'optimal',
    objective: MONEY_ALONE,
    iterations: ITERATIONS,
    seed: 1,
  });
  found.pods += podsIn(problem);
  if (violations.length > 0) note('violations', violations.map(({ message }) => message).join('; '));
  if (namesOf(solution).size !== podsIn(problem)) note('lost', 'not every pod is in the plan once');
  const placed = comparePlaced(problem, solution, baseline);
  if (placed > 0) note('lost', 'pods that the greedy places, or more important ones, are left out');
  if (placed === 0) compare(solution, baseline);
  if (report.lowerBoundPerHour !== undefined && solution.pricePerHour < report.lowerBoundPerHour) {
    note('below the bound', `${solution.pricePerHour} < ${report.lowerBoundPerHour}`);
  }
}

function compare(solution: Solution, baseline: Solution): void {
  if (solution.pricePerHour < baseline.pricePerHour) found.cheaper++;
  if (solution.pricePerHour > baseline.pricePerHour) {
    note('dearer', `${solution.pricePerHour} > ${baseline.pricePerHour}`);
  }
}

const podsIn = ({ items }: Problem): number => items.reduce((sum, { order }) => sum + order.length, 0);

const namesOf = ({ nodes, onBins, unplaced }: Solution): Set<string> =>
  new Set(
    [...nodes.flatMap(({ placements }) => placements), ...onBins, ...unplaced].map(
      ({ item, order }) => `${item}/${order}`,
    ),
  );

void fc.assert(
  fc.property(fc.gen(), (gen) => check(randomProblem(gen))),
  { numRuns: count, seed, endOnFailure: true },
);
console.table([found]);
for (const example of examples) console.log(example);
process.exitCode = examples.length === 0 ? 0 : 1;
