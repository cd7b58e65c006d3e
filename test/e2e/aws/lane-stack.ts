/** A deployed stack as scenarios look at it and touch it: logs, tables, queues, documents, events, calls. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoClaims } from '../../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../../lib/adapters/aws/clients/dynamo.ts';
import { sqsClient } from '../../../lib/adapters/aws/clients/sqs.ts';
import { DynamoPublication } from '../../../lib/adapters/aws/publication.ts';
import { SqsLaunchQueue } from '../../../lib/adapters/aws/queues.ts';
import { DynamoSlotStore } from '../../../lib/adapters/aws/slots.ts';
import { Table } from '../../../lib/adapters/aws/table/table.ts';
import { systemClock } from '../../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../../lib/adapters/system/random.ts';
import { callFunction, callJson, listFunctions } from './api.ts';
import type { Deployed } from './deploy.ts';
import type { MiniStack } from './ministack.ts';

export type LaneFunction =
  | 'poller'
  | 'provisioner'
  | 'drainer'
  | 'reconciler'
  | 'publisher'
  | 'rbac-applier'
  | 'teardown';

/** How the name of each function goes on behind the stack's: CDK makes it of the construct's path. */
const OF_CONSTRUCT: Readonly<Record<LaneFunction, string>> = {
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
    type Answer = { readonly Items: readonly { readonly pk: { S: string }; readonly sk: { S: string } }[] };
    const input = { TableName: this.output('Table') };
    const { Items: items } = await callJson<Answer>(
      this.#ministack,
      'dynamodb',
      'DynamoDB_20120810.Scan',
      input,
    );
    return items.map(({ pk, sk }) => `${pk.S} ${sk.S}`).sort();
  }

  /** Everything the function has written so far, also by a call that goes on. */
  async logs(name: LaneFunction): Promise<LogLine[]> {
    const file = join(this.#ministack.functionLogs, `${await this.functionName(name)}.log`);
    if (!existsSync(file)) return [];
    const text = await readFile(file, 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [parsed(line)]));
  }

  async functionName(name: LaneFunction): Promise<string> {
    const start = `${this.#deployed.stackName}-${OF_CONSTRUCT[name]}`;
    const found = (await listFunctions(this.#ministack)).find((each) => each.startsWith(start));
    if (found === undefined) throw new Error(`the stack has no function ${name}`);
    return found;
  }

  /** Calls it through the alias `live` and waits for its answer; an error of the function is thrown. */
  async invoke(name: LaneFunction, payload: unknown): Promise<unknown> {
    return callFunction(this.#ministack, await this.functionName(name), 'live', payload);
  }

  /** URLs of the stack's queues, dead letters included. */
  async queueUrls(): Promise<readonly string[]> {
    const { QueueUrls: urls = [] } = await callJson<{ readonly QueueUrls?: readonly string[] }>(
      this.#ministack,
      'sqs',
      'AmazonSQS.ListQueues',
      { QueueNamePrefix: this.#deployed.stackName },
    );
    return urls;
  }

  /** Messages that wait or are being handled, by queue name, dead letters included. */
  async queueDepths(): Promise<Record<string, number>> {
    type Answer = { readonly Attributes: Readonly<Record<string, string>> };
    const depths: Record<string, number> = {};
    for (const url of await this.queueUrls()) {
      const input = { QueueUrl: url, AttributeNames: ['All'] };
      const answer = await callJson<Answer>(this.#ministack, 'sqs', 'AmazonSQS.GetQueueAttributes', input);
      const counts = ['', 'NotVisible', 'Delayed'].map((kind) =>
        Number(answer.Attributes[`ApproximateNumberOfMessages${kind}`] ?? 0),
      );
      depths[url.split('/').at(-1) ?? url] = counts.reduce((sum, count) => sum + count, 0);
    }
    return depths;
  }

  async launchQueue(): Promise<SqsLaunchQueue> {
    const urls = await this.queueUrls();
    const url = urls.find((each) => /launch/i.test(each) && !/dead/i.test(each));
    if (url === undefined) throw new Error(`no launch queue among ${urls.join(', ')}`);
    return new SqsLaunchQueue({ client: sqsClient(this.#ministack.client), url });
  }

  /** YAML or JSON, as a user puts it; the publisher is told by the event of the change. */
  async putDocument(kind: 'nodepools' | 'nodeclasses', name: string, text: string): Promise<void> {
    await this.#put(`${this.output('Documents')}/${kind}/${name}`, text);
  }

  async removeDocument(kind: 'nodepools' | 'nodeclasses', name: string): Promise<void> {
    const parameter = `${this.output('Documents')}/${kind}/${name}`;
    await callJson(this.#ministack, 'ssm', 'AmazonSSM.DeleteParameter', { Name: parameter });
  }

  async #put(name: string, value: string): Promise<void> {
    const input = { Name: name, Value: value, Type: 'String', Overwrite: true } as const;
    await callJson(this.#ministack, 'ssm', 'AmazonSSM.PutParameter', input);
  }

  /** An event of AWS's own, such as EC2's warnings, through the stack's rules. */
  async sendAwsEvent(source: `aws.${string}`, detailType: string, detail: object): Promise<void> {
    const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
    const { FailedEntryCount: failed, ...rest } = await callJson<{ readonly FailedEntryCount?: number }>(
      this.#ministack,
      'events',
      'AWSEvents.PutEvents',
      { Entries: [entry] },
    );
    if (failed !== 0) throw new Error(`the event was refused: ${JSON.stringify(rest)}`);
  }
}

function parsed(line: string): LogLine {
  try {
    return { message: '', ...(JSON.parse(line) as object) };
  } catch {
    return { message: line };
  }
}
