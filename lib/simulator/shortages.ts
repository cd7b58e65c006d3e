// Which offerings EC2 had no capacity for, when, and what was launched in their place.
import { classifyFleetError } from '../model/fleet-error.ts';
import { groupBy } from '../model/group-by.ts';
import type { ClaimName } from '../model/ids.ts';
import type { Launch, NodeClaim } from '../model/node-claim.ts';
import type { CommittedPlan, Order } from '../model/plan.ts';
import { compareText } from '../model/stable-json.ts';
import type { Shortage } from '../report/run-figures.ts';
import { countBy } from './count-by.ts';
import type { Environment } from './environment.ts';

/** Refusals this far apart are of two shortages. */
const APART_MS = 60 * 60_000;

interface Refusal {
  readonly capacityType: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly atMs: number;
  readonly order: Order;
}

/** In the order in which they began; times count from `startMs`. */
export function shortagesOf(
  { claims, plans, ec2 }: Pick<Environment, 'claims' | 'plans' | 'ec2'>,
  startMs: number,
): readonly Shortage[] {
  const refusals = plans
    .listAllOrders()
    .flatMap(refusalsOf)
    .sort((a, b) => a.atMs - b.atMs || compareText(a.order.id, b.order.id));
  const launchedFor = replacements(claims.listAll(), plans.listAll());
  return grouped(refusals).map((group) => {
    const { capacityType, zone, atMs } = group[0];
    const untilMs = (group.at(-1) ?? group[0]).atMs;
    const orders = [...new Set(group.map(({ order }) => order))];
    const launches = new Set(orders.flatMap((order) => order.claims.flatMap(launchedFor)));
    return {
      capacityType,
      zone,
      fromMs: atMs - startMs,
      untilMs: untilMs - startMs,
      refusals: group.length,
      types: [...new Set(group.map(({ instanceType }) => instanceType))].sort(compareText),
      instead: countBy(
        [...launches].map((launch) => `${launch.instanceType} ${launch.capacityType} in ${launch.zone}`),
      ),
      meanwhile: countBy(
        ec2
          .instances()
          .filter(({ launchedAtMs }) => launchedAtMs >= atMs && launchedAtMs <= untilMs)
          .map((instance) => instance.capacityType),
      ),
    };
  });
}

/** Refusals of one capacity type in one zone that follow each other. */
function grouped(refusals: readonly Refusal[]): readonly [Refusal, ...Refusal[]][] {
  const open = new Map<string, [Refusal, ...Refusal[]]>();
  const groups: [Refusal, ...Refusal[]][] = [];
  for (const refusal of refusals) {
    const key = `${refusal.capacityType}/${refusal.zone}`;
    const known = open.get(key);
    if (known !== undefined && refusal.atMs - (known.at(-1)?.atMs ?? 0) < APART_MS) {
      known.push(refusal);
      continue;
    }
    const group: [Refusal, ...Refusal[]] = [refusal];
    open.set(key, group);
    groups.push(group);
  }
  return groups;
}

/** What a claim got: its own instance or, where it failed, those of the claims that its pods were planned onto later. */
function replacements(
  claims: readonly NodeClaim[],
  plans: readonly CommittedPlan[],
): (name: ClaimName) => readonly Launch[] {
  const launched = new Map(claims.map((claim) => [claim.name, 'launch' in claim ? claim.launch : undefined]));
  const byAge = [...plans].sort((a, b) => a.createdAtMs - b.createdAtMs || compareText(a.id, b.id));
  const places = byAge.flatMap(({ slots }) =>
    slots.flatMap((item) => item.slots.map(({ podUid }) => ({ claim: item.claim, podUid }))),
  );
  const lastOf = new Map(places.map(({ podUid, claim }) => [podUid, claim]));
  const podsOf = groupBy(places, ({ claim }) => claim);
  return (name) => {
    const own = launched.get(name);
    if (own !== undefined) return [own];
    const later = (podsOf.get(name) ?? []).flatMap(({ podUid }) => lastOf.get(podUid) ?? []);
    return later.flatMap((claim) => launched.get(claim) ?? []);
  };
}

function refusalsOf(order: Order): Refusal[] {
  return order.attempts.flatMap(({ request, settled }) =>
    (settled?.errors ?? []).flatMap(({ code, instanceType, zone }) =>
      classifyFleetError(code) === 'offering' && instanceType !== undefined && zone !== undefined
        ? [{ capacityType: request.capacityType, zone, instanceType, atMs: settled?.atMs ?? 0, order }]
        : [],
    ),
  );
}
