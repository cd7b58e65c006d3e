/** What is looked at in every item, once for what items of several sizes share. */
import {
  amounts,
  below,
  checkMask,
  checkPorts,
  checkVolumes,
  isPosition,
  lengthOf,
  refuse,
} from './defect.ts';
import { HOST_KEY, type Item, type Level, type OwnedGroup, type Problem } from './problem.ts';

/** Throws `InvalidProblem` for the first item that cannot be trusted. */
export function checkItems(problem: Problem): void {
  const looked = new Set<unknown>();
  const isNew = (shared: unknown): boolean => !looked.has(shared) && looked.add(shared).has(shared);
  for (const [index, item] of problem.items.entries()) {
    const { requests, levels, counted, ports, volumes, priority } = item;
    lengthOf(requests, problem.resources, { kind: 'item', index, field: 'requests' });
    amounts(requests, problem.resources, { kind: 'item', index, field: 'requests' });
    if (!Number.isFinite(priority))
      refuse({ kind: 'item', index, field: 'priority' }, priority, 'a finite number');
    if (isNew(counted)) for (const group of counted) checkGroupOf(problem, index, 'counted', group);
    if (isNew(ports)) checkPorts(ports, { kind: 'item', index });
    if (isNew(volumes)) checkVolumes(volumes, { kind: 'item', index });
    if (isNew(levels)) checkLevels(problem, index, levels);
  }
  checkOrders(problem.items);
}

function checkLevels(problem: Problem, index: number, levels: readonly Level[]): void {
  const { offerings, bins } = problem;
  if (levels.length === 0) refuse({ kind: 'item', index, field: 'levels.length' }, 0, 'one or more');
  for (const { alternatives, owned } of levels) {
    if (alternatives.length === 0)
      refuse({ kind: 'item', index, field: 'alternatives.length' }, 0, 'one or more');
    for (const one of owned) checkOwned(problem, index, one);
    for (const alternative of alternatives) {
      checkMask(alternative.offerings, offerings.count, { kind: 'item', index, field: 'offerings' });
      checkMask(alternative.bins, bins.length, { kind: 'item', index, field: 'bins' });
    }
  }
}

function checkOwned(problem: Problem, index: number, { group, eligible }: OwnedGroup): void {
  checkGroupOf(problem, index, 'owned', group);
  const { key } = problem.groups[group]!;
  if (eligible === undefined || key === HOST_KEY) return;
  checkMask(eligible, problem.topologyDomains[key]!, { kind: 'item', index, field: 'eligible' });
}

function checkGroupOf({ groups }: Problem, index: number, field: string, group: number): void {
  if (!isPosition(group, groups.length)) refuse({ kind: 'item', index, field }, group, below(groups.length));
}

/** No two pods have one place in the queue. */
function checkOrders(items: readonly Item[]): void {
  const orders = new Int32Array(items.reduce((sum, { order }) => sum + order.length, 0));
  let end = 0;
  for (const { order } of items) {
    orders.set(order, end);
    end += order.length;
  }
  orders.sort();
  for (let at = 0; at < end; at++) {
    const order = orders[at]!;
    if (order >= 0 && order !== orders[at + 1]) continue;
    const index = items.findLastIndex((item) => item.order.includes(order));
    refuse(
      { kind: 'item', index, field: 'order' },
      order,
      'a place in the queue, from 0 on, of no other pod',
    );
  }
}
