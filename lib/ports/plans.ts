import type { OrderId, PlanId, RequestId } from '../model/ids.ts';
import type { CommittedPlan, Order } from '../model/plan.ts';

/** Committed plans, the request pointers to them, and their orders; all read strongly. */
export interface Plans {
  planOfRequest(id: RequestId): Promise<PlanId | undefined>;
  get(id: PlanId): Promise<CommittedPlan | undefined>;
  /**
   * The commit point: plan and one pointer per request in one transaction, all if absent. `taken` means that a request
   * already has a plan; nothing was written.
   */
  commit(plan: CommittedPlan): Promise<'committed' | 'taken'>;
  /** Plans whose execution was not recorded as complete, oldest first. */
  listUnfinished(): Promise<readonly CommittedPlan[]>;
  /** Records that claims, slots, orders and launch messages of the plan are out. A second call changes nothing. */
  markExecuted(id: PlanId): Promise<void>;

  order(id: OrderId): Promise<Order | undefined>;
  putOrderIfAbsent(order: Order): Promise<'put' | 'present'>;
  /** Conditional on `next.version - 1`; throws `ConflictError<Order>`. */
  updateOrder(next: Order): Promise<void>;
  /** Orders not closed, sorted by id. */
  listOpenOrders(): Promise<readonly Order[]>;
}
