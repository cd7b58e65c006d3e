// Which offerings EC2 had no capacity for, when, and what was launched in their place.
import { classifyFleetError } from '../model/fleet-error.ts';
import type { NodeClaim } from '../model/node-claim.ts';
import type { Order } from '../model/plan.ts';
import { compareText } from '../model/stable-json.ts';
import type { Shortage } from '../report/run-figures.ts';
import { countBy } from './count-by.ts';

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
  orders: readonly Order[],
  claims: readonly NodeClaim[],
  startMs: number,
): readonly Shortage[] {
  const refusals = orders
    .flatMap(refusalsOf)
    .sort((a, b) => a.atMs - b.atMs || compareText(a.order.id, b.order.id));
  const open = new Map<string, Refusal[]>();
  const groups: Refusal[][] = [];
  for (const refusal of refusals) {
    const key = `${refusal.capacityType}/${refusal.zone}`;
    const known = open.get(key);
    const last = known?.at(-1);
    if (known !== undefined && last !== undefined && refusal.atMs - last.atMs < APART_MS) {
      known.push(refusal);
      continue;
    }
    const group = [refusal];
    open.set(key, group);
    groups.push(group);
  }
  const launched = new Map(claims.map((claim) => [claim.name, 'launch' in claim ? claim.launch : undefined]));
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const got = [...new Set(group.map(({ order }) => order))]
      .flatMap((order) => order.claims.map((name) => launched.get(name)))
      .flatMap((launch) =>
        launch === undefined ? [] : [`${launch.instanceType} ${launch.capacityType} in ${launch.zone}`],
      );
    return [
      {
        capacityType: first.capacityType,
        zone: first.zone,
        fromMs: first.atMs - startMs,
        untilMs: (group.at(-1) ?? first).atMs - startMs,
        refusals: group.length,
        types: [...new Set(group.map(({ instanceType }) => instanceType))].sort(compareText),
        instead: countBy(got),
      },
    ];
  });
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
