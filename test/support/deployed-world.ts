// A deployed stack on the own machine, as the command line meets it: table, parameters, CloudFormation, and the publisher's
// handler behind Lambda. EC2 is what the test says.
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { publisherHandler } from '../../functions/publisher/handler.ts';
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../lib/adapters/aws/clients/dynamo.ts';
import {
  allSources,
  SsmDocumentSource,
  TableDocumentSource,
} from '../../lib/adapters/aws/document-source.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { Table } from '../../lib/adapters/aws/table/table.ts';
import { publish } from '../../lib/control/publish.ts';
import { type DynamoServer, startDynamoServer } from '../../lib/local/dynamo-server.ts';
import { startSsmServer } from '../../lib/local/ssm-server.ts';
import type { Discovery } from '../../lib/ports/discovery.ts';
import { localOptions } from './aws-wire.ts';
import { dovetailHere, type HereRun } from './cli-here.ts';
import { aContext, aFunctionBase } from './lambda.ts';
import { seededRandom } from './memory-clock.ts';
import { aResolvedNodeClass } from './memory-documents.ts';
import { realClock } from './real-time.ts';
import { type StackWire, startStackWire } from './stack-wire.ts';

const PATH = '/dovetail/prod';
export const PUBLISHER = 'arn:aws:lambda:us-east-1:000000000000:function:publisher:live';

export type DeployedWorld = Awaited<ReturnType<typeof aDeployedWorld>>;

/** A world of its own for each test, with the environment that leads a command line there. Cluster `prod`. */
export function deployedWorlds(): () => DeployedWorld {
  let dynamo: DynamoServer | undefined;
  let world: DeployedWorld | undefined;
  let worlds = 0;
  beforeAll(async () => {
    dynamo = await startDynamoServer({ clock: realClock });
  });
  afterAll(() => dynamo?.stop());
  beforeEach(async () => {
    if (dynamo === undefined) throw new Error('the server has not started');
    worlds += 1;
    world = await aDeployedWorld(dynamo, `deployed-${worlds}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await world?.close();
  });
  return () => {
    if (world === undefined) throw new Error('there is no world yet');
    return world;
  };
}

async function aDeployedWorld(dynamo: DynamoServer, tableName: string) {
  await dynamo.createTable(tableName);
  const ssm = await startSsmServer({ port: 0, clock: realClock, region: 'us-east-1', published: {} });
  const table = new Table({
    client: dynamoClient(localOptions(dynamo.url)),
    ...{ name: tableName, clock: realClock, random: seededRandom(1) },
  });
  const parameters = new SsmParameters(ssmClient(localOptions(ssm.url)));
  const publication = new DynamoPublication({ table });
  const inTable = new TableDocumentSource({ table });
  const inSsm = new SsmDocumentSource({ parameters, path: PATH });
  const discovery: Discovery = {
    resolve: async ({ name }) => ({ resolved: aResolvedNodeClass({ name }), images: [] }),
    storeCatalogue: async () => ({ id: 'catalogue', types: 900 }),
  };
  const { base } = aFunctionBase();
  const deps = {
    ...{ clock: realClock, publication, source: allSources(inSsm, inTable), discovery },
    ...{
      unusedTemplates: { remove: async () => [] },
      nodeRoles: ['node-role'],
      events: { emit: () => {} },
      metrics: { count: () => {}, observe: () => {} },
    },
  };
  const handler = publisherHandler(async () => ({ ...base, publish: () => publish(deps) }));
  const invoked: string[] = [];
  const stack: StackWire = await startStackWire({
    stacks: {
      'dovetail-prod': { Table: tableName, Documents: PATH, Publisher: PUBLISHER, Installation: 'prod-1' },
      'dovetail-old': { Table: tableName, Documents: PATH },
    },
    invoke: async (functionArn) => {
      invoked.push(functionArn);
      await handler({}, aContext());
    },
  });
  const env = {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    AWS_ENDPOINT_URL: stack.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_SSM: ssm.url,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return {
    ...{ tableName, publication, inTable, inSsm, invoked, stack, env, discovery },
    claims: new DynamoClaims({ table }),
    /** As the event of a changed parameter does. */
    publish: () => handler({}, aContext()),
    /** A command line for cluster `prod`, and what it woke. */
    run: async (...args: readonly string[]): Promise<HereRun> => {
      const run = await dovetailHere(...args, '--cluster', 'prod');
      await stack.settled();
      return run;
    },
    close: async () => {
      await stack.close();
      await ssm.close();
    },
  };
}
