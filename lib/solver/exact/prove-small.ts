/**
 * Small plans, exactly: every set of nodes that is cheaper than the best plan is looked at, cheapest first, and either the
 * pods do not go in, which raises the bound, or they do, which is a better plan where the rules between pods allow it.
 */
import type { Budget } from '../optimal/budget.ts';
import type { Model, Packing } from '../optimal/model.ts';
import type { Problem } from '../problem.ts';
import { Baskets, dualsOf, type Placed } from './baskets.ts';
import { type Crowd, crowdOf } from './crowd.ts';
import { Packer } from './pack.ts';
import { packingOf } from './packing-of.ts';

export interface Proof {
  /** Money: no plan that `verify` accepts costs less if it places every pod that an empty new node could take. */
  readonly lowerBound: number;
  /** Cheaper than the best plan. */
  readonly packing?: Packing;
}

/** Plans of more nodes than this have too many others beside them. */
const MOST_NODES = 12;
/** What lies between bound and plan is looked at in so many parts, each twice as wide as the one before. */
const PARTS = 5;

/**
 * `problem`, `model`, units per class that are on no bin, and the best plan with its money. A problem with bins that have
 * room for a pod, or with prices in parts of micro-USD, keeps the bound it comes with.
 */
export function proveSmall(
  problem: Problem,
  model: Model,
  remaining: Int32Array,
  best: Packing | undefined,
  bestMoney: number,
  lowerBound: number,
  budget: Budget,
): Proof {
  const isKnown = best !== undefined && best.unplaced === 0 && lowerBound < bestMoney;
  const crowd = isKnown && isSimple(problem) ? crowdOf(problem) : undefined;
  if (!crowd) return { lowerBound };
  const duals = dualsOf(crowd);
  const fluid = crowd.demand.reduce((sum, amount, of) => sum + amount * duals[of]!, 0);
  const from = Math.min(bestMoney, Math.max(lowerBound, Math.ceil(fluid)));
  const baskets = new Baskets(crowd, duals, MOST_NODES, budget);
  const found = search(crowd, baskets, new Packer(crowd, MOST_NODES, budget), from, bestMoney);
  const packing = found.placed && packingOf(problem, model, remaining, crowd, found.placed);
  const isCheaper = packing !== undefined && moneyOf(model, packing) < bestMoney;
  return isCheaper ? { lowerBound: found.bound, packing } : { lowerBound: found.bound };
}

const moneyOf = ({ kinds }: Model, { runs }: Packing): number =>
  runs.reduce((sum, { kind, times }) => sum + times * kinds.price[kind]!, 0);

function isSimple({ bins, items, offerings }: Problem): boolean {
  const hasRoom = bins.some(({ free }) =>
    items.some(({ requests }) => requests.every((amount, of) => amount <= free[of]!)),
  );
  return !hasRoom && offerings.price.every((price) => Number.isInteger(price));
}

interface Found {
  readonly bound: number;
  readonly placed?: Placed;
}

/** Raises the bound from `from` towards `to`, as far as every cheaper set of nodes is ruled out. */
function search({ sizes }: Crowd, baskets: Baskets, packer: Packer, from: number, to: number): Found {
  let bound = from;
  for (let part = PARTS - 1; part >= 0; part--) {
    const end = Math.ceil(from + (to - from) / 2 ** part);
    const some = baskets.between(bound, end);
    if (!some) return { bound };
    for (const basket of some) {
      const answer = packer.decide(basket.nodes);
      if (answer === 'undecided') return { bound: basket.price };
      if (answer === 'fails') continue;
      const pods = packer.placed.slice(0, basket.nodes.length * sizes);
      return { bound: basket.price, placed: { ...basket, pods } };
    }
    bound = Math.min(to, end);
  }
  return { bound };
}
