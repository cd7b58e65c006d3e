/**
 * Woken by the Scheduler every minute, without payload. Ticks have no retries: every rule is tried again by the next one.
 * Two at a time change nothing more than one, because each action is conditional.
 */
import type { Context } from 'aws-lambda';
import { once } from '../shared/once.ts';
import { told } from '../shared/told.ts';
import { type ReconcilerWiring, wireReconciler } from './wiring.ts';

export const reconcilerHandler =
  (wire: () => Promise<ReconcilerWiring>) =>
  async (_tick: unknown, context: Context): Promise<void> => {
    const { logger, reconcile } = await wire();
    logger.addContext(context);
    await reconcile();
  };

export const handler = told(
  'reconciler',
  process.env,
  reconcilerHandler(once(() => wireReconciler(process.env))),
);
