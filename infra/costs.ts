/**
 * What a month costs, from the stack's own settings and stated usage. List prices of us-east-1, without the amounts that
 * AWS gives every account for nothing; those are taken off in a second sum. Instances are not in it. The prices were
 * entered by hand: compare them with each service's pricing page and https://aws.amazon.com/free before relying on a sum.
 */
import { CLAIMS_BUSY_MS, CLAIMS_QUIET_MS, LEASE_RENEW_MS, SNAPSHOT_EVERY_MS } from '../lib/control/limits.ts';
import {
  type FunctionName,
  LOG_RETENTION_DAYS,
  MEMORY_MIB,
  PUBLISH_MINUTES,
  QUEUE_NAMES,
  QUEUES,
  type Size,
  SNAPSHOT_RETENTION_DAYS,
  TICK_MINUTES,
} from './settings.ts';

/** US dollars per unit, and how many units a month are free for every account. */
export const PRICES = {
  lambdaGbSeconds: { usd: 0.0000133334, free: 400_000 },
  lambdaRequests: { usd: 0.2e-6, free: 1_000_000 },
  tableReads: { usd: 0.125e-6, free: 0 },
  tableWrites: { usd: 0.625e-6, free: 0 },
  sqsRequests: { usd: 0.4e-6, free: 1_000_000 },
  sqsFifoRequests: { usd: 0.5e-6, free: 0 },
  s3Puts: { usd: 5e-6, free: 0 },
  s3Gets: { usd: 0.4e-6, free: 0 },
  s3Gb: { usd: 0.023, free: 0 },
  logGb: { usd: 0.5, free: 5 },
  logGbKept: { usd: 0.03, free: 5 },
  keys: { usd: 1, free: 0 },
  keyRequests: { usd: 3e-6, free: 20_000 },
  customMetrics: { usd: 0.3, free: 10 },
  alarmMetrics: { usd: 0.1, free: 10 },
  dashboards: { usd: 3, free: 3 },
} as const;

export type Item = keyof typeof PRICES;
export type Amounts = Readonly<Partial<Record<Item, number>>>;

export interface Line {
  readonly what: string;
  readonly amounts: Amounts;
}

/** What a cluster does. Durations are estimates of what the functions take on average. */
export interface Usage {
  readonly title: string;
  readonly size: Size;
  readonly pollMode: 'watch' | 'list';
  readonly nodes: number;
  readonly launchesPerDay: number;
  /** Of the day, with pods or nodes on their way: the poller then reads claims every second. */
  readonly busyShare: number;
  readonly reconcileSeconds: number;
  readonly snapshotMb: number;
}

/** Counted in the template that is deployed. */
export interface Watchers {
  readonly customMetrics: number;
  readonly alarmMetrics: number;
}

const DAYS = 365 / 12;
const MINUTES = DAYS * 24 * 60;
const SECONDS = MINUTES * 60;
const every = (ms: number): number => (SECONDS * 1_000) / ms;

/** The poller in `list` mode runs so long each minute. */
const LIST_RUN_SECONDS = 15;
/** A tick that finds the lease held. */
const IDLE_TICK_SECONDS = 0.15;
/** Lambda polls a queue over five connections, each for 20 s at a time. */
const POLLS_PER_QUEUE = (SECONDS / 20) * 5;
/** One launch from its plan to its end. */
const LAUNCH = {
  provisionerSeconds: 6,
  drainMessages: 15,
  drainSeconds: 0.3,
  tableWrites: 60,
  tableReads: 80,
};
const CLAIM_READ_UNITS = 0.25;
/** Reads of all claims in a reconciler's minute. */
const RECONCILER_READS = 4;
const PUBLISH_SECONDS = 20;
/** Lines of the log and metrics of a minute of all functions. */
const LOG_KB_PER_MINUTE = 6;
const LOG_KB_PER_LAUNCH = 12;

export function linesOf(usage: Usage, watchers: Watchers): Line[] {
  return [...functionLines(usage), ...storeLines(usage), ...watcherLines(usage, watchers)];
}

function functionLines({ size, pollMode, launchesPerDay, reconcileSeconds }: Usage): Line[] {
  const launches = launchesPerDay * DAYS;
  const run = (what: string, name: FunctionName, calls: number, seconds: number): Line => ({
    what,
    amounts: { lambdaGbSeconds: (seconds * MEMORY_MIB[size][name]) / 1_024, lambdaRequests: calls },
  });
  const ticks = MINUTES / TICK_MINUTES;
  const pollSeconds = pollMode === 'watch' ? SECONDS + ticks * IDLE_TICK_SECONDS : ticks * LIST_RUN_SECONDS;
  return [
    run(`poller, ${pollMode}`, 'poller', ticks, pollSeconds),
    run('reconciler', 'reconciler', ticks, ticks * reconcileSeconds),
    run('publisher', 'publisher', MINUTES / PUBLISH_MINUTES, (MINUTES / PUBLISH_MINUTES) * PUBLISH_SECONDS),
    run('provisioner', 'provisioner', launches * 2, launches * LAUNCH.provisionerSeconds),
    run(
      'drainer',
      'drainer',
      launches * LAUNCH.drainMessages,
      launches * LAUNCH.drainMessages * LAUNCH.drainSeconds,
    ),
  ];
}

function storeLines({ pollMode, nodes, launchesPerDay, busyShare, snapshotMb }: Usage): Line[] {
  const launches = launchesPerDay * DAYS;
  const watched = pollMode === 'watch' ? 1 : LIST_RUN_SECONDS / 60;
  const looks = watched * (every(CLAIMS_BUSY_MS) * busyShare + every(CLAIMS_QUIET_MS) * (1 - busyShare));
  // A query of an empty partition costs a unit as well; claims and slots are two.
  const perLook = 2 * Math.max(1, nodes * CLAIM_READ_UNITS);
  const snapshots = every(SNAPSHOT_EVERY_MS);
  const standard = QUEUE_NAMES.filter((name) => !QUEUES[name].fifo).length;
  return [
    {
      what: 'table',
      amounts: {
        tableReads: looks * perLook + MINUTES * RECONCILER_READS * perLook + launches * LAUNCH.tableReads,
        tableWrites: watched * every(LEASE_RENEW_MS) + snapshots + launches * LAUNCH.tableWrites,
      },
    },
    {
      what: 'bucket',
      amounts: {
        s3Puts: snapshots + launches,
        s3Gets: MINUTES + launches,
        s3Gb: (snapshotMb * snapshots * SNAPSHOT_RETENTION_DAYS) / DAYS / 1_000,
      },
    },
    {
      what: 'queues',
      amounts: {
        sqsRequests: standard * POLLS_PER_QUEUE + launches * (LAUNCH.drainMessages + 1) * 3,
        sqsFifoRequests: (QUEUE_NAMES.length - standard) * POLLS_PER_QUEUE + launches * 3,
      },
    },
  ];
}

function watcherLines({ launchesPerDay }: Usage, { customMetrics, alarmMetrics }: Watchers): Line[] {
  const gb = (MINUTES * LOG_KB_PER_MINUTE + launchesPerDay * DAYS * LOG_KB_PER_LAUNCH) / 1e6;
  return [
    { what: 'logs', amounts: { logGb: gb, logGbKept: (gb * LOG_RETENTION_DAYS) / DAYS } },
    // DynamoDB keeps the table's key for minutes and S3 the bucket's, so the key is asked a few times an hour.
    { what: 'key', amounts: { keys: 1, keyRequests: 20_000 } },
    { what: 'dashboard', amounts: { dashboards: 1 } },
    { what: 'custom metrics', amounts: { customMetrics } },
    { what: 'alarms', amounts: { alarmMetrics } },
  ];
}

/** What people switch off or share; the figures are without them. */
export const EXTRAS: readonly string[] = ['key', 'dashboard', 'custom metrics', 'alarms'];

export const usdOf = ({ amounts }: Line): number =>
  Object.entries(amounts).reduce((sum, [item, amount]) => sum + amount * PRICES[item as Item].usd, 0);

/** Of all lines, after what is free for an account that has nothing else. */
export function usdAfterFree(lines: readonly Line[]): number {
  const total = new Map<Item, number>();
  for (const { amounts } of lines) {
    for (const [item, amount] of Object.entries(amounts)) {
      total.set(item as Item, (total.get(item as Item) ?? 0) + amount);
    }
  }
  return [...total].reduce(
    (sum, [item, amount]) => sum + Math.max(0, amount - PRICES[item].free) * PRICES[item].usd,
    0,
  );
}
