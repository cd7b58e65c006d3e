/**
 * How fast this process may ask EC2, so that a cluster takes its share of the account's request rates and no more.
 * Numbers: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (request token buckets; each action
 * has its own). The actions that are always asked with a filter or in pages count as ordinary reads.
 */
import type { Clock } from '../../../ports/clock.ts';

export interface Rate {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

export interface Bucket {
  /** Below zero: taken in advance by callers that wait. */
  readonly tokens: number;
  readonly atMs: number;
}

const READ: Rate = { capacity: 100, refillPerSecond: 20 };
const WRITE: Rate = { capacity: 50, refillPerSecond: 5 };
const OTHERS: Readonly<Record<string, Rate>> = {
  CreateTags: { capacity: 100, refillPerSecond: 10 },
  TerminateInstances: { capacity: 100, refillPerSecond: 5 },
};

/** What the account has for an action, cut to `share` (more than 0, at most 1). A bucket holds one token at least. */
export function rateOf(action: string, share: number): Rate {
  const { capacity, refillPerSecond } =
    OTHERS[action] ?? (/^(Describe|Get|List)/.test(action) ? READ : WRITE);
  return { capacity: Math.max(1, Math.floor(capacity * share)), refillPerSecond: refillPerSecond * share };
}

/** Takes one token of a bucket, full at first, and says how long to wait for it. Callers are served in their order. */
export function takeToken(
  bucket: Bucket | undefined,
  { capacity, refillPerSecond }: Rate,
  nowMs: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const { tokens, atMs } = bucket ?? { tokens: capacity, atMs: nowMs };
  const refilled = Math.min(capacity, tokens + (Math.max(0, nowMs - atMs) * refillPerSecond) / 1000);
  const left = refilled - 1;
  const waitMs = left >= 0 ? 0 : Math.ceil((-left / refillPerSecond) * 1000);
  return { bucket: { tokens: left, atMs: nowMs }, waitMs };
}

/** Holds callers back to the share's rates, action by action. */
export class RequestRates {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;
  readonly #share: number;

  constructor(options: { readonly clock: Clock; readonly share: number }) {
    this.#clock = options.clock;
    this.#share = options.share;
  }

  async pass(action: string): Promise<void> {
    const rate = rateOf(action, this.#share);
    const { bucket, waitMs } = takeToken(this.#buckets.get(action), rate, this.#clock.nowMs());
    this.#buckets.set(action, bucket);
    if (waitMs > 0) await this.#clock.sleep(waitMs);
  }
}
