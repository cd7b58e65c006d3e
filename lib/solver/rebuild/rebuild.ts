/**
 * Search over whole plans by the greedy's own rules: some nodes and what is on some bins are taken apart, and their pods
 * come back in another order onto nodes that start from drawn offerings. So it may change what the model holds fixed:
 * domains, relaxation levels, alternatives, bins, and which pods share a node. What it answers the verifier accepts.
 */
import { objectiveOf } from '../evaluate.ts';
import type { Objective } from '../objective.ts';
import type { Budget } from '../optimal/budget.ts';
import { orderKeeper } from '../optimal/in-queue-order.ts';
import { type Kit, kitOf, Packer } from '../packer.ts';
import type { PlannedNode } from '../planned-node.ts';
import type { Problem } from '../problem.ts';
import { PodRing } from '../queue.ts';
import { Draws } from '../search/draws.ts';
import type { Placement, Solution, Unplaced } from '../solution.ts';
import { verify } from '../verify.ts';
import { verifyTopology } from '../verify-topology.ts';
import { Berths } from './berths.ts';
import { Menu } from './menu.ts';
import { drawRemoval, type Removal } from './removal.ts';
import { type Berth, isWithin, type Standing, solutionOf, standingOf } from './standing.ts';

/** So many rebuilds per pair of the plan's pods without a better one end the search, and so many at most. */
const PATIENCE_PER_PAIR = 6;
const MOST_PATIENCE = 1_000;
/** How much dearer the plan that is rebuilt may become at once, as a share of the mean cost of its nodes. */
const BOLD = 0.3;
/** After so many rebuilds without a better plan the search returns to the best. */
const ASTRAY = 60;
/** Less than this share of the objective is no gain. */
const HAIR = 1e-9;
/** A rebuild counts as one fill for so many pods of the plan. */
const PODS_PER_FILL = 16;

/**
 * The best plan found, at worst `solution`, which must be valid. `prices` are what a unit of each resource is worth, at
 * least one entry per column. No plan's objective is below `floorTotal`; 0 where nothing is known.
 */
export function rebuild(
  problem: Problem,
  solution: Solution,
  objective: Objective,
  prices: Float64Array,
  floorTotal: number,
  seed: number,
  budget: Budget,
): Solution {
  const isThrough = (unplaced: number, total: number) => unplaced === 0 && total <= floorTotal * (1 + HAIR);
  const { total } = objectiveOf(problem, objective, prices, solution);
  if (isThrough(solution.unplaced.length, total)) return solution;
  const search = new Rebuilding(problem, solution, objective, prices, seed);
  const pods = problem.items.reduce((sum, { order }) => sum + order.length, 0);
  const weight = Math.max(1, pods / PODS_PER_FILL);
  const patience = Math.min(MOST_PATIENCE, PATIENCE_PER_PAIR * pods * pods);
  while (search.idle < patience && budget.spend(weight)) {
    search.step();
    if (isThrough(search.best.unplaced.length, search.total)) break;
  }
  return search.best;
}

class Rebuilding {
  best: Solution;
  /** Rebuilds since the best plan was found. */
  idle = 0;
  private readonly kit: Kit;
  private readonly berths: Berths;
  private readonly menu: Menu;
  private readonly draws: Draws;
  private readonly givenUp: readonly Unplaced[];
  private readonly keepsOrder: (solution: Solution) => boolean;
  private bestStanding: Standing;
  private present: Standing;

  constructor(
    problem: Problem,
    solution: Solution,
    objective: Objective,
    prices: Float64Array,
    seed: number,
  ) {
    this.kit = kitOf(problem);
    this.berths = new Berths(this.kit, objective, prices);
    this.draws = new Draws(seed);
    this.menu = new Menu(this.kit, prices, this.draws);
    this.keepsOrder = orderKeeper(problem, solution);
    // The cut to the cheapest types may have ended the node of a pod that would open the same again.
    const isCut = problem.pools.some(({ minValues }) => minValues.length > 0);
    this.givenUp = isCut ? solution.unplaced : [];
    const berths = solution.nodes.map((node) => this.berths.adopted(node));
    const unplaced = isCut ? [] : solution.unplaced;
    this.present = standingOf(berths, solution.onBins, unplaced);
    this.bestStanding = this.present;
    this.best = solution;
  }

  get total(): number {
    return this.bestStanding.total;
  }

  step(): void {
    const { bestStanding, kit } = this;
    const { problem } = kit;
    this.idle++;
    if (this.idle % ASTRAY === 0) this.present = bestStanding;
    const next = this.rebuilt(drawRemoval(problem, this.present, this.draws));
    if (!next) return;
    const mean = this.present.total / Math.max(1, this.present.berths.length);
    if (!isWithin(problem, next, this.present, BOLD * mean * this.draws.share() ** 2)) return;
    if (isWithin(problem, next, bestStanding, -HAIR * bestStanding.total)) this.settle(next);
    else if (this.isAllowed(next)) this.present = next;
  }

  /** A better plan, where the verifier agrees. */
  private settle(next: Standing): void {
    const { problem } = this.kit;
    const unplaced = [...next.unplaced, ...this.givenUp];
    const solution = solutionOf(problem, { ...next, unplaced });
    if (verify(problem, solution).length > 0 || !this.keepsOrder(solution)) return;
    [this.best, this.bestStanding, this.present] = [solution, next, next];
    this.idle = 0;
  }

  /** What holds pod by pod as they come need not hold in the end where others left before. */
  private isAllowed(next: Standing): boolean {
    const { problem } = this.kit;
    if (problem.groups.length === 0) return true;
    const solution = solutionOf(problem, next);
    return verifyTopology(problem, solution).length === 0 && this.keepsOrder(solution);
  }

  private rebuilt({ berths, onBins, pods }: Removal): Standing | undefined {
    const packer = new Packer(this.kit, this.menu.draw());
    for (const pod of onBins) packer.adoptOnBin(pod);
    for (const { berth, placements } of berths) packer.adoptNode(berth.load.set, placements);
    const ring = new PodRing(
      Int32Array.from(pods, ({ item }) => item),
      Int32Array.from(pods, ({ order }) => order),
    );
    const unplaced = packer.pack(ring);
    const found: Berth[] = [];
    for (const [at, planned] of packer.nodes.entries()) {
      const berth = isAsItWas(berths[at], planned) ? berths[at]!.berth : this.berths.of(planned);
      if (!berth) return undefined;
      found.push(berth);
    }
    return standingOf(found, packer.onBins, unplaced);
  }
}

/** Whether an adopted node has the pods it had in the plan before, all and no others. */
function isAsItWas(
  kept: { readonly berth: Berth; readonly placements: readonly Placement[] } | undefined,
  { placements }: PlannedNode,
): boolean {
  if (!kept) return false;
  return kept.placements === kept.berth.load.placements && placements.length === kept.placements.length;
}
