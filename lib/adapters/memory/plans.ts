import { ConflictError } from '../../model/errors.ts';
import type { OrderId, PlanId, RequestId } from '../../model/ids.ts';
import type { CommittedPlan, Order } from '../../model/plan.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Plans } from '../../ports/plans.ts';
import { ifAbsent, ifPreviousOf, type MemoryTable } from './table.ts';

const planKey = (id: PlanId): string => `plan#${id}`;
const requestKey = (id: RequestId): string => `request#${id}`;
const unfinishedKey = (id: PlanId): string => `unfinished#${id}`;
const orderKey = (id: OrderId): string => `order#${id}`;

export class MemoryPlans implements Plans {
  readonly #table: MemoryTable;

  constructor(options: { readonly table: MemoryTable }) {
    this.#table = options.table;
  }

  async planOfRequest(id: RequestId): Promise<PlanId | undefined> {
    return this.#table.get(requestKey(id)) as PlanId | undefined;
  }

  async get(id: PlanId): Promise<CommittedPlan | undefined> {
    return this.#table.get(planKey(id)) as CommittedPlan | undefined;
  }

  async commit(plan: CommittedPlan): Promise<'committed' | 'taken'> {
    const written = this.#table.write(
      { key: planKey(plan.id), value: plan, condition: ifAbsent },
      { key: unfinishedKey(plan.id), value: plan.id, condition: ifAbsent },
      ...plan.requestIds.map((id) => ({ key: requestKey(id), value: plan.id, condition: ifAbsent })),
    );
    return written ? 'committed' : 'taken';
  }

  async listUnfinished(): Promise<readonly CommittedPlan[]> {
    return (this.#table.query('unfinished#') as readonly PlanId[])
      .map((id) => this.#table.get(planKey(id)) as CommittedPlan)
      .sort((a, b) => a.createdAtMs - b.createdAtMs || compareText(a.id, b.id));
  }

  async markExecuted(id: PlanId): Promise<void> {
    this.#table.delete(unfinishedKey(id));
  }

  /** Every plan ever committed, sorted by id: for checkers and reports. */
  listAll(): readonly CommittedPlan[] {
    return this.#table.query('plan#') as readonly CommittedPlan[];
  }

  /** Every order ever put, sorted by id: for checkers and reports. */
  listAllOrders(): readonly Order[] {
    return this.#table.query('order#') as readonly Order[];
  }

  async order(id: OrderId): Promise<Order | undefined> {
    return this.#table.get(orderKey(id)) as Order | undefined;
  }

  async putOrderIfAbsent(order: Order): Promise<'put' | 'present'> {
    const write = { key: orderKey(order.id), value: order, condition: ifAbsent };
    return this.#table.write(write) ? 'put' : 'present';
  }

  async updateOrder(next: Order): Promise<void> {
    const write = { key: orderKey(next.id), value: next, condition: ifPreviousOf(next) };
    if (this.#table.write(write)) return;
    throw new ConflictError<Order>(`order ${next.id}`, await this.order(next.id));
  }

  async listOpenOrders(): Promise<readonly Order[]> {
    return this.listAllOrders().filter((order) => order.closedAtMs === undefined);
  }
}
