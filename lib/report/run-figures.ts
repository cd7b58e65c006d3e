// A long run on one screen: what came, what it cost, what was bought and what ran dry, with a chart of the hours.
import { humanDuration } from './duration.ts';

/** Hours of virtual time, and what all of them together came to. */
export interface RunFigures {
  readonly hours: readonly HourFigures[];
  readonly pods: PodFigures;
  /** Nodes that run at once; `min` is of the time between the first pod and the last pod's end. */
  readonly nodes: {
    readonly min: number;
    readonly mean: number;
    readonly peak: number;
    readonly peakAfterMs: number;
  };
  readonly launches: LaunchFigures;
  readonly shortages: readonly Shortage[];
  /** Nodes that left, by reason. */
  readonly leaves: readonly Count[];
  /** vCPU-hours of all pods on nodes, and of the nodes they could have used. */
  readonly vcpuHours: { readonly requested: number; readonly allocatable: number };
}

export interface HourFigures {
  readonly costMicroUsd: number;
  /** Mean number of instances that ran, by capacity type. */
  readonly nodes: Readonly<Record<string, number>>;
  readonly podsArrived: number;
}

/** Without the pods of DaemonSets. The times are from a pod's creation until its containers run. */
export interface PodFigures {
  readonly arrived: number;
  readonly completed: number;
  /** Deleted before they ended: scaled away, evicted, or lost with their node. */
  readonly cutShort: number;
  readonly pending?: {
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
}

export interface LaunchFigures {
  readonly instances: number;
  readonly byType: readonly Count[];
  /** Error entries of CreateFleet's answers, by code. */
  readonly refusals: readonly Count[];
}

/** Most first; ties by name. */
export interface Count {
  readonly name: string;
  readonly count: number;
}

/** A time in which offerings of one capacity type in one zone were refused for want of capacity. */
export interface Shortage {
  readonly capacityType: string;
  readonly zone: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly refusals: number;
  readonly types: readonly string[];
  /** What the refused launches got in the end. */
  readonly instead: readonly Count[];
  /**
   * All instances launched in that time, by capacity type: a plan that knows of the shortage asks for other offerings and
   * is not refused.
   */
  readonly meanwhile: readonly Count[];
}

const BARS = '▁▂▃▄▅▆▇█';
/** Entries of a list that are told one by one. */
const TOP = 10;
/** Longer runs are told by the hour and not by the node. */
const MANY_HOURS = 4;

export const isLong = (figures: RunFigures): boolean => figures.hours.length > MANY_HOURS;

/** One mark per value, the highest at the top; a blank where there is nothing. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  return values
    .map((value) => (value <= 0 ? ' ' : BARS.charAt(Math.ceil((value / most) * BARS.length) - 1)))
    .join('');
}

export function figureLines(figures: RunFigures): string[] {
  return [...podLines(figures), ...nodeLines(figures), ...shortageLines(figures), '', ...chartLines(figures)];
}

function podLines({ pods }: RunFigures): string[] {
  const { arrived, completed, cutShort, pending } = pods;
  const waits =
    pending === undefined
      ? []
      : [
          line(
            'Pending to running',
            `p50 ${seconds(pending.p50Ms)}, p95 ${seconds(pending.p95Ms)}, p99 ${seconds(pending.p99Ms)}, longest ${seconds(pending.maxMs)}`,
          ),
        ];
  return [
    line(
      'Pods',
      `${count(arrived)} created, ${count(completed)} ran to their end, ${count(cutShort)} gone before it`,
    ),
    ...waits,
  ];
}

function nodeLines({ nodes, launches, leaves, vcpuHours }: RunFigures): string[] {
  const { requested, allocatable } = vcpuHours;
  const used = allocatable === 0 ? 0 : (100 * requested) / allocatable;
  const refused = launches.refusals.map(({ name, count: times }) => `${count(times)} × ${name}`).join(', ');
  return [
    line(
      'Nodes',
      `fewest ${nodes.min}, mean ${nodes.mean.toFixed(1)}, most ${nodes.peak} (after ${humanDuration(nodes.peakAfterMs)})`,
    ),
    line(
      'In use',
      `${used.toFixed(1)} % (${count(requested)} of ${count(allocatable)} allocatable vCPU-hours)`,
    ),
    line('Launched', `${count(launches.instances)} instances: ${listed(launches.byType)}`),
    line('Refused by EC2', refused === '' ? 'nothing' : refused),
    line('Left', leaves.map(({ name, count: times }) => `${count(times)} ${name}`).join(', ') || 'no node'),
  ];
}

function shortageLines({ shortages }: RunFigures): string[] {
  if (shortages.length === 0) return [line('Ran dry', 'nothing')];
  const texts = shortages
    .slice(0, TOP)
    .map(({ capacityType, zone, fromMs, untilMs, refusals, types, instead, meanwhile }) => {
      const when = `${clock(fromMs)} to ${clock(untilMs)}`;
      const got =
        instead.length === 0 ? 'launched nothing instead' : `launched instead: ${listed(instead, 3)}`;
      const others = meanwhile.length === 0 ? '' : `; launched in that time: ${listed(meanwhile)}`;
      const which = types.length === 1 ? types[0] : `${types.length} types`;
      return `${capacityType} in ${zone}, ${when}: ${refusals} refusals of ${which}; ${got}${others}`;
    });
  const more = shortages.length > TOP ? [`and ${shortages.length - TOP} more`] : [];
  return [...texts, ...more].map((text, index) => line(index === 0 ? 'Ran dry' : '', text));
}

function chartLines({ hours }: RunFigures): string[] {
  const types = [...new Set(hours.flatMap(({ nodes }) => Object.keys(nodes)))].sort();
  const rows = [
    { name: 'pods created', values: hours.map(({ podsArrived }) => podsArrived), unit: 'an hour' },
    ...types.map((type) => ({
      name: `nodes, ${type}`,
      values: hours.map(({ nodes }) => nodes[type] ?? 0),
      unit: 'on average',
    })),
    { name: 'cost', values: hours.map(({ costMicroUsd }) => costMicroUsd / 1e6), unit: 'an hour' },
  ];
  return [
    line('By hour', axis(hours.length)),
    ...rows.map(({ name, values, unit }) => {
      const most = Math.max(...values);
      const amount = name === 'cost' ? `$${most.toFixed(2)}` : most.toFixed(name === 'pods created' ? 0 : 1);
      return line(`  ${name}`, `${sparkline(values)}  at most ${amount} ${unit}`);
    }),
  ];
}

/** The hour under its first digit, every six hours. */
function axis(hours: number): string {
  const marks = Array.from({ length: Math.ceil(hours / 6) }, (_, index) => String(index * 6).padEnd(6));
  return marks.join('').trimEnd();
}

const line = (name: string, text: string): string =>
  `${(name === '' ? '' : `${name}:`).padEnd(22)} ${text}`.trimEnd();

function listed(counts: readonly Count[], top = TOP): string {
  const rest = counts.slice(top).reduce((sum, { count: times }) => sum + times, 0);
  const texts = counts.slice(0, top).map(({ name, count: times }) => `${count(times)} × ${name}`);
  return [...texts, ...(rest > 0 ? [`${count(rest)} others`] : [])].join(', ');
}

/** `12,345`. */
const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** `07:05`, counted from the start. */
function clock(ms: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(ms / 3_600_000))}:${pad(Math.floor(ms / 60_000) % 60)}`;
}

const seconds = (ms: number): string => (ms < 120_000 ? `${(ms / 1_000).toFixed(1)}s` : humanDuration(ms));
