/**
 * The numbers of the stack, as plain data: the constructs deploy them, `costs.ts` prices them, tests hold one against the
 * other. Memory in MiB, times in seconds unless a name says otherwise.
 */
export const FUNCTION_NAMES = ['poller', 'provisioner', 'drainer', 'reconciler', 'publisher'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export const SIZES = ['small', 'large'] as const;
/** `small` reads clusters of some hundred nodes; `large` is for 5,000 nodes and 50,000 pods. */
export type Size = (typeof SIZES)[number];

/** CPU comes with memory, a whole one at 1,769 MiB: planning is the only work that needs it. */
export const MEMORY_MIB: Readonly<Record<Size, Readonly<Record<FunctionName, number>>>> = {
  small: { poller: 256, provisioner: 1_024, drainer: 256, reconciler: 512, publisher: 1_024 },
  large: { poller: 1_536, provisioner: 3_008, drainer: 512, reconciler: 1_769, publisher: 1_769 },
};

/**
 * The poller watches for 14 of Lambda's 15 minutes. Whatever a message wakes ends within the minute that a stored fleet
 * request may be on its way (`RESEND_MS`).
 */
export const TIMEOUT_SECONDS: Readonly<Record<FunctionName, number>> = {
  poller: 900,
  provisioner: 60,
  drainer: 60,
  reconciler: 60,
  publisher: 300,
};

/** Only where `reservedConcurrency` is asked for: it is taken from the account's quota. The poller hands over in person. */
export const RESERVED_CONCURRENCY: Readonly<Record<FunctionName, number>> = {
  poller: 3,
  provisioner: 12,
  drainer: 10,
  reconciler: 2,
  publisher: 2,
};

export interface QueueSettings {
  readonly consumer: 'provisioner' | 'drainer';
  readonly fifo: boolean;
  readonly batchSize: number;
  /** Of the event source; 2 is the least that Lambda takes. A FIFO queue's one group allows no more than one anyway. */
  readonly maxConcurrency: number;
  /** The oldest message may be this old before somebody is told. */
  readonly maxAgeSeconds: number;
}

export const QUEUE_NAMES = ['provision', 'launch', 'drain'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

export const QUEUES: Readonly<Record<QueueName, QueueSettings>> = {
  // A batch is one plan. A request is dropped after five minutes, so the alarm comes before.
  provision: { consumer: 'provisioner', fifo: true, batchSize: 10, maxConcurrency: 2, maxAgeSeconds: 180 },
  launch: { consumer: 'provisioner', fifo: false, batchSize: 1, maxConcurrency: 10, maxAgeSeconds: 600 },
  // Delays count as age: the longest is 15 minutes.
  drain: { consumer: 'drainer', fifo: false, batchSize: 1, maxConcurrency: 10, maxAgeSeconds: 1_800 },
};

/** Above the consumer's timeout, so that a message is not handled twice at once by chance. */
export const visibilitySeconds = (queue: QueueName): number => TIMEOUT_SECONDS[QUEUES[queue].consumer] + 5;
/** Some four minutes of attempts: coming again is how a plan that lost a race, or a throttled step, goes on. */
export const MAX_RECEIVES = 8;
/** SQS's longest, in the queues and in their dead letters; the table keeps what was done about a message for 45 days. */
export const MESSAGE_RETENTION_DAYS = 14;

export const LOG_RETENTION_DAYS = 30;
export const SNAPSHOT_RETENTION_DAYS = 14;
/** Every hour makes a new one; so long may the publisher fail before the last one is lost. */
export const CATALOGUE_RETENTION_DAYS = 30;
/** As long as the table keeps the plan that names it, and a margin. */
export const PLAN_RETENTION_DAYS = 60;

export const TICK_MINUTES = 1;
export const PUBLISH_MINUTES = 60;

/** Guards that no plan can raise. */
export const MAX_LAUNCHES_PER_HOUR = 500;
export const MAX_TERMINATIONS_PER_HOUR = 500;
/** Of the account's EC2 request rates in the region, so that several clusters and people fit beside each other. */
export const EC2_RATE_SHARE = 0.5;
