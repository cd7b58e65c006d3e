// What a plan did with pools, nodes and pods, worked out once for all pods that it leaves without a place.
import { withStableKeys } from '../../constraints/label-keys.ts';
import { offeringKey } from '../../model/offering.ts';
import type { Pod } from '../../model/pod.ts';
import { maxResources, type ResourceList, subtractResources, sumResources } from '../../model/resources.ts';
import { createMask, type Mask, positionsOf, type Solution, setBit } from '../../solver/index.ts';
import { locatedPods } from '../compile/located.ts';
import { type OfferingRow, offeringTable } from '../compile/offerings.ts';
import { namedValues } from '../compile/pools.ts';
import { type Compiled, limitsLeft } from '../compile.ts';
import { podAt } from '../decode.ts';

/** A pod, and the labels that its node has or may turn out to have: several where that is not settled, none without it. */
export interface Placed {
  readonly pod: Pod;
  readonly labels: (key: string) => readonly string[];
}

export class Outcome {
  readonly compiled: Compiled;
  readonly #solution: Solution;
  readonly #limits = new Map<number, ResourceList>();
  #rowsOf: readonly Mask[] | undefined;
  #rooms: readonly ResourceList[] | undefined;
  #dry: readonly OfferingRow[] | undefined;
  #placed: readonly Placed[] | undefined;
  #free: readonly Float64Array[] | undefined;

  constructor(compiled: Compiled, solution: Solution) {
    this.compiled = compiled;
    this.#solution = solution;
  }

  /** The offerings of one pool. */
  rowsOf(pool: number): Mask {
    const { pools, rows } = this.compiled.table;
    if (this.#rowsOf === undefined) {
      this.#rowsOf = pools.map(() => createMask(rows.length));
      for (const [at, row] of rows.entries()) setBit(this.#rowsOf[row.pool] ?? createMask(0), at);
    }
    return this.#rowsOf[pool] ?? createMask(rows.length);
  }

  /** Offerings of one pool that are left out because they have no capacity now. */
  dryOfferings(pool: number): readonly OfferingRow[] {
    this.#dry ??= this.#dryOfferings();
    return this.#dry.filter((row) => row.pool === pool);
  }

  /** What an offering has left beside its DaemonSets; below zero where they alone are too much. */
  roomOf(row: number): ResourceList {
    this.#rooms ??= this.#roomPerRow();
    return this.#rooms[row] ?? {};
  }

  /** A pool's limits less what is in use and what this plan opened, each node at its largest as limits count it. */
  limitsLeft(pool: number): ResourceList {
    const known = this.#limits.get(pool) ?? this.#limitsLeft(pool);
    this.#limits.set(pool, known);
    return known;
  }

  /** How many nodes of a pool this plan opened. */
  openedIn(pool: number): number {
    return this.#solution.nodes.filter((node) => node.pool === pool).length;
  }

  /** Pods that run or have a place now. */
  placed(): readonly Placed[] {
    this.#placed ??= [...this.#running(), ...this.#planned()];
    return this.#placed;
  }

  /** What is free on each existing node, by resource column. */
  free(): readonly Float64Array[] {
    this.#free ??= this.#freeBins();
    return this.#free;
  }

  /** Offerings of one type with the same DaemonSets share one list. */
  #roomPerRow(): ResourceList[] {
    const { table, overhead, problem } = this.compiled;
    const known = new Map<string, ResourceList>();
    return table.rows.map(({ type }, row) => {
      const group = problem.offerings.overheadGroup[row] ?? 0;
      const name = `${problem.offerings.shape[row]} ${group}`;
      const daemonSets = (overhead[group] ?? []).map(({ spec }) => spec.requests);
      const room = known.get(name) ?? subtractResources(type.allocatable, sumResources(daemonSets));
      known.set(name, room);
      return room;
    });
  }

  #dryOfferings(): OfferingRow[] {
    const { input, table, queue } = this.compiled;
    if (Object.values(input.unavailable).every(({ size }) => size === 0)) return [];
    const known = new Set(table.rows.map((row) => `${row.pool} ${offeringName(row)}`));
    const all = offeringTable({ ...input, unavailable: {} }, namedValues(queue, []));
    return all.rows.filter((row) => !known.has(`${row.pool} ${offeringName(row)}`));
  }

  #limitsLeft(at: number): ResourceList {
    const { table, input } = this.compiled;
    const pool = table.pools[at];
    if (pool === undefined) return {};
    const opened = this.#solution.nodes
      .filter((node) => node.pool === at)
      .map(({ offerings }) => {
        const types = new Set(positionsOf(offerings).map((row) => table.rows[row]?.type));
        return { ...[...types].map((type) => type?.capacity ?? {}).reduce(maxResources, {}), nodes: 1 };
      });
    const left = limitsLeft(pool, input.usage[pool.name] ?? {});
    const rest = subtractResources(left, sumResources(opened));
    return Object.fromEntries(Object.keys(left).map((name) => [name, rest[name] ?? 0]));
  }

  #running(): Placed[] {
    const { input } = this.compiled;
    return locatedPods(input).pods.flatMap(({ node, pods }) =>
      pods.map((pod) => ({ pod, labels: (key: string) => present([node.labels[key]]) })),
    );
  }

  #planned(): Placed[] {
    const { compiled } = this;
    const onBins = this.#solution.onBins.map(({ bin, order }) => {
      const own = withStableKeys(compiled.input.nodes[bin]?.labels ?? {});
      return { pod: podAt(compiled, order), labels: (key: string) => present([own[key]]) };
    });
    const onNew = this.#solution.nodes.flatMap(({ offerings, placements }) => {
      const labels = rememberedLabels(compiled, positionsOf(offerings));
      return placements.map(({ order }) => ({ pod: podAt(compiled, order), labels }));
    });
    return [...onBins, ...onNew];
  }

  #freeBins(): Float64Array[] {
    const { problem } = this.compiled;
    const free = problem.bins.map((bin) => bin.free.slice());
    for (const { bin, item } of this.#solution.onBins) {
      const requests = problem.items[item]?.requests ?? new Float64Array(0);
      const row = free[bin];
      for (const [column, amount] of requests.entries()) if (row) row[column] = (row[column] ?? 0) - amount;
    }
    return free;
  }
}

/** The same for every label variant of an offering. */
export const offeringName = ({ type, offering }: OfferingRow): string =>
  offeringKey({ ...offering, instanceType: type.name });

const present = (labels: readonly (string | undefined)[]): readonly string[] =>
  labels.filter((label) => label !== undefined);

/** Distinct labels of a node's alternatives, each key looked at once. */
function rememberedLabels({ places }: Compiled, rows: readonly number[]): Placed['labels'] {
  const known = new Map<string, readonly string[]>();
  return (key) => {
    const { labels, index } = places.labelsOf(key).rows;
    const found = known.get(key) ?? present([...new Set(rows.map((row) => labels[index[row] ?? 0]))]);
    known.set(key, found);
    return found;
  };
}
