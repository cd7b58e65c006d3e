/** A deployed stack as scenarios look at it and touch it: logs, tables, queues, documents, events, calls. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { DynamoClaims } from '../../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../../lib/adapters/aws/clients/dynamo.ts';
import { sqsClient } from '../../../lib/adapters/aws/clients/sqs.ts';
import { DynamoPublication } from '../../../lib/adapters/aws/publication.ts';
import { DynamoSlotStore } from '../../../lib/adapters/aws/slots.ts';
import { ssmClient } from '../../../lib/adapters/aws/ssm.ts';
import { Table } from '../../../lib/adapters/aws/table/table.ts';
import { systemClock } from '../../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../../lib/adapters/system/random.ts';
import type { Deployed } from './deploy.ts';
import { type MiniStack, REGION } from './ministack.ts';

export type LaneFunction =
  | 'poller'
  | 'provisioner'
  | 'drainer'
  | 'reconciler'
  | 'publisher'
  | 'rbac-applier'
  | 'teardown';

/** How the logical id of each function begins: CDK makes it of the construct's path. */
const LOGICAL_ID: Readonly<Record<LaneFunction, string>> = {
  poller: 'DovetailFunctionsPollerHandler',
  provisioner: 'DovetailFunctionsProvisionerHandler',
  drainer: 'DovetailFunctionsDrainerHandler',
  reconciler: 'DovetailFunctionsReconcilerHandler',
  publisher: 'DovetailFunctionsPublisherHandler',
  'rbac-applier': 'DovetailAccessRbacApplierHandler',
  teardown: 'DovetailTeardownFunctionHandler',
};

/** A line of a function's log: Powertools' JSON, or `message` alone for anything else. */
export interface LogLine {
  readonly message: string;
  readonly [field: string]: unknown;
}

export class LaneStack {
  readonly #ministack: MiniStack;
  readonly #deployed: Deployed;
  readonly #table: Table;

  constructor(ministack: MiniStack, deployed: Deployed) {
    this.#ministack = ministack;
    this.#deployed = deployed;
    this.#table = new Table({
      client: dynamoClient(ministack.client),
      name: this.output('Table'),
      clock: systemClock,
      random: systemRandom,
    });
  }

  output(name: string): string {
    const value = this.#deployed.outputs[name];
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  }

  get claims(): DynamoClaims {
    return new DynamoClaims({ table: this.#table });
  }

  get slots(): DynamoSlotStore {
    return new DynamoSlotStore({ table: this.#table, clock: systemClock });
  }

  get publication(): DynamoPublication {
    return new DynamoPublication({ table: this.#table });
  }

  /** Keys of every item of the table, `pk sk`, sorted. */
  async keys(): Promise<string[]> {
    const client = dynamoClient(this.#ministack.client);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: this.output('Table') }));
    return Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort();
  }

  /** Everything the function has written so far, also by a call that goes on. */
  async logs(name: LaneFunction): Promise<LogLine[]> {
    const file = join(this.#ministack.functionLogs, `${await this.functionName(name)}.log`);
    if (!existsSync(file)) return [];
    const text = await readFile(file, 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [parsed(line)]));
  }

  /** Its physical name. */
  async functionName(name: LaneFunction): Promise<string> {
    const client = new CloudFormationClient(this.#ministack.client);
    const { StackResourceSummaries: resources = [] } = await client.send(
      new ListStackResourcesCommand({ StackName: this.#deployed.stackName }),
    );
    const found = resources.find(
      ({ LogicalResourceId: id = '', ResourceType: type }) =>
        type === 'AWS::Lambda::Function' && id.startsWith(LOGICAL_ID[name]),
    );
    if (found?.PhysicalResourceId === undefined) throw new Error(`the stack has no function ${name}`);
    return found.PhysicalResourceId;
  }

  /** Calls it through the alias `live` and waits for its answer; an error of the function is thrown. */
  async invoke(name: LaneFunction, payload: unknown): Promise<unknown> {
    const client = new LambdaClient(this.#ministack.client);
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: await this.functionName(name),
        Qualifier: 'live',
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    if (answer.FunctionError !== undefined) throw new Error(`${name}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Messages that wait or are being handled, by queue name, dead letters included. */
  async queueDepths(): Promise<Record<string, number>> {
    const client = sqsClient(this.#ministack.client);
    const { QueueUrls = [] } = await client.send(
      new ListQueuesCommand({ QueueNamePrefix: this.#deployed.stackName }),
    );
    const depths = QueueUrls.map(async (QueueUrl): Promise<[string, number]> => {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      const counts = (['', 'NotVisible', 'Delayed'] as const).map((kind) =>
        Number(Attributes?.[`ApproximateNumberOfMessages${kind}`] ?? 0),
      );
      return [QueueUrl.split('/').at(-1) ?? QueueUrl, counts.reduce((sum, count) => sum + count, 0)];
    });
    return Object.fromEntries(await Promise.all(depths));
  }

  /** YAML or JSON, as a user puts it; the publisher is told by the event of the change. */
  async putDocument(kind: 'nodepools' | 'nodeclasses', name: string, text: string): Promise<void> {
    await this.#put(`${this.output('Documents')}/${kind}/${name}`, text);
  }

  async removeDocument(kind: 'nodepools' | 'nodeclasses', name: string): Promise<void> {
    const parameter = `${this.output('Documents')}/${kind}/${name}`;
    await ssmClient(this.#ministack.client).send(new DeleteParameterCommand({ Name: parameter }));
  }

  /** The kill switch. */
  async stop(value: 'none' | 'launches' | 'all'): Promise<void> {
    await this.#put(this.output('StopParameter'), value);
  }

  async #put(name: string, value: string): Promise<void> {
    const input = { Name: name, Value: value, Type: 'String', Overwrite: true } as const;
    await ssmClient(this.#ministack.client).send(new PutParameterCommand(input));
  }

  /** An event of AWS's own, such as EC2's warnings, through the stack's rules. */
  async sendAwsEvent(source: `aws.${string}`, detailType: string, detail: object): Promise<void> {
    const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
    const answer = await fetch(this.#ministack.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSEvents.PutEvents',
        // Root's requests are not checked.
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/events/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify({ Entries: [entry] }),
    });
    const { FailedEntryCount: failed = 1, ...rest } = (await answer.json()) as { FailedEntryCount?: number };
    if (failed > 0) throw new Error(`the event was refused: ${JSON.stringify(rest)}`);
  }
}

function parsed(line: string): LogLine {
  try {
    return { message: '', ...(JSON.parse(line) as object) };
  } catch {
    return { message: line };
  }
}
