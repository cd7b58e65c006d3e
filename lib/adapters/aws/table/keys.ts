/**
 * Where everything stands in the one table. What is listed on every tick stands together in a partition that holds only
 * what lives, so that one strong query reads it; what has ended moves out of it in the transaction that ends it.
 *
 * | pk                 | sk              | item                                       | leaves by            |
 * |--------------------|-----------------|--------------------------------------------|----------------------|
 * | `claims`           | claim           | a live NodeClaim                           | its end              |
 * | `claim#<claim>`    | `ended`         | an ended one, its tombstone                | TTL                  |
 * | `slots`            | `<claim> <plan>`| the slots of a claim that has not ended    | its claim's end      |
 * | `claim#<claim>`    | `slots#<plan>`  | those of one that has                      | TTL                  |
 * | `instance#<id>`    | `claim`         | whose instance it is                       | TTL, from the end on |
 * | `plan#<plan>`      | `plan`          | a committed plan, or where its body is     | TTL                  |
 * | `request#<id>`     | `plan`          | the plan that answers a request            | TTL                  |
 * | `unfinished-plans` | plan            | a plan not executed yet                    | `markExecuted`       |
 * | `orders`           | order           | an open order                              | being closed         |
 * | `order#<order>`    | `closed`        | a closed one                               | TTL                  |
 * | `unavailable`      | mark            | an offering without capacity               | TTL                  |
 * | `lease#<name>`     | `lease`         | who holds it until when                    | release              |
 * | `newest-snapshot`  | `newest-snapshot` | which snapshot was taken last            | never                |
 * | `documents`        | `<kind>/<name>` | a document's text, put with the CLI        | being removed        |
 * | `published`        | `<kind>/<name>` | what the publisher says of a document      | TTL, once vanished   |
 * | `newest-catalogue` | `newest-catalogue` | which catalogue was stored last         | never                |
 * | `guard#<name>`     | `guard`         | what was taken of a limit in the last hour | never                |
 * | `first-time#<name>`| `first-time`    | when something was first done              | never                |
 *
 * Of `claims` and `slots`, items that something is due for carry `moving`, their own sort key once more. The local index of
 * that name has only those and is read strongly: the poller asks every second what moves.
 *
 * One partition gives 3,000 read units a second: 5,000 live claims of 1 kB are 1,250.
 */
import type { ClaimName, InstanceId, OrderId, PlanId, RequestId } from '../../../model/ids.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const MOVING = 'moving';
/** What an item of a listed partition carries while something is due for it. */
export const movingMark = ({ sk }: Key, moving: boolean): { readonly [MOVING]?: string } =>
  moving ? { [MOVING]: sk } : {};

export const LIVE_CLAIMS = 'claims';
export const LIVE_SLOTS = 'slots';
export const OPEN_ORDERS = 'orders';
export const UNFINISHED_PLANS = 'unfinished-plans';
export const UNAVAILABLE = 'unavailable';

export const endedClaimKey = (name: ClaimName): Key => ({ pk: `claim#${name}`, sk: 'ended' });
/** A space sorts before every character of a claim's name, so that items sort by claim, then plan. */
export const liveSlotsOf = (claim: ClaimName): string => `${claim} `;
export const liveSlotsKey = (claim: ClaimName, plan: PlanId): Key => ({
  pk: LIVE_SLOTS,
  sk: `${liveSlotsOf(claim)}${plan}`,
});
export const ENDED_SLOTS = 'slots#';
export const endedSlotsKey = (claim: ClaimName, plan: PlanId): Key => ({
  pk: endedClaimKey(claim).pk,
  sk: `${ENDED_SLOTS}${plan}`,
});
export const instanceKey = (id: InstanceId): Key => ({ pk: `instance#${id}`, sk: 'claim' });
export const planKey = (id: PlanId): Key => ({ pk: `plan#${id}`, sk: 'plan' });
export const requestKey = (id: RequestId): Key => ({ pk: `request#${id}`, sk: 'plan' });
export const unfinishedKey = (id: PlanId): Key => ({ pk: UNFINISHED_PLANS, sk: id });
export const closedOrderKey = (id: OrderId): Key => ({ pk: `order#${id}`, sk: 'closed' });
export const unavailableKey = (mark: string): Key => ({ pk: UNAVAILABLE, sk: mark });
export const leaseKey = (name: string): Key => ({ pk: `lease#${name}`, sk: 'lease' });
export const NEWEST_SNAPSHOT: Key = { pk: 'newest-snapshot', sk: 'newest-snapshot' };
export const DOCUMENTS = 'documents';
export const PUBLISHED = 'published';
/** Below `DOCUMENTS` or `PUBLISHED`. A name has no slash. */
export const documentSk = (kind: string, name: string): string => `${kind}/${name}`;
export const NEWEST_CATALOGUE: Key = { pk: 'newest-catalogue', sk: 'newest-catalogue' };
export const guardKey = (name: string): Key => ({ pk: `guard#${name}`, sk: 'guard' });
export const firstTimeKey = (name: string): Key => ({ pk: `first-time#${name}`, sk: 'first-time' });

/**
 * Plans and what has ended are kept this long: a message lives 14 days in its queue, 14 in the dead letters and 14 more
 * once it is redriven (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html),
 * and must find all the while what was done about it.
 */
const RETENTION_SECONDS = 45 * 86_400;

/** When what ended, or was committed, at `atMs` may go. TTL takes whole seconds. */
export const retainedUntilSeconds = (atMs: number): number => Math.floor(atMs / 1_000) + RETENTION_SECONDS;
