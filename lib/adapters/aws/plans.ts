import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { DovetailError } from '../../model/errors.ts';
import type { OrderId, PlanId, RequestId } from '../../model/ids.ts';
import type { CommittedPlan, Order } from '../../model/plan.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Plans } from '../../ports/plans.ts';
import type { Bucket } from './bucket.ts';
import { type Body, bodyOf, fits, packedBody } from './table/body.ts';
import {
  closedOrderKey,
  OPEN_ORDERS,
  planKey,
  requestKey,
  retainedUntilSeconds,
  UNFINISHED_PLANS,
  unfinishedKey,
} from './table/keys.ts';
import { type Kind, LivingItems } from './table/living-items.ts';
import type { Table } from './table/table.ts';

/** A plan's item holds its packed body, or, where that is too large for an item, the key of the object that does. */
export class DynamoPlans implements Plans {
  readonly #table: Table;
  readonly #bucket: Bucket;
  readonly #orders: LivingItems<Order, OrderId>;

  constructor(options: { readonly table: Table; readonly bucket: Bucket }) {
    this.#table = options.table;
    this.#bucket = options.bucket;
    this.#orders = new LivingItems(options.table, ORDERS);
  }

  async planOfRequest(id: RequestId): Promise<PlanId | undefined> {
    return (await this.#table.get(requestKey(id)))?.['plan'] as PlanId | undefined;
  }

  async get(id: PlanId): Promise<CommittedPlan | undefined> {
    const item = await this.#table.get(planKey(id));
    if (item === undefined) return undefined;
    const { object } = item;
    return typeof object === 'string' ? this.#fromBucket(object) : bodyOf(item);
  }

  async commit(plan: CommittedPlan): Promise<'committed' | 'taken'> {
    const { id, requestIds, schemaVersion, createdAtMs } = plan;
    const condition = this.#table.absent();
    const expiresAtSeconds = retainedUntilSeconds(createdAtMs);
    const place = await this.#place(id, packedBody(plan));
    const lost = await this.#table.write(
      { kind: 'put', item: { ...planKey(id), schemaVersion, ...place, expiresAtSeconds }, condition },
      { kind: 'put', item: { ...unfinishedKey(id) }, condition },
      ...requestIds.map((request) => ({
        kind: 'put' as const,
        item: { ...requestKey(request), plan: id, expiresAtSeconds },
        condition,
      })),
    );
    return lost === undefined ? 'committed' : 'taken';
  }

  async listUnfinished(): Promise<readonly CommittedPlan[]> {
    const pointers = await this.#table.query(UNFINISHED_PLANS);
    const plans = await Promise.all(pointers.map(({ sk }) => this.get(sk as PlanId)));
    return plans
      .filter((plan) => plan !== undefined)
      .sort((a, b) => a.createdAtMs - b.createdAtMs || compareText(a.id, b.id));
  }

  async markExecuted(id: PlanId): Promise<void> {
    await this.#table.write({ kind: 'delete', key: unfinishedKey(id) });
  }

  order(id: OrderId): Promise<Order | undefined> {
    return this.#orders.get(id);
  }

  putOrderIfAbsent(order: Order): Promise<'put' | 'present'> {
    return this.#orders.putIfAbsent(order);
  }

  updateOrder(next: Order): Promise<void> {
    return this.#orders.update(next);
  }

  listOpenOrders(): Promise<readonly Order[]> {
    return this.#orders.listLive();
  }

  /** The object comes before the item that names it; one that no item came to name expires by itself. */
  async #place(id: PlanId, body: Body): Promise<Body | { readonly object: string }> {
    if (fits(body) || !('packed' in body)) return body;
    const hash = createHash('sha256').update(body.packed).digest('hex');
    const object = `plans/${id}/${hash}.json.deflate`;
    await this.#bucket.put(object, body.packed);
    return { object };
  }

  async #fromBucket(object: string): Promise<CommittedPlan> {
    const packed = await this.#bucket.get(object);
    if (packed !== undefined) return JSON.parse(inflateRawSync(packed).toString('utf8')) as CommittedPlan;
    const message = `the body of a plan, ${object}, is not in the bucket: objects under plans/ must be kept as long as the table's items`;
    throw new DovetailError('PlanBodyMissing', message, 'never');
  }
}

const ORDERS: Kind<Order, OrderId> = {
  noun: 'order',
  livePk: OPEN_ORDERS,
  endedKey: closedOrderKey,
  idOf: (order) => order.id,
  endedAtMs: (order) => order.closedAtMs,
};
