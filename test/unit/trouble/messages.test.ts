// Messages and items that a function cannot do anything with: the rest of the work goes on, each is counted, and either it
// comes again a bounded number of times or whoever owns the work asks again.
import { describe, expect, it } from 'vitest';
import { drainMessageOf } from '../../../functions/drainer/message.ts';
import { eachMessage } from '../../../functions/shared/batch.ts';
import { MAX_RECEIVES } from '../../../infra/settings.ts';
import { dynamoClient } from '../../../lib/adapters/aws/clients/dynamo.ts';
import { Table } from '../../../lib/adapters/aws/table/table.ts';
import { launchSchema } from '../../../lib/messages/launch.ts';
import { provisionRequestSchema } from '../../../lib/messages/provision-request.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { type AccountAnswers, anAwsAccount, endsAwsAccounts } from '../../support/aws-account.ts';
import { localOptions } from '../../support/aws-wire.ts';
import { aFunctionBase, anSqsEvent } from '../../support/lambda.ts';
import { ManualClock, seededRandom } from '../../support/memory-clock.ts';

endsAwsAccounts();

async function aTableWith(answers: AccountAnswers): Promise<Table> {
  const { env } = await anAwsAccount(answers);
  const client = dynamoClient(localOptions(env.AWS_ENDPOINT_URL));
  return new Table({ client, name: 'table', clock: new ManualClock(), random: seededRandom(1) });
}

describe('an item with a newer schema', () => {
  const item = { pk: { S: 'claims' }, sk: { S: 'pool-1' }, schemaVersion: { N: '2' }, body: { S: '{}' } };

  it.each<readonly [string, (table: Table) => Promise<unknown>]>([
    ['got', (table) => table.get({ pk: 'claims', sk: 'pool-1' })],
    ['listed', (table) => table.query('claims')],
  ])('that is %s is an error that names it and says which release to deploy', async (_, read) => {
    const table = await aTableWith({ GetItem: { body: { Item: item } }, Query: { body: { Items: [item] } } });
    await expect(read(table)).rejects.toMatchObject({
      code: 'NewerSchema',
      retry: 'same-request',
      message: expect.stringMatching(/schema version 2: this release reads 1 to 1: deploy the release/),
    });
  });

  it('lets its message come again ever later, counted by its code, until the queue puts it aside', async () => {
    const { base, counts, redelivered } = aFunctionBase();
    const newer = async () => {
      throw new DovetailError('NewerSchema', 'claim pool-1 has schema version 2', 'same-request');
    };
    for (let receive = 1; receive <= MAX_RECEIVES; receive += 1) {
      const event = anSqsEvent('launch', { schemaVersion: 1, orderId: 'p1-0' });
      for (const { attributes } of event.Records) attributes.ApproximateReceiveCount = String(receive);
      const answer = await eachMessage(base, event.Records, (body) => launchSchema.parse(body), newer);
      expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
    }
    expect(counts).toEqual(Array.from({ length: MAX_RECEIVES }, () => 'MessagesRetried 1 NewerSchema'));
    expect(redelivered.map(({ delaySeconds }) => delaySeconds).slice(0, 6)).toEqual([2, 4, 8, 16, 32, 60]);
  });
});

describe('a poison message', () => {
  const poisons = ['<xml/>', '{"schemaVersion": 9}', 'null', '[]', '{}'];

  it.each<readonly [string, (body: unknown) => unknown]>([
    ['a launch', (body) => launchSchema.parse(body)],
    ['a plan', (body) => provisionRequestSchema.parse(body)],
    ['a drain', drainMessageOf],
  ])('where %s is wanted is acknowledged, counted and told, and holds up no other', async (_, parse) => {
    const { base, counts, logs } = aFunctionBase();
    const event = anSqsEvent('drain', ...poisons);
    const work = async (): Promise<void> => {
      throw new Error('nobody can work on it');
    };
    expect(await eachMessage(base, event.Records, parse, work)).toEqual({ batchItemFailures: [] });
    expect(counts).toEqual(poisons.map(() => 'MessagesUnreadable 1'));
    expect(logs).toEqual(poisons.map(() => 'message cannot be read and is left out'));
  });
});
