/**
 * Woken by `provision.fifo`, whose batch becomes one plan, and by the launch queue, whose messages each go on with an order.
 * Second deliveries find what the first one stored. Transient failures come again, the rest is acknowledged and counted.
 */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { launchSchema } from '../../lib/messages/launch.ts';
import { provisionRequestSchema } from '../../lib/messages/provision-request.ts';
import { eachMessage, wholeBatch } from '../shared/batch.ts';
import { once } from '../shared/once.ts';
import { told } from '../shared/told.ts';
import { isFifo, type ProvisionerWiring, wireProvisioner } from './wiring.ts';

export const provisionerHandler =
  (wire: () => Promise<ProvisionerWiring>) =>
  async ({ Records: records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const { provision, launch, ...deps } = await wire();
    deps.logger.addContext(context);
    // A batch is of one queue.
    return isFifo(records[0]?.eventSourceARN ?? '')
      ? wholeBatch(deps, records, (body) => provisionRequestSchema.parse(body), provision)
      : eachMessage(deps, records, (body) => launchSchema.parse(body), launch);
  };

export const handler = told(
  'provisioner',
  process.env,
  provisionerHandler(once(() => wireProvisioner(process.env))),
);
