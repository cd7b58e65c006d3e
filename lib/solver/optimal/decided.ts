/**
 * The problem that a plan has decided in part: each of its pods only at the relaxation level at which the plan places it,
 * and none of those that it leaves out. Bounds are about this problem.
 */
import type { Item, Level, Problem } from '../problem.ts';
import type { Placement, Solution } from '../solution.ts';

/**
 * Items split by the levels their pods have in the plan, one level each. An item that the plan leaves as it is stays the
 * same object, since there may be tens of thousands of those.
 */
export function decidedProblem(problem: Problem, decided: Solution): Problem {
  const { items } = problem;
  const placed = new Int32Array(items.length);
  for (const node of decided.nodes) for (const { item } of node.placements) placed[item]!++;
  for (const { item } of decided.onBins) placed[item]!++;
  const isWhole = items.map(({ levels, order }, at) => levels.length === 1 && placed[at] === order.length);
  if (!isWhole.includes(false)) return problem;
  const levelOf = levelsOfPods(items, isWhole, decided);
  return {
    ...problem,
    items: items.flatMap((item, at) => (isWhole[at] ? [item] : split(item, levelOf[at]!))),
  };
}

/** Per item that is not whole, the level of each of its placed pods by order key. */
function levelsOfPods(
  items: readonly Item[],
  isWhole: readonly boolean[],
  { nodes, onBins }: Solution,
): Map<number, number>[] {
  const levelOf: Map<number, number>[] = new Array(items.length);
  const note = ({ item, order, level }: Placement) => {
    if (isWhole[item]) return;
    levelOf[item] ??= new Map();
    levelOf[item].set(order, level);
  };
  for (const { placements } of nodes) placements.forEach(note);
  onBins.forEach(note);
  return levelOf;
}

function split(item: Item, levelOf: ReadonlyMap<number, number> | undefined): Item[] {
  if (levelOf === undefined) return [];
  return item.levels.flatMap((level: Level, number) => {
    const order = item.order.filter((key) => levelOf.get(key) === number);
    return order.length === 0 ? [] : [{ ...item, order, levels: [level] }];
  });
}
