/**
 * DynamoDB as the stores use it: strong reads, conditional writes that say what they found, transactions. Items past
 * their `expiresAtSeconds` count as absent, because TTL removes them up to days later; items that only a newer release
 * understands are an error.
 */
import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DovetailError } from '../../../model/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Random } from '../../../ports/random.ts';
import { type AwsCall, awsCall, awsError, codeOf } from '../errors.ts';
import { type Attributes, type Item, type Scalar, toAttributes, toItem } from './attributes.ts';
import { type Key, MOVING } from './keys.ts';
import { assertReadable, ITEM_SCHEMA_VERSION } from './schema-version.ts';

/** `#name` stands for an attribute, `:name` for a value: `#version = :version`. */
export interface Condition {
  readonly expression: string;
  readonly values?: Readonly<Record<string, Scalar>>;
}

export type Write =
  | { readonly kind: 'put'; readonly item: Item; readonly condition?: Condition }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition?: Condition }
  | { readonly kind: 'check'; readonly key: Key; readonly condition: Condition };

/** Of each write whose condition failed, by its place among the writes: the item that was found. */
export type Lost = ReadonlyMap<number, Item | undefined>;

export interface TableOptions {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** A page is 1 MB: a query that goes beyond reads what no function has memory for. */
const PAGES_MAX = 200;
/** A transaction that meets another on the same item is refused at once: tries, and the first pause between them. */
const CONFLICT_TRIES = 8;
const CONFLICT_PAUSE_MS = 10;

/** DynamoDB's own limit of writes in a transaction. */
export const TRANSACTION_MAX_WRITES = 100;

export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ client, name, clock, random }: TableOptions) {
    this.#client = client;
    this.#name = name;
    this.#clock = clock;
    this.#random = random;
  }

  async get(key: Key): Promise<Item | undefined> {
    const input = { TableName: this.#name, Key: toAttributes({ ...key }), ConsistentRead: true };
    const call = this.#call('GetItem', key);
    const { Item } = await awsCall(call, () => this.#client.send(new GetItemCommand(input)));
    return this.#present(Item);
  }

  /** All items of a partition, sorted by sort key, which starts with `prefix`. */
  query(pk: string, prefix = ''): Promise<Item[]> {
    const range =
      prefix === ''
        ? { expression: '#pk = :pk', values: { pk } }
        : { expression: '#pk = :pk AND begins_with(#sk, :prefix)', values: { pk, prefix } };
    return this.#query({ pk, sk: prefix }, range, {});
  }

  /** Items of a partition that carry `moving`, sorted by sort key; as strong as every other read, and as cheap as they are few. */
  moving(pk: string): Promise<Item[]> {
    const range = { expression: '#pk = :pk', values: { pk } };
    return this.#query({ pk, sk: MOVING }, range, { IndexName: MOVING });
  }

  async #query(key: Key, range: Condition, index: { readonly IndexName?: string }): Promise<Item[]> {
    const items: Item[] = [];
    const call = this.#call('Query', key);
    let next: Attributes | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const command = new QueryCommand({
        TableName: this.#name,
        ...index,
        ConsistentRead: true,
        KeyConditionExpression: range.expression,
        ...placeholders(range),
        ...(next === undefined ? {} : { ExclusiveStartKey: next }),
      });
      const { Items = [], LastEvaluatedKey } = await awsCall(call, () => this.#client.send(command));
      for (const attributes of Items) {
        const item = this.#present(attributes);
        if (item !== undefined) items.push(item);
      }
      if (LastEvaluatedKey === undefined) return items;
      next = LastEvaluatedKey;
    }
    const message = `partition ${key.pk} of table ${this.#name} is longer than ${PAGES_MAX} pages of 1 MB: remove what is stale`;
    throw new DovetailError('TooManyItems', message, 'never');
  }

  /** All writes or none: `undefined` when written, otherwise what was found where a condition failed. */
  async write(first: Write, ...others: readonly Write[]): Promise<Lost | undefined> {
    const writes = [first, ...others];
    const actions = new Set(writes.map(actionOf));
    const call = this.#call([...actions].join(' and dynamodb:'), keyOf(first));
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (others.length === 0) return await this.#writeOne(first);
        return await this.#transact(writes);
      } catch (error) {
        if (!isContention(error) || attempt === CONFLICT_TRIES) throw awsError(error, call);
        const pauseMs = CONFLICT_PAUSE_MS * 2 ** attempt;
        await this.#clock.sleep(pauseMs / 2 + this.#random.below(pauseMs));
      }
    }
  }

  /** True of a place where nothing is, or only what should have gone. */
  absent(): Condition {
    return {
      expression: 'attribute_not_exists(#pk) OR #expiresAtSeconds <= :nowSeconds',
      values: { nowSeconds: this.#nowSeconds() },
    };
  }

  async #writeOne(write: Write): Promise<Lost | undefined> {
    const writeId = randomUUID();
    const input = this.#inputOf(write, writeId);
    try {
      if ('Item' in input) await this.#client.send(new PutItemCommand(input));
      else await this.#client.send(new DeleteItemCommand(input));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const found = this.#present(error.Item);
      // The SDK sent the write again after an answer got lost: the first one had succeeded.
      if (found?.['writeId'] === writeId) return undefined;
      return new Map([[0, found]]);
    }
  }

  /** Sent again by the SDK it is the same transaction, by the token that the SDK gives it. */
  async #transact(writes: readonly Write[]): Promise<Lost | undefined> {
    const TransactItems = writes.map((write) => {
      const input = this.#inputOf(write, randomUUID());
      if ('Item' in input) return { Put: input };
      return write.kind === 'delete'
        ? { Delete: input }
        : { ConditionCheck: { ...input, ConditionExpression: write.condition?.expression } };
    });
    try {
      await this.#client.send(new TransactWriteItemsCommand({ TransactItems }));
      return undefined;
    } catch (error) {
      const lost = lostWrites(error).map(
        ([index, attributes]) => [index, this.#present(attributes)] as const,
      );
      if (lost.length === 0) throw error;
      return new Map(lost);
    }
  }

  #inputOf(write: Write, writeId: string) {
    const place = {
      TableName: this.#name,
      ...(write.condition === undefined ? {} : conditionOf(write.condition)),
    };
    return write.kind === 'put'
      ? { ...place, Item: toAttributes({ schemaVersion: ITEM_SCHEMA_VERSION, ...write.item, writeId }) }
      : { ...place, Key: toAttributes({ ...write.key }) };
  }

  #present(attributes: Attributes | undefined): Item | undefined {
    if (attributes === undefined) return undefined;
    const item = toItem(attributes);
    const { expiresAtSeconds } = item;
    if (typeof expiresAtSeconds === 'number' && expiresAtSeconds <= this.#nowSeconds()) return undefined;
    assertReadable(item['schemaVersion'], `item ${item.pk} ${item.sk} of table ${this.#name}`);
    return item;
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.nowMs() / 1_000);
  }

  #call(action: string, { pk, sk }: Key): AwsCall {
    const target = `${pk} ${sk}`.trim();
    return { service: 'DynamoDB', action: `dynamodb:${action}`, target: `${target} of table ${this.#name}` };
  }
}

const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key);
/** In IAM a transaction is the actions that it consists of. */
const actionOf = ({ kind }: Write): string =>
  ({ put: 'PutItem', delete: 'DeleteItem', check: 'ConditionCheckItem' })[kind];

/** The placeholders of an expression, spelled out. */
function placeholders({ expression, values = {} }: Condition) {
  const names = [...expression.matchAll(/#(\w+)/g)].map((match) => match[1] ?? '');
  const given = Object.entries(values).map(([name, value]) => [`:${name}`, value] as const);
  return {
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ...(given.length === 0 ? {} : { ExpressionAttributeValues: toAttributes(Object.fromEntries(given)) }),
  };
}

const conditionOf = (condition: Condition) => ({
  ConditionExpression: condition.expression,
  ...placeholders(condition),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

const reasonsOf = (error: unknown) =>
  codeOf(error) === 'TransactionCanceledException'
    ? ((error as TransactionCanceledException).CancellationReasons ?? [])
    : [];

const lostWrites = (error: unknown): [number, Attributes | undefined][] =>
  reasonsOf(error).flatMap(({ Code, Item }, index) =>
    Code === 'ConditionalCheckFailed' ? [[index, Item]] : [],
  );

/** Refused because of another transaction under way, and for no other reason. */
const isContention = (error: unknown): boolean =>
  codeOf(error) === 'TransactionConflictException' ||
  reasonsOf(error).some(({ Code }) => Code === 'TransactionConflict');
