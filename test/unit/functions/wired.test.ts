// The composition roots themselves, over real sockets on the own machine: what the publisher publishes, the provisioner
// plans with and launches from.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { provisionerHandler } from '../../../functions/provisioner/handler.ts';
import { wireProvisioner } from '../../../functions/provisioner/wiring.ts';
import { wirePublisher } from '../../../functions/publisher/wiring.ts';
import { wireReconciler } from '../../../functions/reconciler/wiring.ts';
import { Bucket } from '../../../lib/adapters/aws/bucket.ts';
import { DynamoClaims } from '../../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../../lib/adapters/aws/clients/dynamo.ts';
import { s3Client } from '../../../lib/adapters/aws/clients/s3.ts';
import { DynamoPlans } from '../../../lib/adapters/aws/plans.ts';
import { DynamoPublication } from '../../../lib/adapters/aws/publication.ts';
import { S3Snapshots } from '../../../lib/adapters/aws/snapshots.ts';
import { Table } from '../../../lib/adapters/aws/table/table.ts';
import { type DynamoServer, startDynamoServer } from '../../../lib/local/dynamo-server.ts';
import { type S3Server, startS3Server } from '../../../lib/local/s3-server.ts';
import { type SqsServer, startSqsServer } from '../../../lib/local/sqs-server.ts';
import { podUid } from '../../../lib/model/ids.ts';
import { aJsonService, endsJsonServers, type JsonRequest } from '../../support/aws-json.ts';
import { hasDynamo, localOptions } from '../../support/aws-wire.ts';
import { aClusterState, aPod } from '../../support/builders.ts';
import { nodeClassText, nodePoolText } from '../../support/documents.ts';
import { anEc2Wire, aSubnet, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aContext, anSqsEvent } from '../../support/lambda.ts';
import { seededRandom } from '../../support/memory-clock.ts';
import { aPool } from '../../support/memory-fleet.ts';
import { aSnapshot } from '../../support/memory-items.ts';
import { realClock } from '../../support/real-time.ts';

endsEc2Servers();
endsJsonServers();

/** What the account has capacity of. */
const TYPES = ['m7i.large', 'm7i.xlarge'];
const REQUIREMENTS = [
  { key: 'node.kubernetes.io/instance-type', operator: 'In', values: TYPES },
  { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
];

const PARAMETERS: Record<string, string> = {};

function answer({ operation, body }: JsonRequest) {
  if (operation === 'GET /clusters/prod') {
    const cluster = {
      name: 'prod',
      status: 'ACTIVE',
      version: '1.35',
      endpoint: 'https://prod.example',
      certificateAuthority: { data: 'LS0t' },
      kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16', ipFamily: 'ipv4' },
      accessConfig: { authenticationMode: 'API' },
    };
    return { body: { cluster } };
  }
  const of = (Name: string) => ({ Name, Value: PARAMETERS[Name], Version: 1 });
  if (operation === 'GetParametersByPath') {
    const names = Object.keys(PARAMETERS).filter((name) => name.startsWith(`${body['Path']}/`));
    return { body: { Parameters: names.map(of) } };
  }
  const name = String(body['Name']);
  if (name in PARAMETERS) return { body: { Parameter: of(name) } };
  return { status: 400, body: { __type: 'ParameterNotFound', message: 'as AWS says' } };
}

describe.skipIf(!hasDynamo)('the functions as they are put together', () => {
  let dynamo: DynamoServer;
  let s3: S3Server;
  let sqs: SqsServer;
  let tables = 0;

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    dynamo = await startDynamoServer({ clock: realClock });
    s3 = await startS3Server({ buckets: ['bucket'] });
    sqs = await startSqsServer();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([dynamo?.stop(), s3?.stop(), sqs?.stop()]);
  });
  beforeEach(() => {
    for (const name of Object.keys(PARAMETERS)) delete PARAMETERS[name];
    PARAMETERS['/dovetail/prod/nodepools/a'] = nodePoolText({}, { requirements: REQUIREMENTS });
    PARAMETERS['/dovetail/prod/nodeclasses/a'] = nodeClassText({
      amiFamily: 'AL2023',
      amiSelectorTerms: [{ id: 'ami-1' }],
      subnetSelectorTerms: [{ id: 'subnet-1' }],
      securityGroupSelectorTerms: [{ id: 'sg-0a' }],
    });
  });

  async function anAccount() {
    tables += 1;
    const name = `wired-${tables}`;
    await dynamo.createTable(name);
    const pools = TYPES.map((type) => aPool(type, { units: 9 }));
    const ec2 = await anEc2Wire(pools, { subnets: [aSubnet('subnet-1', 'us-east-1a')] });
    const { options } = await aJsonService(answer);
    const queue = async (each: string): Promise<string> => {
      const settings = { name: `${each}-${tables}`, visibilitySeconds: 65, maxReceives: 5 };
      return (await sqs.createQueue(settings)).url;
    };
    const table = new Table({
      client: dynamoClient(localOptions(dynamo.url)),
      ...{ name, clock: realClock, random: seededRandom(1) },
    });
    const bucket = new Bucket({ client: s3Client(localOptions(s3.url)), name: 'bucket' });
    const env = {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ENDPOINT_URL_EC2: ec2.server.url,
      AWS_ENDPOINT_URL_EKS: options.endpoint,
      AWS_ENDPOINT_URL_SSM: options.endpoint,
      AWS_ENDPOINT_URL_PRICING: options.endpoint,
      CLUSTER_NAME: 'prod',
      INSTALLATION: 'test',
      TABLE_NAME: name,
      BUCKET_NAME: 'bucket',
      PROVISION_QUEUE_URL: 'http://127.0.0.1/provision.fifo',
      LAUNCH_QUEUE_URL: await queue('launch'),
      DRAIN_QUEUE_URL: await queue('drain'),
      DOCUMENTS_PATH: '/dovetail/prod',
      STOP_PARAMETER: '/dovetail/prod/stop',
      PREFERENCE_POLICY: 'Respect',
      MIN_VALUES_POLICY: 'Strict',
      SOLVER: '{}',
      NODE_ROLES: '{"node-role":"node-profile"}',
      EC2_RATE_SHARE: '1',
      MAX_LAUNCHES_PER_HOUR: '10',
      LOG_LEVEL: 'ERROR',
    };
    return { env, ec2, table, bucket };
  }

  /** One pending pod, seen by the poller and asked for. */
  async function askForOnePod({ table, bucket }: Awaited<ReturnType<typeof anAccount>>) {
    const pod = aPod({ uid: podUid('pod-1'), unschedulable: { sinceMs: 0, message: 'no nodes' } });
    const snapshots = new S3Snapshots({ table, bucket });
    const cluster = aClusterState({ pods: [pod] });
    const snapshotId = await snapshots.put(aSnapshot({ takenAtMs: realClock.nowMs(), cluster }));
    return anSqsEvent('provision', {
      schemaVersion: 1,
      requestId: 'r1',
      snapshotId,
      podUids: [pod.uid],
      expiresAtMs: realClock.nowMs() + 60_000,
    });
  }

  it('publish documents and the catalogue, plan with them, and launch', async () => {
    const account = await anAccount();
    const { env, table, bucket } = account;
    await (await wirePublisher(env)).publish();
    const publication = new DynamoPublication({ table });
    expect((await publication.list()).map(({ kind, status }) => ({ kind, ...status }))).toMatchObject([
      { kind: 'EC2NodeClass', state: 'valid' },
      { kind: 'NodePool', state: 'valid' },
    ]);
    expect((await publication.catalogue())?.types).toBeGreaterThan(500);

    const wiring = await wireProvisioner(env);
    const handler = provisionerHandler(async () => wiring);
    expect(await handler(await askForOnePod(account), aContext())).toEqual({ batchItemFailures: [] });
    const [order] = await new DynamoPlans({ table, bucket }).listOpenOrders();
    const message = anSqsEvent('launch', { schemaVersion: 1, orderId: order?.id });
    expect(await handler(message, aContext())).toEqual({ batchItemFailures: [] });
    const [claim] = await new DynamoClaims({ table }).listLive();
    expect(claim).toMatchObject({ phase: 'Launched', nodePool: { name: 'a' } });
    expect(account.ec2.ec2.instances()).toHaveLength(1);

    const { reconcile } = await wireReconciler(env);
    await reconcile();
    // It is the claim's, so that the sweep leaves it alone.
    expect(account.ec2.ec2.instances().map(({ state }) => state)).toEqual(['pending']);
  });

  it('plan nothing while the kill switch is set', async () => {
    const account = await anAccount();
    const { env, table } = account;
    await (await wirePublisher(env)).publish();
    PARAMETERS['/dovetail/prod/stop'] = 'launches';
    const wiring = await wireProvisioner(env);
    const handler = provisionerHandler(async () => wiring);
    expect(await handler(await askForOnePod(account), aContext())).toEqual({ batchItemFailures: [] });
    expect(await new DynamoClaims({ table }).listLive()).toEqual([]);
  });
});
