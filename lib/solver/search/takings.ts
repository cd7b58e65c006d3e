/** What the nodes of a packing take from pools and reservations, so that no move takes more than there is. */
import type { Model } from '../optimal/model.ts';
import type { Node } from './node.ts';

export class Takings {
  private readonly model: Model;
  private readonly limited: boolean;
  private readonly limits: readonly Float64Array[];
  private readonly nodes: number[];
  private readonly units: number[];

  constructor(model: Model) {
    const { pools, reservations } = model.problem;
    this.model = model;
    this.limits = pools.map(({ limits }) => limits.slice());
    this.nodes = pools.map(({ nodesLeft }) => nodesLeft);
    this.units = [...reservations];
    const isLimited = pools.some(
      ({ limits, nodesLeft }) =>
        nodesLeft !== Number.POSITIVE_INFINITY || limits.some((limit) => limit !== Number.POSITIVE_INFINITY),
    );
    this.limited = isLimited || reservations.length > 0;
  }

  take({ kind }: Node, times: number): void {
    if (!this.limited) return;
    const { kinds } = this.model;
    const pool = kinds.pool[kind]!;
    const limits = this.limits[pool]!;
    this.nodes[pool]! -= times;
    for (let r = 0; r < limits.length; r++) limits[r]! -= times * kinds.capacity[kind * limits.length + r]!;
    if (kinds.reservation[kind]! >= 0) this.units[kinds.reservation[kind]!]! -= times;
  }

  /** Takes `made` for `gone` where that is within all limits, or no further beyond; says whether it was. */
  exchange(gone: readonly Node[], made: readonly Node[]): boolean {
    if (!this.limited) return true;
    const before = this.left();
    for (const node of gone) this.take(node, -1);
    for (const node of made) this.take(node, 1);
    if (this.left().every((amount, at) => amount >= 0 || amount >= before[at]!)) return true;
    for (const node of made) this.take(node, -1);
    for (const node of gone) this.take(node, 1);
    return false;
  }

  private left(): number[] {
    return [...this.nodes, ...this.units, ...this.limits.flatMap((limits) => [...limits])];
  }
}
