/**
 * Woken by the Scheduler every minute, without payload; most ticks find the lease held and end. Ticks have no retries:
 * whatever fails, the next one comes in a minute. Safe to run twice: the lease saves work, conditional writes keep order.
 */
import type { Context } from 'aws-lambda';
import { once } from '../shared/once.ts';
import { told } from '../shared/told.ts';
import { type PollerWiring, wirePoller } from './wiring.ts';

/** In `list` mode a run ends when nothing is on its way, else it is long enough for one batch of pods: 10 s at most. */
const RUN_MS = { watch: 14 * 60_000, list: 15_000 } as const;
/** Left of the function's time for the last snapshot and the lease. */
const END_MS = 30_000;

export const pollerHandler =
  (wire: () => Promise<PollerWiring>) =>
  async (_tick: unknown, context: Context): Promise<void> => {
    const { logger, clock, mode, poll } = await wire();
    logger.addContext(context);
    const runMs = Math.min(RUN_MS[mode], context.getRemainingTimeInMillis() - END_MS);
    const deadlineMs = clock.nowMs() + runMs;
    await poll({ holder: context.awsRequestId, deadlineMs, endsWhenQuiet: mode === 'list' });
  };

export const handler = told('poller', process.env, pollerHandler(once(() => wirePoller(process.env))));
