/**
 * Woken by the Scheduler every hour, and by EventBridge when a parameter below the documents' path changes: whatever the
 * event says, all documents are looked at. A second run writes nothing. What could not be found out throws, so that Lambda
 * tries an event again; the next hour comes in any case.
 */
import type { Context } from 'aws-lambda';
import { once } from '../shared/once.ts';
import { told } from '../shared/told.ts';
import { type PublisherWiring, wirePublisher } from './wiring.ts';

export const publisherHandler =
  (wire: () => Promise<PublisherWiring>) =>
  async (_event: unknown, context: Context): Promise<void> => {
    const { logger, publish } = await wire();
    logger.addContext(context);
    await publish();
  };

export const handler = told(
  'publisher',
  process.env,
  publisherHandler(once(() => wirePublisher(process.env))),
);
