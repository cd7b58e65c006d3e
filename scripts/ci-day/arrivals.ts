import { formatQuantity } from '../../lib/model/quantity.ts';
import { compareText } from '../../lib/model/stable-json.ts';
import { cell, parseCsv, type Row } from '../catalogue/csv.ts';

const HEADER = `# The periodic jobs of the Kubernetes project's CI over one day: 8,223 runs of 1,285 jobs, one line per job.
# Derived from the job configuration of kubernetes/test-infra (2026-08), https://github.com/kubernetes/test-infra,
# Copyright The Kubernetes Authors, Apache License 2.0. Built by scripts/build-ci-day.ts; columns: see
# lib/simulator/arrivals-file.ts.
# Changed: all build clusters are one; architectures that EC2 does not sell and instance types of another provider are
# left out of the selectors; names are cut to 52 characters; a timeout is never longer than the time to the job's next
# run, because Prow does not start a periodic job that still runs, and 2h, Prow's own default, where none is given.
arrival_s,name,cpu,memory,timeout,node_selector
`;

const DEFAULT_TIMEOUT_S = 2 * 3_600;
const MIB = 1024 ** 2;
const MAX_NAME_CHARACTERS = 52;
/** The others name what only another provider has. */
const KEPT_SELECTORS: readonly string[] = ['kubernetes.io/arch=arm64', 'kubernetes.io/arch=amd64'];

/** Text of the arrivals file. Equal input, equal bytes. */
export function ciDayArrivals(csv: string): string {
  const jobs = new Map<string, Row[]>();
  for (const row of parseCsv(csv)) {
    const runs = jobs.get(cell(row, 'name'));
    if (runs === undefined) jobs.set(cell(row, 'name'), [row]);
    else runs.push(row);
  }
  const lines = [...jobs].sort(([a], [b]) => compareText(a, b)).map(([name, runs]) => line(name, runs));
  return `${HEADER}${lines.join('\n')}\n`;
}

function line(name: string, runs: readonly Row[]): string {
  const [job = {}] = runs;
  const seconds = runs.map((run) => Number(cell(run, 'arrival_s'))).sort((a, b) => a - b);
  const selector = cell(job, 'node_selector');
  return [
    seconds.join(' '),
    name.slice(0, MAX_NAME_CHARACTERS).replace(/[^a-z0-9]+$/, ''),
    formatQuantity('cpu', Number(cell(job, 'cpu_milli'))),
    formatQuantity('memory', Number(cell(job, 'memory_mib')) * MIB),
    durationText(Math.min(timeoutOf(job), ...gaps(seconds))),
    KEPT_SELECTORS.includes(selector) ? selector : '',
  ].join(',');
}

const gaps = (seconds: readonly number[]): number[] =>
  seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0));

function timeoutOf(job: Row): number {
  const text = cell(job, 'timeout');
  if (text === '') return DEFAULT_TIMEOUT_S;
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  if (parts.map(([part]) => part).join('') !== text) throw new Error(`timeout ${text} is no duration`);
  const unitS: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1 };
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitS[unit ?? ''] ?? 0), 0);
}

/** Whole minutes where they are, else seconds. */
const durationText = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);
