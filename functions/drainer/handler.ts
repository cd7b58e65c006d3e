/**
 * Woken by the drain queue: our own requests, each the next step of a claim's leave, and EventBridge's events about
 * instances. Every step starts from the stored phase, so a second delivery finds it done. Warnings are counted.
 */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { assertNever } from '../../lib/model/assert-never.ts';
import { eachMessage } from '../shared/batch.ts';
import { once } from '../shared/once.ts';
import { told } from '../shared/told.ts';
import { type DrainMessage, drainMessageOf } from './message.ts';
import { type DrainerWiring, wireDrainer } from './wiring.ts';

export const drainerHandler =
  (wire: () => Promise<DrainerWiring>) =>
  async ({ Records: records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const { drain, stateChanged, warned, ...deps } = await wire();
    deps.logger.addContext(context);
    return eachMessage(deps, records, drainMessageOf, async (message: DrainMessage) => {
      switch (message.kind) {
        case 'request':
          return drain(message.request);
        case 'state-changed':
          return stateChanged(message.event);
        case 'warning':
          return warned(message.warning);
        default:
          return assertNever(message);
      }
    });
  };

export const handler = told('drainer', process.env, drainerHandler(once(() => wireDrainer(process.env))));
