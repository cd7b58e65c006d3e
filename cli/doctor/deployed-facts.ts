// What a deployed stack says of itself: its functions, its table, its queues, the documents it runs.

import { FOLDERS } from '../../lib/adapters/aws/document-source.ts';
import { resolveNodeClass } from '../../lib/adapters/aws/ec2/discovery/node-class.ts';
import { failingInstances } from '../../lib/adapters/aws/ec2/status-checks.ts';
import { accessEntry } from '../../lib/adapters/aws/eks-description.ts';
import { functionSettings } from '../../lib/adapters/aws/function-settings.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { queueDepth } from '../../lib/adapters/aws/queue-depth.ts';
import { SsmParameters } from '../../lib/adapters/aws/ssm.ts';
import { StopParameter } from '../../lib/adapters/aws/stop-parameter.ts';
import {
  DOCUMENTS,
  LIVE_CLAIMS,
  LIVE_SLOTS,
  NEWEST_SNAPSHOT,
  OPEN_ORDERS,
  PUBLISHED,
  UNAVAILABLE,
  UNFINISHED_PLANS,
} from '../../lib/adapters/aws/table/keys.ts';
import { Table } from '../../lib/adapters/aws/table/table.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import type { DeployedFacts } from '../../lib/doctor/facts.ts';
import { type Reading, read, unasked } from '../../lib/doctor/reading.ts';
import type { PublishedDocument } from '../../lib/model/published-document.ts';
import type { DeployedStack, FunctionSettings } from '../../lib/ports/diagnosis.ts';
import { GROUP } from '../../lib/rbac/groups.ts';
import type { Clients } from './clients.ts';
import { nodeRoleFacts } from './node-role-facts.ts';
import { watchingFacts } from './watching-facts.ts';

export interface Deployment {
  readonly clients: Clients;
  readonly clusterName: string;
  readonly kubernetesVersion: string | undefined;
  readonly stack: DeployedStack;
}

/** All that is listed on every tick: what a newer release wrote there stops the functions. */
const PARTITIONS = [
  LIVE_CLAIMS,
  LIVE_SLOTS,
  OPEN_ORDERS,
  UNFINISHED_PLANS,
  UNAVAILABLE,
  DOCUMENTS,
  PUBLISHED,
];

export async function deployedFacts(deployment: Deployment): Promise<DeployedFacts> {
  const { clients, stack } = deployment;
  const output = (name: string): string => stack.outputs[name] ?? '';
  const options = { clock: systemClock, random: systemRandom };
  const table = new Table({ client: clients.dynamo, name: output('Table'), ...options });
  const parameters = new SsmParameters(clients.ssm);
  const publication = new DynamoPublication({ table });
  const documents = await read(() => publication.list());
  const functions = await read(() => settingsOf(clients, output('Functions').split(',')));
  return {
    functions,
    documents,
    nodeRoles: await nodeRoleFacts(deployment, functions),
    functionEntries: await functionEntries(deployment, functions),
    stop: await read(() =>
      new StopParameter({ parameters, name: output('StopParameter'), clock: systemClock }).read(),
    ),
    snapshotAtMs: await read(async () => {
      const pointer = await table.get(NEWEST_SNAPSHOT);
      return pointer && Number(pointer['takenAtMs']);
    }),
    catalogueAtMs: await read(async () => (await publication.catalogue())?.storedAtMs),
    deadLetters: await depths(clients, stack),
    items: await items(table),
    resolutions: await resolutions(deployment, parameters, documents),
    failingInstances: await read(() => failingInstances(clients.ec2, output('Installation'))),
    ...(await watchingFacts(clients, stack)),
    parameterBytes: await read(() => parameterBytes(parameters, output('Documents'))),
  };
}

const settingsOf = (clients: Clients, names: readonly string[]): Promise<FunctionSettings[]> =>
  Promise.all(names.map((name) => functionSettings(clients.lambda, name)));

async function functionEntries(
  { clients, clusterName }: Deployment,
  functions: Reading<readonly FunctionSettings[]>,
): Promise<DeployedFacts['functionEntries']> {
  if (functions.kind !== 'known') return new Map();
  const [poller, , drainer] = functions.value;
  const pairs = [
    [GROUP.poller, poller],
    [GROUP.drainer, drainer],
  ] as const;
  const entries = pairs.flatMap(([group, settings]) =>
    settings === undefined
      ? []
      : [
          read(() => accessEntry(clients.eks, clusterName, settings.roleArn)).then(
            (entry) => [group, entry] as const,
          ),
        ],
  );
  return new Map(await Promise.all(entries));
}

async function depths(clients: Clients, stack: DeployedStack): Promise<DeployedFacts['deadLetters']> {
  const all = stack.deadLetterUrls.map(async (url) => {
    const name = url.split('/').at(-1) ?? url;
    return [name, await read(() => queueDepth(clients.sqs, url))] as const;
  });
  return new Map(await Promise.all(all));
}

async function items(table: Table): Promise<DeployedFacts['items']> {
  const all = PARTITIONS.map(
    async (partition) => [partition, await read(async () => (await table.query(partition)).length)] as const,
  );
  return new Map(await Promise.all(all));
}

async function resolutions(
  { clients, kubernetesVersion }: Deployment,
  parameters: SsmParameters,
  documents: Reading<readonly PublishedDocument[]>,
): Promise<DeployedFacts['resolutions']> {
  const found = new Map<string, Reading<unknown>>();
  for (const each of documents.kind === 'known' ? documents.value : []) {
    if (each.kind !== 'EC2NodeClass' || each.running === undefined || each.status.state === 'vanished')
      continue;
    const { document } = each.running;
    const lookup = {
      ec2: clients.ec2,
      parameters: (names: readonly string[]) => parameters.values(names),
      kubernetesVersion: kubernetesVersion ?? '',
      nowMs: systemClock.nowMs(),
    };
    const reading =
      kubernetesVersion === undefined
        ? unasked("images depend on the cluster's version, which is not known")
        : await read(() => resolveNodeClass(lookup, document));
    found.set(each.name, reading);
  }
  return found;
}

async function parameterBytes(parameters: SsmParameters, path: string): Promise<ReadonlyMap<string, number>> {
  const lists = await Promise.all(
    Object.values(FOLDERS).map((folder) => parameters.list(`${path}/${folder}`)),
  );
  return new Map(lists.flat().map(({ name, value }) => [name, Buffer.byteLength(value)]));
}
