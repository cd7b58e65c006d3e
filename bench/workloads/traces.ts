// Real requests: CI jobs of the Kubernetes project and virtual machines of Azure, drawn from the traces in ../shared/data.
import { readFileSync } from 'node:fs';
import { RandomStream } from '../../lib/simulator/random.ts';
import { PODS, type PodSet, podsOf, type Size } from './workload.ts';

const FOLDER = new URL('../../../shared/data/traces/', import.meta.url);

/** Fails where ../shared is not there. */
export function tracedPods(seed: number): PodSet[] {
  return [
    { name: 'CI jobs', family: 'traces', pods: podsOf(drawn(seed, ciJobs())) },
    { name: 'Azure VMs', family: 'traces', pods: podsOf(drawn(seed, virtualMachines())) },
  ];
}

interface Traced extends Size {
  readonly count: number;
}

/** Each by its share of the whole trace. */
function drawn(seed: number, traced: readonly Traced[]): Size[] {
  const random = new RandomStream(seed, 'traces');
  const ends: number[] = [];
  for (const { count } of traced) ends.push((ends.at(-1) ?? 0) + count);
  return Array.from({ length: PODS }, () => {
    const at = random.below(ends.at(-1) ?? 0);
    const one = traced[ends.findIndex((end) => at < end)];
    if (one === undefined) throw new RangeError(`no entry ${at} of the trace`);
    return one;
  });
}

/** Jobs that ask for CPU and for no machine of their own. */
const ciJobs = (): Traced[] =>
  rowsOf('k8s-prow-jobs.csv')
    .map((row) => ({ ...sizeOf(row), count: 1, selector: row['node_selector'] ?? '' }))
    .filter(({ cpuMillicores, selector }) => cpuMillicores > 0 && selector === '');

const virtualMachines = (): Traced[] =>
  rowsOf('azure2017-vm-24h.csv').map((row) => ({ ...sizeOf(row), count: Number(row['count']) }));

type Row = Readonly<Record<string, string>>;

const sizeOf = (row: Row): Size => ({
  cpuMillicores: Number(row['cpu_milli']),
  memoryMib: Number(row['memory_mib']),
});

/** Cells with commas are in quotes. */
function rowsOf(name: string): Row[] {
  const [header = '', ...lines] = readFileSync(new URL(name, FOLDER), 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.match(/("[^"]*"|[^,]*)(,|$)/g) ?? [];
    return Object.fromEntries(names.map((column, at) => [column, (cells[at] ?? '').replace(/,$/, '')]));
  });
}
