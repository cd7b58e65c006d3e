import { describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../lib/adapters/aws/clients/dynamo.ts';
import { Table, type TableOptions } from '../../../lib/adapters/aws/table/table.ts';
import { hasDynamo, localOptions, onDynamo } from '../../support/aws-wire.ts';
import { ManualClock, START_MS, seededRandom } from '../../support/memory-clock.ts';
import { realClock } from '../../support/real-time.ts';

const KEY = { pk: 'p', sk: 's' };
const START_SECONDS = START_MS / 1_000;

/** Sleeps at once and remembers for how long. */
function hasty() {
  const sleptMs: number[] = [];
  const sleep = async (durationMs: number): Promise<void> => {
    sleptMs.push(durationMs);
  };
  return { sleptMs, clock: { nowMs: () => START_MS, sleep } };
}

/** A client that refuses the first `times` requests with what `refusal` gives, and then does nothing. */
function refusing(
  times: number,
  refusal: () => Error,
): { client: TableOptions['client']; sent: () => number } {
  let sent = 0;
  const send = async (): Promise<object> => {
    sent += 1;
    if (sent <= times) throw refusal();
    return {};
  };
  return { client: { send } as unknown as TableOptions['client'], sent: () => sent };
}

const contended = (): Error =>
  Object.assign(new Error('cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  });

const puts = [
  { kind: 'put', item: { ...KEY } },
  { kind: 'put', item: { pk: 'p', sk: 's2' } },
] as const;

describe('contention', () => {
  it('tries a transaction again that met another one, waiting longer each time', async () => {
    const { client, sent } = refusing(3, contended);
    const { clock, sleptMs } = hasty();
    const table = new Table({ client, name: 'test', clock, random: seededRandom(1) });
    expect(await table.write(...puts)).toBeUndefined();
    expect(sent()).toBe(4);
    expect(sleptMs).toHaveLength(3);
    expect(Math.min(...sleptMs)).toBeGreaterThanOrEqual(10);
  });

  it('gives up after eight tries and asks for the same request again', async () => {
    const { client, sent } = refusing(100, contended);
    const table = new Table({ client, name: 'test', clock: hasty().clock, random: seededRandom(1) });
    await expect(table.write(...puts)).rejects.toMatchObject({
      code: 'TransactionRefused',
      retry: 'same-request',
    });
    expect(sent()).toBe(8);
  });

  it('does not repeat what was refused for another reason', async () => {
    const refusal = (): Error => Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const { client, sent } = refusing(100, refusal);
    const table = new Table({ client, name: 'test', clock: hasty().clock, random: seededRandom(1) });
    await expect(table.write(...puts)).rejects.toMatchObject({ code: 'AccessDenied', retry: 'never' });
    expect(sent()).toBe(1);
  });
});

describe('trouble on the way', () => {
  it('names an endpoint that nobody listens at', async () => {
    const client = dynamoClient(localOptions('http://127.0.0.1:1/'));
    const table = new Table({ client, name: 'test', clock: new ManualClock(), random: seededRandom(1) });
    await expect(table.get(KEY)).rejects.toMatchObject({
      code: 'EndpointUnreachable',
      retry: 'same-request',
    });
  });
});

describe.skipIf(!hasDynamo)('the table on the wire', () => {
  const makeTable = onDynamo();

  it('names a table that is not there', async () => {
    const { client, clock } = await makeTable();
    const table = new Table({ client, name: 'nowhere', clock, random: seededRandom(1) });
    await expect(table.get(KEY)).rejects.toMatchObject({ code: 'TableNotFound', retry: 'never' });
  });

  it('counts an item past its time as absent before TTL has removed it', async () => {
    const { table, clock } = await makeTable();
    await table.write({ kind: 'put', item: { ...KEY, expiresAtSeconds: START_SECONDS + 60 } });
    expect(await table.get(KEY)).toMatchObject(KEY);
    expect(await table.write({ kind: 'put', item: KEY, condition: table.absent() })).toBeDefined();
    await clock.advance(60_000);
    expect(await table.get(KEY)).toBeUndefined();
    expect(await table.query('p')).toEqual([]);
    expect(await table.write({ kind: 'put', item: KEY, condition: table.absent() })).toBeUndefined();
  });

  it('says which writes of a transaction lost, and to what', async () => {
    const { table } = await makeTable();
    const condition = table.absent();
    await table.write({ kind: 'put', item: { pk: 'p', sk: 'b', by: 'first' } });
    const lost = await table.write(
      { kind: 'put', item: { pk: 'p', sk: 'a' }, condition },
      { kind: 'put', item: { pk: 'p', sk: 'b' }, condition },
      { kind: 'check', key: { pk: 'p', sk: 'c' }, condition: { expression: 'attribute_exists(#pk)' } },
    );
    expect([...(lost ?? [])]).toEqual([
      [1, expect.objectContaining({ by: 'first' })],
      [2, undefined],
    ]);
    expect((await table.query('p')).map(({ sk }) => sk)).toEqual(['b']);
  });

  it('reads a partition of several pages in order', async () => {
    const { table } = await makeTable();
    const text = 'x'.repeat(300_000);
    const keys = Array.from({ length: 9 }, (_, n) => `k${n}`);
    for (const sk of keys) await table.write({ kind: 'put', item: { pk: 'p', sk, text } });
    await table.write({ kind: 'put', item: { pk: 'p', sk: 'other' } });
    expect((await table.query('p', 'k')).map(({ sk }) => sk)).toEqual(keys);
  });

  it.each([
    ['write', [{ kind: 'put', item: KEY }]],
    ['transaction', puts],
  ] as const)(
    'knows its own conditional %s when the answer got lost and the SDK sent it again',
    async (_, writes) => {
      const { client, name } = await makeTable();
      let answers = 0;
      client.middlewareStack.add(
        (next) => async (args) => {
          const answer = await next(args);
          answers += 1;
          if (answers === 1) throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
          return answer;
        },
        { step: 'deserialize', priority: 'high', name: 'loseAnswer' },
      );
      try {
        const table = new Table({ client, name, clock: realClock, random: seededRandom(1) });
        const [first, ...others] = writes.map((write) => ({ ...write, condition: table.absent() }));
        if (first === undefined) throw new Error('no write');
        expect(await table.write(first, ...others)).toBeUndefined();
        expect(answers).toBeGreaterThan(0);
        expect(await table.write(first, ...others)).toBeDefined();
      } finally {
        client.middlewareStack.remove('loseAnswer');
      }
    },
  );
});
