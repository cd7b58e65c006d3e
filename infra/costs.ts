/**
 * What a month costs, from the stack's own settings and stated usage. List prices of us-east-1, without the amounts that
 * AWS gives every account for nothing; those are taken off in a second sum. Instances are not in it, nor are NAT and
 * endpoints of a VPC. Prices were entered by hand: compare them with the page named at each before relying on a sum.
 */
import {
  CLAIMS_ALL_MS,
  CLAIMS_BUSY_MS,
  CLAIMS_QUIET_MS,
  LEASE_RENEW_MS,
  SLOTS_LISTED_MS,
  SNAPSHOT_EVERY_MS,
} from '../lib/control/limits.ts';
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

/** US dollars per unit, and how many units a month are free for every account, for good. */
export const PRICES = {
  // https://aws.amazon.com/lambda/pricing/: Arm, first tier; $0.20 per million requests.
  lambdaGbSeconds: { usd: 0.0000133334, free: 400_000 },
  lambdaRequests: { usd: 0.2e-6, free: 1_000_000 },
  // https://aws.amazon.com/eventbridge/pricing/: Scheduler, $1.00 per million invocations.
  scheduledCalls: { usd: 1e-6, free: 14_000_000 },
  // https://aws.amazon.com/dynamodb/pricing/on-demand/: $0.125 and $0.625 per million units; $0.25 a GB and month, and
  // $0.20 more for point-in-time recovery. 25 GB are free, of the former.
  tableReads: { usd: 0.125e-6, free: 0 },
  tableWrites: { usd: 0.625e-6, free: 0 },
  tableGb: { usd: 0.25, free: 25 },
  tableRecoveryGb: { usd: 0.2, free: 0 },
  // https://aws.amazon.com/sqs/pricing/: per million $0.40 and, FIFO, $0.50; the free million is shared by both.
  sqsRequests: { usd: 0.4e-6, free: 1_000_000 },
  sqsFifoRequests: { usd: 0.5e-6, free: 0 },
  // https://aws.amazon.com/s3/pricing/: S3 Standard, $0.005 per 1,000 PUT, $0.0004 per 1,000 GET.
  s3Puts: { usd: 5e-6, free: 0 },
  s3Gets: { usd: 0.4e-6, free: 0 },
  s3Gb: { usd: 0.023, free: 0 },
  // https://aws.amazon.com/cloudwatch/pricing/: logs taken in, and kept; metrics; alarms on metrics of a minute or more;
  // dashboards. Of logs 5 GB are free for both together.
  logGb: { usd: 0.5, free: 5 },
  logGbKept: { usd: 0.03, free: 0 },
  customMetrics: { usd: 0.3, free: 10 },
  alarmMetrics: { usd: 0.1, free: 10 },
  dashboards: { usd: 3, free: 3 },
  // https://aws.amazon.com/kms/pricing/: $0.03 per 10,000 requests.
  keys: { usd: 1, free: 0 },
  keyRequests: { usd: 3e-6, free: 20_000 },
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
  /** Of the day, with pods or nodes on their way: the poller then reads every second what moves. */
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
const TICKS = MINUTES / TICK_MINUTES;
const PUBLISHES = MINUTES / PUBLISH_MINUTES;
const every = (ms: number): number => (SECONDS * 1_000) / ms;

/** The poller in `list` mode runs so long in a minute when something is on its way, and when nothing is. */
const LIST_BUSY_SECONDS = 15;
const LIST_QUIET_SECONDS = 1.5;
/** A tick that finds the lease held. */
const IDLE_TICK_SECONDS = 0.15;
/** Lambda polls a queue over five connections, each for 20 s at a time. */
const POLLS_PER_QUEUE = (SECONDS / 20) * 5;
/** One launch from its plan to its end, when each has a plan of its own; reads without those of all claims. */
const LAUNCH = {
  provisionerSeconds: 6,
  drainMessages: 15,
  drainSeconds: 0.3,
  tableWrites: 80,
  tableReads: 80,
  /** From its order until it is open, and from its leave until it has ended. */
  movingMinutes: 3,
  /** Claim, slots, order, plan and pointers, all packed. */
  storedKb: 7,
};
/** What is kept about a launch stays 45 days. */
const KEPT_DAYS = 45;
/** A claim, and the slots of one plan on it, are about 1 kB; a unit reads 4. */
const ITEM_READ_UNITS = 0.25;
/** Strong reads of all claims in a reconciler's minute, and of partitions that are all but empty. */
const RECONCILER_CLAIM_READS = 3;
const RECONCILER_SMALL_READS = 5;
const PUBLISH_SECONDS = 20;
/** Lines of the log and metrics of a minute of all functions. */
const LOG_KB_PER_MINUTE = 6;
/** With one line for each of some ten pods. */
const LOG_KB_PER_LAUNCH = 15;

export function linesOf(usage: Usage, watchers: Watchers): Line[] {
  return [...functionLines(usage), ...storeLines(usage), ...watcherLines(usage, watchers)];
}

function functionLines({ size, pollMode, launchesPerDay, busyShare, reconcileSeconds }: Usage): Line[] {
  const launches = launchesPerDay * DAYS;
  const run = (what: string, name: FunctionName, calls: number, seconds: number): Line => ({
    what,
    amounts: { lambdaGbSeconds: (seconds * MEMORY_MIB[size][name]) / 1_024, lambdaRequests: calls },
  });
  const listSeconds = busyShare * LIST_BUSY_SECONDS + (1 - busyShare) * LIST_QUIET_SECONDS;
  const pollSeconds = pollMode === 'watch' ? SECONDS + TICKS * IDLE_TICK_SECONDS : TICKS * listSeconds;
  return [
    run(`poller, ${pollMode}`, 'poller', TICKS, pollSeconds),
    run('reconciler', 'reconciler', TICKS, TICKS * reconcileSeconds),
    run('publisher', 'publisher', PUBLISHES, PUBLISHES * PUBLISH_SECONDS),
    run('provisioner', 'provisioner', launches * 2, launches * LAUNCH.provisionerSeconds),
    run(
      'drainer',
      'drainer',
      launches * LAUNCH.drainMessages,
      launches * LAUNCH.drainMessages * LAUNCH.drainSeconds,
    ),
    { what: 'scheduler', amounts: { scheduledCalls: 2 * TICKS + PUBLISHES } },
  ];
}

/** Units of reading so many items of one partition; an empty one costs a unit as well. */
const unitsOf = (items: number): number => Math.max(1, items * ITEM_READ_UNITS);

function tableReads({ pollMode, nodes, launchesPerDay, busyShare }: Usage): number {
  const perMinute = launchesPerDay / (24 * 60);
  const claims = unitsOf(nodes);
  const slots = unitsOf((perMinute * SLOTS_LISTED_MS) / 60_000);
  const moving = 2 * unitsOf(perMinute * LAUNCH.movingMinutes);
  const looks =
    pollMode === 'watch'
      ? every(CLAIMS_BUSY_MS) * busyShare + every(CLAIMS_QUIET_MS) * (1 - busyShare)
      : TICKS * busyShare * LIST_BUSY_SECONDS;
  return (
    every(CLAIMS_ALL_MS) * (claims + slots) +
    looks * moving +
    TICKS * (RECONCILER_CLAIM_READS * claims + slots + RECONCILER_SMALL_READS) +
    launchesPerDay * DAYS * (claims + slots + LAUNCH.tableReads)
  );
}

function storeLines(usage: Usage): Line[] {
  const { pollMode, nodes, launchesPerDay, busyShare, snapshotMb } = usage;
  const launches = launchesPerDay * DAYS;
  const snapshots = every(SNAPSHOT_EVERY_MS);
  const renewals = every(LEASE_RENEW_MS) * (pollMode === 'watch' ? 1 : (busyShare * LIST_BUSY_SECONDS) / 60);
  const standard = QUEUE_NAMES.filter((name) => !QUEUES[name].fifo).length;
  const storedGb = (launchesPerDay * KEPT_DAYS * LAUNCH.storedKb + nodes) / 1e6;
  return [
    {
      what: 'table',
      amounts: {
        tableReads: tableReads(usage),
        // Each tick takes the lease or finds it held, which costs the same; a list gives it back.
        tableWrites:
          renewals + TICKS * (pollMode === 'watch' ? 1 : 2) + snapshots + launches * LAUNCH.tableWrites,
        tableGb: storedGb,
        tableRecoveryGb: storedGb,
      },
    },
    {
      what: 'bucket',
      amounts: {
        s3Puts: snapshots + launches,
        s3Gets: TICKS * (pollMode === 'watch' ? 1 : 2) + launches,
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
