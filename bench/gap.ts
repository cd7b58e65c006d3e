// What each workload costs, how far that is above the proven bound and how much below Karpenter's algorithm.
// usage: npx tsx bench/gap.ts [--seed 7] [--pods 100] [--iterations N] [--soft-terms] [--only TEXT]
import { parseArgs } from 'node:util';
import { DEFAULT_POLICIES } from '../lib/model/planning-policies.ts';
import { objectiveOf } from '../lib/planning/objective-of.ts';
import { MONEY_ALONE } from '../lib/solver/index.ts';
import { hasSharedData } from '../test/support/shared-data.ts';
import { gapRow, measured, type Options, summaryRows } from './workloads/gap-row.ts';
import { sampled } from './workloads/workload.ts';
import { workloads } from './workloads/workloads.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    pods: { type: 'string' },
    iterations: { type: 'string', default: String(DEFAULT_POLICIES.solver.iterations) },
    'soft-terms': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const options: Options = (compiled) => ({
  solver: 'optimal',
  objective: values['soft-terms'] ? objectiveOf(compiled) : MONEY_ALONE,
  iterations: Number(values.iterations),
  seed: 1,
});

if (!hasSharedData) console.log('manifests, traces and the shared mix are left out: ../shared is not there');
const chosen = workloads(Number(values.seed))
  .filter(({ name }) => name.includes(values.only))
  .map((workload) => (values.pods === undefined ? workload : sampled(workload, Number(values.pods))));
const rows = chosen.map((workload) => measured(workload, options));
console.table(rows.map(gapRow));
console.table(summaryRows(rows));
const isSound = rows.every(
  ({ outcome }) => outcome.solution.unplaced.length === 0 && outcome.violations.length === 0,
);
process.exitCode = isSound ? 0 : 1;
