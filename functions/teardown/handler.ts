/**
 * Called by CloudFormation when the stack is deleted. With `keep` nodes go on; with `drain` they leave first; none is
 * launched any more. What takes longer than one call throws, and Lambda calls again, twice; the last call answers
 * whatever it found. Safe to run twice.
 */
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { once } from '../shared/once.ts';
import { respond } from '../shared/respond.ts';
import { drainAll, NodesLeft } from './drain-all.ts';
import { type TeardownWiring, wireTeardown } from './wiring.ts';

/** Left of the function's time for launch templates and the answer. */
const RESERVE_MS = 60_000;
/** A call that ends after this was the last one: CloudFormation itself gives up after an hour. */
const LAST_CALL_MS = 30 * 60_000;

export const teardownHandler =
  (wire: () => Promise<TeardownWiring>) =>
  async (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    if (event.RequestType !== 'Delete') return respond(event, 'SUCCESS');
    const { deps, beganAtMs, endLaunches, removeTemplates } = await wire();
    const { clock } = deps;
    const untilMs = clock.nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS;
    let sinceMs = clock.nowMs();
    try {
      if (event.ResourceProperties['OnDelete'] === 'drain') {
        sinceMs = await beganAtMs(event.RequestId);
        await drainAll(deps, { sinceMs, untilMs });
      } else {
        await endLaunches();
      }
      await removeTemplates();
      await respond(event, 'SUCCESS');
    } catch (error) {
      if (error instanceof NodesLeft && clock.nowMs() - sinceMs < LAST_CALL_MS) throw error;
      await respond(event, 'FAILED', error);
    }
  };

export const handler = teardownHandler(once(() => wireTeardown(process.env)));
