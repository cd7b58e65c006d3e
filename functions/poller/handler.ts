/**
 * Woken by the Scheduler every minute, without payload; most ticks find the lease held and end. Ticks have no retries:
 * whatever fails, the next one comes in a minute. Safe to run twice: the lease saves work, conditional writes keep order.
 */
import type { Context } from 'aws-lambda';
import { once } from '../shared/once.ts';
import { type PollerWiring, wirePoller } from './wiring.ts';

/** A run in `list` mode is long enough for one batch of pods: 10 s at most, and a snapshot. */
const RUN_MS = { watch: 14 * 60_000, list: 15_000 } as const;
/** Left of the function's time for the last snapshot and the lease. */
const END_MS = 30_000;

export const pollerHandler =
  (wire: () => Promise<PollerWiring>) =>
  async (_tick: unknown, context: Context): Promise<void> => {
    const { logger, clock, mode, poll } = await wire();
    logger.addContext(context);
    const runMs = Math.min(RUN_MS[mode], context.getRemainingTimeInMillis() - END_MS);
    await poll({ holder: context.awsRequestId, deadlineMs: clock.nowMs() + runMs });
  };

export const handler = pollerHandler(once(() => wirePoller(process.env)));
