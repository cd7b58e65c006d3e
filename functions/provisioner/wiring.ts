// The provisioner's composition root: the only function that may start instances. It has no right in the cluster.
import type { SQSRecord } from 'aws-lambda';
import { PublishedCatalog } from '../../lib/adapters/aws/catalog-store.ts';
import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { PublishedDocuments } from '../../lib/adapters/aws/documents.ts';
import { Ec2Fleet } from '../../lib/adapters/aws/ec2/fleet.ts';
import { LaunchTemplates } from '../../lib/adapters/aws/ec2/launch-templates.ts';
import { requestTemplates, type TemplateFacts } from '../../lib/adapters/aws/ec2/request-templates.ts';
import { describeCluster, eksClient } from '../../lib/adapters/aws/eks.ts';
import { DynamoPlans } from '../../lib/adapters/aws/plans.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { SqsLaunchQueue } from '../../lib/adapters/aws/queues.ts';
import { DynamoRateGuard } from '../../lib/adapters/aws/rate-guard.ts';
import { redeliverIn } from '../../lib/adapters/aws/redelivery.ts';
import { DynamoUnavailableOfferings } from '../../lib/adapters/aws/unavailable-offerings.ts';
import { withLaunchGuard } from '../../lib/control/guarded-fleet.ts';
import { launch } from '../../lib/control/launch.ts';
import { provisionUnlessStopped } from '../../lib/control/stoppable.ts';
import type { Launch } from '../../lib/messages/launch.ts';
import type { ProvisionRequest } from '../../lib/messages/provision-request.ts';
import { type Base, baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { ec2Of } from '../shared/ec2.ts';
import { readEnv } from '../shared/env.ts';
import { once } from '../shared/once.ts';
import { stopSwitch } from '../shared/stop.ts';
import { bucketStores, tableStores } from '../shared/stores.ts';
import { type ProvisionerEnv, provisionerEnv } from './env.ts';

export type ProvisionerWiring = Pick<
  Awaited<ReturnType<typeof wireProvisioner>>,
  'logger' | 'metrics' | 'redeliverIn' | 'provision' | 'launch'
>;

export async function wireProvisioner(environment: Environment) {
  const env = readEnv(provisionerEnv, environment);
  const base = baseOf('provisioner', env);
  const { clock, metrics } = base;
  const { table, claims, slots } = tableStores(environment, env.TABLE_NAME, base);
  const { bucket, snapshots } = bucketStores(environment, env.BUCKET_NAME, table);
  const publication = new DynamoPublication({ table });
  const documents = new PublishedDocuments({ publication, clock });
  const catalog = new PublishedCatalog({ publication, bucket, clock });
  const client = sqsClient(clientOptions(environment, 'SQS'));
  const stop = stopSwitch(environment, env.STOP_PARAMETER, base);
  const guard = new DynamoRateGuard({ table, clock, name: 'launches' });
  const deps = {
    ...base,
    policies: {
      preferencePolicy: env.PREFERENCE_POLICY,
      minValuesPolicy: env.MIN_VALUES_POLICY,
      solver: env.SOLVER,
    },
    claims,
    slots,
    snapshots,
    plans: new DynamoPlans({ table, bucket }),
    unavailable: new DynamoUnavailableOfferings({ table }),
    documents,
    catalog,
    stop,
    fleet: withLaunchGuard(fleetOf(environment, env, base, { documents, catalog }), {
      ...{ stop, guard, metrics },
      maxLaunchesPerHour: env.MAX_LAUNCHES_PER_HOUR,
    }),
    launchQueue: new SqsLaunchQueue({ client, url: env.LAUNCH_QUEUE_URL }),
  };
  return {
    logger: base.logger,
    metrics,
    redeliverIn: ({ eventSourceARN, receiptHandle }: SQSRecord, delaySeconds: number) => {
      const url = isFifo(eventSourceARN) ? env.PROVISION_QUEUE_URL : env.LAUNCH_QUEUE_URL;
      return redeliverIn(client, url, receiptHandle, delaySeconds);
    },
    provision: (requests: readonly ProvisionRequest[]) => provisionUnlessStopped(deps, requests),
    launch: (message: Launch) => launch(deps, message),
  };
}

/** Of the two queues one is FIFO, whose names have to end so. */
export const isFifo = (queueArn: string): boolean => queueArn.endsWith('.fifo');

function fleetOf(
  environment: Environment,
  env: ProvisionerEnv,
  base: Base,
  { documents, catalog }: { readonly documents: PublishedDocuments; readonly catalog: PublishedCatalog },
): Ec2Fleet {
  const { installation, clock } = base;
  const client = ec2Of(environment, env.EC2_RATE_SHARE, base);
  const eks = eksClient(clientOptions(environment, 'EKS'));
  const facts: TemplateFacts = {
    installation,
    documents,
    catalog,
    cluster: once(() => describeCluster(eks, env.CLUSTER_NAME)),
    images: ({ name }) => documents.images(name),
    instanceProfiles: env.NODE_ROLES,
  };
  return new Ec2Fleet({
    client,
    installation,
    launchTemplates: new LaunchTemplates({ client, installation, clock }),
    templatesOf: (request) => requestTemplates(facts, request),
  });
}
