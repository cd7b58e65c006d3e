// The servers of a local run: what the functions find where AWS and the cluster would be. All on 127.0.0.1.
import type { EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { awsJson } from '../../lib/local/aws-json.ts';
import { startAwsServer } from '../../lib/local/aws-json-server.ts';
import { startDynamoServer } from '../../lib/local/dynamo-server.ts';
import { type Ec2Server, startEc2Server } from '../../lib/local/ec2-server.ts';
import { startEksServer } from '../../lib/local/eks-server.ts';
import { type KubeServer, startKubeServer } from '../../lib/local/kube-server.ts';
import { startS3Server } from '../../lib/local/s3-server.ts';
import { startSqsServer } from '../../lib/local/sqs-server.ts';
import { startSsmServer } from '../../lib/local/ssm-server.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { accountOf, KUBERNETES_VERSION, type LocalAccount } from './account.ts';
import { QUEUES, type QueueName } from './queues.ts';
import type { LocalWorld } from './world.ts';

export interface LocalServers {
  readonly account: LocalAccount;
  readonly ec2: Ec2Server;
  readonly kube: KubeServer;
  /** By the service's name in `AWS_ENDPOINT_URL_<name>`. */
  readonly urls: Readonly<Record<'DYNAMODB' | 'EC2' | 'EKS' | 'PRICING' | 'S3' | 'SQS' | 'SSM', string>>;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly scenario: Scenario;
  readonly catalog: EmbeddedCatalog;
  readonly world: LocalWorld;
  /** A parameter was written or deleted. */
  readonly onParameter: (name: string) => void;
}

export const TABLE = 'dovetail';
export const BUCKET = 'dovetail';

export async function startServers(options: ServerOptions): Promise<LocalServers> {
  const { scenario, catalog, world, onParameter } = options;
  const { ec2, market, pools, api } = world.environment;
  const { name, region } = scenario.cluster;
  const account = accountOf(scenario, systemClock.nowMs());
  const [dynamo, s3, sqs] = await Promise.all([
    startDynamoServer({ clock: systemClock }),
    startS3Server({ buckets: [BUCKET] }),
    startSqsServer(),
  ]);
  await dynamo.createTable(TABLE);
  const queueUrls = await createQueues(sqs);
  const kube = await startKubeServer({
    ...{ api, clock: world.time, port: 0 },
    acceptsToken: (token) => token?.startsWith('k8s-aws-v1.') === true,
  });
  const ec2Server = await startEc2Server({
    ...{
      port: 0,
      clock: world.time,
      ec2,
      types: catalog.types,
      market: catalog.market,
      stock: { market, pools },
    },
    ...{ subnets: account.subnets, securityGroups: account.securityGroups, images: account.images },
    // EventBridge puts what happens to instances into the drain queue, as it comes.
    onEvent: (event) => void send(sqs.url, queueUrls.drain, JSON.stringify(event)),
  });
  const eks = await startEksServer({
    port: 0,
    cluster: {
      ...{ name, region, version: KUBERNETES_VERSION, endpoint: kube.url, caBase64: 'LS0t' },
      ...{ serviceCidr: '10.100.0.0/16', authenticationMode: 'API' },
    },
  });
  const ssm = await startSsmServer({
    ...{ port: 0, clock: systemClock, region, published: account.published },
    onChange: (change) => onParameter(change.name),
  });
  // Prices are those of the catalogue that comes with the product.
  const pricing = await startAwsServer(0, () => ({ FormatVersion: 'aws_v1', PriceList: [] }));
  return {
    ...{ account, ec2: ec2Server, kube, queueUrls },
    urls: {
      ...{ DYNAMODB: dynamo.url, EC2: ec2Server.url, EKS: eks.url, PRICING: pricing.url },
      ...{ S3: s3.url, SQS: sqs.url, SSM: ssm.url },
    },
    close: async () => {
      await Promise.all([kube, ec2Server, eks, ssm, pricing].map((server) => server.close()));
      await Promise.all([dynamo, s3, sqs].map((server) => server.stop()));
    },
  };
}

/** One that cannot be sent is lost, as EventBridge's are now and then. */
const send = (url: string, queueUrl: string, body: string): Promise<unknown> =>
  awsJson(url, 'AmazonSQS.SendMessage', { QueueUrl: queueUrl, MessageBody: body }).catch(() => {});

type Queues = Pick<Awaited<ReturnType<typeof startSqsServer>>, 'createQueue'>;

async function createQueues(sqs: Queues): Promise<Record<QueueName, string>> {
  const url = async (queue: QueueName): Promise<string> => (await sqs.createQueue(QUEUES[queue])).url;
  return { provision: await url('provision'), launch: await url('launch'), drain: await url('drain') };
}
