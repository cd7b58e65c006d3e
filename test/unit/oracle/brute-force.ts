/** The cheapest plan that `verify` accepts, found by trying them all: for problems of a handful of pods. */
import { type Problem, verify } from '../../../lib/solver/index.ts';
import { decode } from '../../oracle/decode.ts';

type Place = { readonly bin: number } | { readonly offering: number };

/** Micro-USD per hour; undefined where no plan places every pod. Nodes have one offering each. */
export function cheapestByTrying(problem: Problem): number | undefined {
  const pods = problem.items.flatMap(({ order }, item) => Array.from(order, () => item));
  const bins = problem.bins.map((_, bin): Place => ({ bin }));
  const offerings = Array.from({ length: problem.offerings.count }, (_, offering) => offering);
  let best: number | undefined;
  const tryAll = (placed: readonly Place[], opened: readonly Place[], price: number): void => {
    if (best !== undefined && price >= best) return;
    const item = pods[placed.length];
    if (item === undefined) {
      const counts = placed.map((host, at) => ({ item: pods[at] ?? 0, host, variable: at }));
      const solution = decode(
        problem,
        counts,
        counts.map(() => 1),
      );
      if (verify(problem, solution).length === 0) best = solution.pricePerHour;
      return;
    }
    for (const place of [...bins, ...opened]) tryAll([...placed, place], opened, price);
    for (const offering of offerings) {
      const node = { offering };
      tryAll([...placed, node], [...opened, node], price + (problem.offerings.price[offering] ?? 0));
    }
  };
  tryAll([], [], 0);
  return best;
}
