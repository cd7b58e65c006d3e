/**
 * Lots from a plan. Pods that look at no other pods are free to go anywhere; those that do stay where the plan has them, on
 * their bin or in the domains of their node, so that every rule between nodes is kept whatever becomes of the lots.
 */
import { createMask, hasBit, orInto } from '../mask.ts';
import type { Item, Mask, Problem } from '../problem.ts';
import type { Placement, Solution } from '../solution.ts';
import { bundlesOf } from './bundles.ts';
import type { Lot } from './model.ts';
import { type Pin, Pins } from './pins.ts';
import { SHARES_ALL, SharingRules } from './sharing-of.ts';
import type { Stock } from './stock.ts';

/** What the resource core handles: requests, one alternative, and nothing that looks at other pods. */
export function isPlain({ levels, counted, ports, volumes }: Item): boolean {
  return (
    counted.length === 0 &&
    ports.length === 0 &&
    volumes.length === 0 &&
    levels.every(({ owned, alternatives }) => owned.length === 0 && alternatives.length === 1)
  );
}

export interface Lots {
  readonly lots: readonly Lot[];
  /** What a new node allows of each counter. */
  readonly counterLimits: Int32Array;
}

/** First the plain items, each one lot with all its pods; then what the plan has of the others on new nodes. */
export function lotsOf(problem: Problem, decided: Solution, stock: Stock): Lots {
  const plain = problem.items.flatMap((item, index) =>
    isPlain(item) ? [plainLot(problem, stock, index)] : [],
  );
  if (plain.length === problem.items.length) return { lots: plain, counterLimits: new Int32Array(0) };
  const units = unitsOnNodes(problem, decided);
  const rules = new SharingRules(problem);
  const rest = lotsOfUnits(units, (unit, count) => rules.add(unit.pods, count));
  const { sharing, counterLimits } = rules.settled();
  const bins = createMask(problem.bins.length);
  const others = rest.map(({ unit, orders }, at): Lot => {
    const [first] = unit.pods as readonly [PinnedPod];
    return {
      item: first.item,
      level: first.level,
      orders: unit.pods.length > 1 ? new Int32Array(0) : Int32Array.from(orders).sort(),
      ...(unit.pods.length > 1 && {
        bundle: unit.pods.map(({ item, order, level }) => ({ item, order, level })),
      }),
      requests: requestsOf(problem, stock, unit.pods),
      offerings: unit.offerings,
      bins,
      sharing: sharing[at]!,
    };
  });
  return { lots: [...plain, ...others], counterLimits };
}

function plainLot(problem: Problem, stock: Stock, index: number): Lot {
  const item = problem.items[index]!;
  const { levels, order } = item;
  const level = levelOf(problem, stock, item);
  let { bins } = levels[0]!.alternatives[0]!;
  for (let to = 1; to <= level; to++) {
    if (to === 1) bins = bins.slice();
    orInto(bins, levels[to]!.alternatives[0]!.bins);
  }
  const { offerings } = levels[level]!.alternatives[0]!;
  const requests = requestsOf(problem, stock, [{ item: index }]);
  return { item: index, level, orders: order, requests, offerings, bins, sharing: SHARES_ALL };
}

/** The first level at which some new node takes a pod; where none does, the last, since only bins are left. */
function levelOf(problem: Problem, stock: Stock, { levels, requests }: Item): number {
  if (levels.length === 1) return 0;
  const level = levels.findIndex(({ alternatives }) =>
    takesSome(problem, stock, alternatives[0]!.offerings, requests),
  );
  return level < 0 ? levels.length - 1 : level;
}

function takesSome({ resources }: Problem, stock: Stock, allowed: Mask, requests: Float64Array): boolean {
  return stock.templates.some(({ rows }, template) => {
    for (let row = 0; row < rows.count; row++) {
      let r = 0;
      while (r < resources && requests[r]! <= rows.room[row * resources + r]!) r++;
      if (r < resources) continue;
      for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++) {
        if (hasBit(allowed, rows.offerings[at]!) && stock.template[rows.offerings[at]!] === template)
          return true;
      }
    }
    return false;
  });
}

/** A pod where the plan has it. */
export interface PinnedPod extends Placement, Pin {}

/** Pods that go on one node together, and the offerings that all of them may be on. */
export interface Unit {
  readonly pods: readonly PinnedPod[];
  readonly offerings: Mask;
}

/** The pods on the plan's new nodes that are not plain, node by node. */
export function unitsOnNodes(problem: Problem, { nodes }: Solution): Unit[] {
  const pins = new Pins(problem);
  const plain = problem.items.map(isPlain);
  return nodes.flatMap((node) => {
    const pods = node.placements
      .filter(({ item }) => !plain[item])
      .map(({ item, order, level }) => ({ item, order, level, ...pins.of(item, level, node.offerings) }));
    const counts = (position: number, group: number) => {
      const { item, uncounted } = pods[position]!;
      return problem.items[item]!.counted.includes(group) && !uncounted.has(group);
    };
    const bundles = bundlesOf(problem, pods, counts);
    const bundled = new Set(bundles.flat());
    const alone = pods.filter((_, position) => !bundled.has(position));
    return [
      ...bundles.map((part) => {
        const members = part.map((position) => pods[position]!);
        return { pods: members, offerings: pins.common(members, node.offerings) };
      }),
      ...alone.map((pod) => ({ pods: [pod], offerings: pod.offerings })),
    ];
  });
}

/** Units of one item, level and pin are one lot; `note` hears of each lot. */
function lotsOfUnits(
  units: readonly Unit[],
  note: (unit: Unit, count: number) => void,
): { unit: Unit; orders: number[] }[] {
  const numbers = new Map<Mask, number>();
  const numberOf = (mask: Mask) => {
    const number = numbers.get(mask) ?? numbers.size;
    numbers.set(mask, number);
    return number;
  };
  const lots = new Map<string, { unit: Unit; orders: number[] }>();
  for (const unit of units) {
    const [{ item, level, order, uncounted }] = unit.pods as readonly [PinnedPod];
    const name =
      unit.pods.length > 1
        ? `bundle of ${item}/${order}`
        : `${item}/${level}/${numberOf(unit.offerings)}/${[...uncounted].join(' ')}`;
    const lot = lots.get(name) ?? { unit, orders: [] };
    lots.set(name, lot);
    lot.orders.push(order);
  }
  for (const { unit, orders } of lots.values()) note(unit, orders.length);
  return [...lots.values()];
}

/** Resources, then volumes: a handle that several units attach counts for each of them. */
export function requestsOf(
  { items, resources }: Problem,
  { drivers }: Stock,
  pods: readonly { readonly item: number }[],
): Float64Array {
  const [first] = pods;
  if (pods.length === 1 && drivers.length === 0) return items[first!.item]!.requests;
  const sum = new Float64Array(resources + drivers.length);
  for (const { item } of pods) {
    const { requests } = items[item]!;
    for (let r = 0; r < resources; r++) sum[r]! += requests[r]!;
  }
  const volumes = drivers.length === 0 ? [] : pods.flatMap(({ item }) => items[item]!.volumes);
  for (const [column, driver] of drivers.entries()) {
    const handles = new Set(volumes.filter((one) => one.driver === driver).map(({ handle }) => handle));
    sum[resources + column] = handles.size;
  }
  return sum;
}
