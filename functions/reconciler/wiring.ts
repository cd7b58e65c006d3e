// The reconciler's composition root: it looks at everything every minute and asks the others.
import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { PublishedDocuments } from '../../lib/adapters/aws/documents.ts';
import { DynamoPlans } from '../../lib/adapters/aws/plans.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { SqsDrainQueue, SqsLaunchQueue } from '../../lib/adapters/aws/queues.ts';
import { DynamoUnavailableOfferings } from '../../lib/adapters/aws/unavailable-offerings.ts';
import { reconcileTick } from '../../lib/control/stoppable.ts';
import { baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { fleetWithoutLaunches } from '../shared/ec2.ts';
import { readEnv } from '../shared/env.ts';
import { stopSwitch } from '../shared/stop.ts';
import { bucketStores, tableStores } from '../shared/stores.ts';
import { reconcilerEnv } from './env.ts';

export type ReconcilerWiring = Pick<Awaited<ReturnType<typeof wireReconciler>>, 'logger' | 'reconcile'>;

export async function wireReconciler(environment: Environment) {
  const env = readEnv(reconcilerEnv, environment);
  const base = baseOf('reconciler', env);
  const { clock } = base;
  const { table, claims, slots } = tableStores(environment, env.TABLE_NAME, base);
  const { bucket, snapshots } = bucketStores(environment, env.BUCKET_NAME, table);
  const client = sqsClient(clientOptions(environment, 'SQS'));
  const deps = {
    ...base,
    claims,
    slots,
    snapshots,
    plans: new DynamoPlans({ table, bucket }),
    unavailable: new DynamoUnavailableOfferings({ table }),
    documents: new PublishedDocuments({ publication: new DynamoPublication({ table }), clock }),
    fleet: fleetWithoutLaunches(environment, env.EC2_RATE_SHARE, base),
    launchQueue: new SqsLaunchQueue({ client, url: env.LAUNCH_QUEUE_URL }),
    drainQueue: new SqsDrainQueue({ client, url: env.DRAIN_QUEUE_URL }),
    stop: stopSwitch(environment, env.STOP_PARAMETER, base),
  };
  return { logger: base.logger, reconcile: () => reconcileTick(deps) };
}
