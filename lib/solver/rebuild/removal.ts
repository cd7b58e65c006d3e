/** Which nodes and pods of a plan are taken apart, and in which order their pods come back. */
import type { Problem } from '../problem.ts';
import type { Draws } from '../search/draws.ts';
import type { BinPlacement, Placement } from '../solution.ts';
import type { Berth, Standing } from './standing.ts';

export interface Pod {
  readonly item: number;
  readonly order: number;
}

/** What stays, and the pods that do not, in the order in which they come back. */
export interface Removal {
  readonly berths: readonly { readonly berth: Berth; readonly placements: readonly Placement[] }[];
  readonly onBins: readonly BinPlacement[];
  readonly pods: readonly Pod[];
}

/** How often all is taken apart, and how often all pods of some item are beside the drawn nodes. */
const ALL = 0.15;
const ITEM = 0.3;
const MOST_NODES = 4;
/** How often the pods of a bin or two are taken off. */
const BINS = 0.5;
/** Plans of more pods than this are not taken apart as a whole. */
const MOST_PODS = 60;

export function drawRemoval({ items }: Problem, standing: Standing, draws: Draws): Removal {
  const { berths, onBins, unplaced } = standing;
  const count = berths.reduce((sum, { load }) => sum + load.placements.length, onBins.length);
  const isAll = count <= MOST_PODS && draws.share() < ALL;
  const gone = isAll ? new Set(berths.keys()) : drawnNodes(berths.length, draws);
  const item = draws.share() < ITEM ? draws.below(items.length) : -1;
  const bins = isAll ? undefined : drawnBins(onBins, draws);
  const leaves = (pod: Placement) => pod.item === item;
  const pods: Pod[] = unplaced.map(({ item, order }) => ({ item, order }));
  const kept = berths.flatMap((berth, at) => {
    const placements = gone.has(at) ? [] : keep(berth.load.placements, leaves, item, pods);
    if (gone.has(at)) pods.push(...berth.load.placements);
    return placements.length === 0 ? [] : [{ berth, placements }];
  });
  const stay = onBins.filter((pod) => {
    const isGone = bins === undefined || bins.has(pod.bin) || leaves(pod);
    if (isGone) pods.push(pod);
    return !isGone;
  });
  return { berths: kept, onBins: stay, pods: ordered(items, pods, draws) };
}

/** The placements themselves where none leaves. */
function keep(
  placements: readonly Placement[],
  leaves: (pod: Placement) => boolean,
  item: number,
  pods: Pod[],
): readonly Placement[] {
  if (item < 0 || !placements.some(leaves)) return placements;
  pods.push(...placements.filter(leaves));
  return placements.filter((pod) => !leaves(pod));
}

function drawnNodes(count: number, draws: Draws): Set<number> {
  const gone = new Set<number>();
  if (count === 0) return gone;
  const most = 1 + draws.below(Math.min(MOST_NODES, count));
  for (let draw = 0; draw < most; draw++) gone.add(draws.below(count));
  return gone;
}

function drawnBins(onBins: readonly BinPlacement[], draws: Draws): Set<number> {
  const bins = new Set<number>();
  if (onBins.length === 0 || draws.share() > BINS) return bins;
  const most = 1 + draws.below(2);
  for (let draw = 0; draw < most; draw++) bins.add(onBins[draws.below(onBins.length)]!.bin);
  return bins;
}

/** By drawn numbers: of the pods, of their items, or of both with the large ones rather first. */
function ordered(items: Problem['items'], pods: Pod[], draws: Draws): Pod[] {
  const way = draws.below(4);
  const ofItem = new Map<number, number>();
  const keyOf = ({ item, order }: Pod): number => {
    if (way === 0) return draws.share();
    if (way === 1) return order;
    const own = ofItem.get(item) ?? draws.share();
    ofItem.set(item, own);
    return way === 2 ? own : own * 0.5 + draws.share() * 0.5;
  };
  const keyed = pods.map((pod) => ({ pod, key: keyOf(pod), priority: items[pod.item]!.priority }));
  return keyed
    .sort(
      (a, b) =>
        b.priority - a.priority || a.key - b.key || a.pod.order - b.pod.order || a.pod.item - b.pod.item,
    )
    .map(({ pod }) => pod);
}
