/**
 * Everything in one process and no AWS: servers on 127.0.0.1, the cluster around them, and the functions with their real
 * clients in real time. Credentials are those of the process, which any text does for.
 */
import type { Environment } from '../../functions/shared/clients.ts';
import type { EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import { awsJson } from '../../lib/local/aws-json.ts';
import type { Instance } from '../../lib/ports/fleet.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import type { DocumentParameter } from './documents.ts';
import { contextOf, type FunctionName, type LocalFunctions, localFunctions } from './functions.ts';
import { joining, newNode } from './join.ts';
import { type EventSource, type QueueName, startEventSource } from './queues.ts';
import { BUCKET, type LocalServers, startServers, TABLE } from './servers.ts';
import { type LocalWorld, startWorld } from './world.ts';

export interface LocalOptions {
  readonly scenario: Scenario;
  readonly catalog: EmbeddedCatalog;
  /** NodePools and EC2NodeClasses as written; they become SSM parameters. */
  readonly documents: readonly DocumentParameter[];
  readonly tell: (sentence: string) => void;
  /** Instances and nodes take as long as on AWS. */
  readonly asOnAws: boolean;
  readonly logLevel: 'INFO' | 'ERROR';
}

export interface Local {
  readonly env: Environment;
  readonly servers: LocalServers;
  readonly world: LocalWorld;
  /** Every event of the scenario has happened. */
  readonly isOver: () => boolean;
  /** Calls a function that needs no event, as the Scheduler does. */
  tick(name: 'poller' | 'reconciler' | 'publisher', timeoutMs?: number): Promise<void>;
  /** What functions threw, beside what they reported to their queues. */
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

const DOCUMENTS_ROOT = '/dovetail';

export async function startLocal(options: LocalOptions): Promise<Local> {
  const { scenario, catalog, tell } = options;
  const { region, name: cluster } = scenario.cluster;
  const path = `${DOCUMENTS_ROOT}/${cluster}`;
  const failures: string[] = [];
  let published: (() => void) | undefined;
  const world = await startWorld(options);
  const servers = await startServers({
    ...{ scenario, catalog, world },
    onParameter: (name) => (name.startsWith(`${path}/`) ? published?.() : undefined),
  });
  const env = environmentOf(servers, { cluster, region, path, logLevel: options.logLevel });
  const functions = localFunctions(env);
  const tick: Local['tick'] = async (name, timeoutMs) => {
    const context = contextOf(name, region, timeoutMs);
    await functions[name]({}, context).catch((error: unknown) => void failures.push(`${name}: ${error}`));
  };
  for (const { folder, name, text } of options.documents) {
    await putParameter(servers, `${path}/${folder}/${name}`, text);
  }
  await tick('publisher');
  // From here on an edit is published as EventBridge would have it.
  published = () => void tick('publisher');
  const sources = startSources(servers, functions, region);
  const { isOver } = world.begin((instance) => nodeOf(instance, { servers, catalog, world, tell }));
  return {
    ...{ env, servers, world, isOver, tick, failures },
    stop: async () => {
      await Promise.all(sources.map((source) => source.stop()));
      world.stop();
      await servers.close();
    },
  };
}

function nodeOf(
  instance: Instance,
  {
    servers,
    catalog,
    world,
    tell,
  }: Pick<LocalOptions, 'catalog' | 'tell'> & Pick<Local, 'servers' | 'world'>,
) {
  const start = servers.ec2.startOf(instance.instanceId);
  const type = catalog.types.find(({ name }) => name === instance.instanceType);
  if (start === undefined || type === undefined) return undefined;
  const { market } = catalog;
  const zoneId = market.zones.find(({ name }) => name === instance.zone)?.id ?? '';
  const nowMs = world.time.nowMs();
  const result = joining(instance, start, { region: market.region, zoneId, type, nowMs });
  if (result.joins) return newNode(result);
  tell(`instance ${instance.instanceId} never joins: ${result.why}`);
  return undefined;
}

function startSources(servers: LocalServers, functions: LocalFunctions, region: string): EventSource[] {
  const source = (queue: QueueName, consumer: Extract<FunctionName, 'provisioner' | 'drainer'>) =>
    startEventSource({
      ...{ queue, region, endpoint: servers.urls.SQS, queueUrl: servers.queueUrls[queue] },
      invoke: (event) => functions[consumer](event, contextOf(consumer, region)),
    });
  return [source('provision', 'provisioner'), source('launch', 'provisioner'), source('drain', 'drainer')];
}

const putParameter = (servers: LocalServers, name: string, value: string) =>
  awsJson(servers.urls.SSM, 'AmazonSSM.PutParameter', {
    ...{ Name: name, Value: value, Type: 'String', Overwrite: true },
    Tier: 'Intelligent-Tiering',
  });

/** What the stack would give its functions, all of them at once. */
function environmentOf(
  { urls, queueUrls, account }: LocalServers,
  settings: {
    readonly cluster: string;
    readonly region: string;
    readonly path: string;
    readonly logLevel: string;
  },
): Environment {
  const endpoints = Object.entries(urls).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url]);
  return {
    ...Object.fromEntries(endpoints),
    AWS_REGION: settings.region,
    CLUSTER_NAME: settings.cluster,
    INSTALLATION: `${settings.cluster}-local`,
    TABLE_NAME: TABLE,
    BUCKET_NAME: BUCKET,
    PROVISION_QUEUE_URL: queueUrls.provision,
    LAUNCH_QUEUE_URL: queueUrls.launch,
    DRAIN_QUEUE_URL: queueUrls.drain,
    DOCUMENTS_PATH: settings.path,
    STOP_PARAMETER: `${settings.path}/stop`,
    SERVES: '{}',
    POLL_MODE: 'watch',
    PREFERENCE_POLICY: 'Respect',
    MIN_VALUES_POLICY: 'Strict',
    SOLVER: '{}',
    NODE_ROLES: JSON.stringify(account.nodeRoles),
    EC2_RATE_SHARE: '1',
    MAX_LAUNCHES_PER_HOUR: '1000',
    MAX_TERMINATIONS_PER_HOUR: '1000',
    LOG_LEVEL: settings.logLevel,
  };
}
