import { type Compiled, compile } from '../../lib/planning/compile.ts';
import { type Outcome, type SolveOptions, solve } from '../../lib/solver/index.ts';
import type { Family, Workload } from './workload.ts';

/** How one workload is solved: the soft terms come from its problem. */
export type Options = (compiled: Compiled) => SolveOptions;

export interface Measured {
  readonly workload: string;
  readonly family: Family;
  readonly isCapped: boolean;
  readonly pods: number;
  readonly outcome: Outcome;
  /** Of the whole solve: greedy, bound, search and verification. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

export function measured({ name, family, isCapped, input }: Workload, options: Options): Measured {
  const compiled = compile(input, input.pods);
  const chosen = options(compiled);
  const startMs = performance.now();
  const before = process.cpuUsage();
  const outcome = solve(compiled.problem, chosen);
  const { user, system } = process.cpuUsage(before);
  return {
    workload: name,
    family,
    isCapped,
    pods: input.pods.length,
    outcome,
    wallMs: performance.now() - startMs,
    cpuMs: (user + system) / 1_000,
  };
}

/** One line of the table. */
export function gapRow({ workload, family, pods, outcome, wallMs, cpuMs }: Measured) {
  const { solution, violations, report } = outcome;
  return {
    workload,
    family,
    pods,
    nodes: solution.nodes.length,
    '$/h': (report.pricePerHour / 1e6).toFixed(3),
    'Karpenter $/h': (report.baselinePerHour / 1e6).toFixed(3),
    'cheaper %': percent(savingOf(report)),
    'gap %': percent(gapOf(report)),
    winner: report.winner,
    iterations: report.iterations,
    ms: Math.round(wallMs),
    'cpu ms': Math.round(cpuMs),
    unplaced: solution.unplaced.length,
    violations: violations.length,
  };
}

const percent = (share: number | undefined): string => (share === undefined ? '' : (share * 100).toFixed(2));

type Costs = Pick<Outcome['report'], 'pricePerHour' | 'baselinePerHour' | 'lowerBoundPerHour'>;

/** How much cheaper than the greedy, as a share of the greedy's price. */
export const savingOf = ({ pricePerHour, baselinePerHour }: Costs): number =>
  1 - pricePerHour / baselinePerHour;

/** How far above the proven bound, as a share of the bound. */
export const gapOf = ({ pricePerHour, lowerBoundPerHour }: Costs): number | undefined =>
  lowerBoundPerHour === undefined ? undefined : pricePerHour / lowerBoundPerHour - 1;

/** Per family and pool: geometric mean of the savings, mean and largest gap. */
export function summaryRows(rows: readonly Measured[]) {
  const groups = new Map<string, Measured[]>();
  const add = (name: string, row: Measured) => groups.set(name, [...(groups.get(name) ?? []), row]);
  for (const row of rows) {
    const size = row.isCapped ? 'at most 32 vCPU' : 'any size';
    add(`${row.family}, ${size}`, row);
    add(`all, ${size}`, row);
  }
  return [...groups].map(([name, members]) => {
    const reports = members.map(({ outcome }) => outcome.report);
    const gaps = reports.flatMap((report) => gapOf(report) ?? []);
    const logs = reports.map((report) => Math.log(1 - savingOf(report)));
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    return {
      group: name,
      workloads: members.length,
      'cheaper %, geometric mean': percent(1 - Math.exp(mean(logs))),
      'gap %, mean': gaps.length === 0 ? '' : percent(mean(gaps)),
      'gap %, largest': gaps.length === 0 ? '' : percent(Math.max(...gaps)),
      'ms, largest': Math.round(Math.max(...members.map(({ wallMs }) => wallMs))),
    };
  });
}
