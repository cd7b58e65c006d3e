// Random problems with every feature, solved with a small budget and checked by the verifier; the greedy's plan is the
// measure of what must be placed and of the objective.
// usage: npx tsx bench/fuzz.ts [COUNT] [SEED] [--soft-terms] [--large]
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { comparePlaced, objectiveOf } from '../lib/solver/evaluate.ts';
import {
  fluidBound,
  greedy,
  MONEY_ALONE,
  type Objective,
  type Problem,
  type Solution,
  solve,
} from '../lib/solver/index.ts';
import { decidedProblem } from '../lib/solver/optimal/decided.ts';
import { randomObjective } from '../test/support/solver-objectives.ts';
import { randomProblem } from '../test/support/solver-problems.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'soft-terms': { type: 'boolean' }, large: { type: 'boolean' } },
});
const [count = 100_000, seed = 1] = positionals.map(Number);
const ITERATIONS = 300;

const found = { problems: 0, pods: 0, better: 0, violations: 0, worse: 0, lost: 0, 'below the bound': 0 };
/** The first few of each kind, by the number of the run, to look at. */
const examples: string[] = [];

function note(kind: 'violations' | 'worse' | 'lost' | 'below the bound', detail: string): void {
  found[kind]++;
  if (examples.length < 20) examples.push(`run ${found.problems}: ${kind}: ${detail}`);
}

function check(problem: Problem, objective: Objective): void {
  found.problems++;
  const baseline = greedy(problem);
  const options = { solver: 'optimal', objective, iterations: ITERATIONS, seed: 1 } as const;
  const { solution, violations, report } = solve(problem, options);
  found.pods += podsIn(problem);
  if (violations.length > 0) note('violations', violations.map(({ message }) => message).join('; '));
  if (namesOf(solution).size !== podsIn(problem) || placementsOf(solution).length !== podsIn(problem)) {
    note('lost', 'not every pod is in the plan once');
  }
  const placed = comparePlaced(problem, solution, baseline);
  if (placed > 0) note('lost', 'pods that the greedy places, or more important ones, are left out');
  if (placed === 0) compare(problem, objective, solution, baseline);
  if (report.lowerBoundPerHour !== undefined && solution.pricePerHour < report.lowerBoundPerHour) {
    note('below the bound', `${solution.pricePerHour} < ${report.lowerBoundPerHour}`);
  }
}

function compare(problem: Problem, objective: Objective, solution: Solution, baseline: Solution): void {
  const { prices } = fluidBound(decidedProblem(problem, baseline));
  const total = (plan: Solution) => objectiveOf(problem, objective, prices, plan).total;
  if (total(solution) < total(baseline)) found.better++;
  if (total(solution) > total(baseline)) note('worse', `${total(solution)} > ${total(baseline)}`);
}

const podsIn = ({ items }: Problem): number => items.reduce((sum, { order }) => sum + order.length, 0);

const placementsOf = ({ nodes, onBins, unplaced }: Solution) => [
  ...nodes.flatMap(({ placements }) => placements),
  ...onBins,
  ...unplaced,
];

const namesOf = (solution: Solution): Set<string> =>
  new Set(placementsOf(solution).map(({ item, order }) => `${item}/${order}`));

void fc.assert(
  fc.property(fc.gen(), (gen) => {
    const problem = randomProblem(gen, flags.large);
    check(problem, flags['soft-terms'] ? randomObjective(gen, problem) : MONEY_ALONE);
  }),
  { numRuns: count, seed, endOnFailure: true },
);
console.table([found]);
for (const example of examples) console.log(example);
process.exitCode = examples.length === 0 ? 0 : 1;
