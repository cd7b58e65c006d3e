import type { Placement } from '../solution.ts';
import type { Lot, Model } from './model.ts';

/** Pods, with the lot of each. Pods of a bundle follow each other. */
export interface Handful {
  readonly placements: Placement[];
  readonly lots: number[];
}

/** Hands out the units of each class in its order. */
export class Units {
  private readonly model: Model;
  private readonly lotOf: Int32Array;
  private readonly givenOfClass: Int32Array;
  private readonly givenOfLot: Int32Array;

  constructor(model: Model, lotOf = model.classes.lotOf) {
    this.model = model;
    this.lotOf = lotOf;
    this.givenOfClass = new Int32Array(model.classes.count);
    this.givenOfLot = new Int32Array(model.lots.length);
  }

  /** So many units of each of these classes. */
  next(classes: readonly number[], counts: readonly number[]): Handful {
    const { lotOf } = this;
    const { start } = this.model.classes;
    const handful: Handful = { placements: [], lots: [] };
    for (const [at, c] of classes.entries()) {
      for (let n = counts[at]!; n > 0; n--) {
        this.give(lotOf[start[c]! + this.givenOfClass[c]!++]!, handful);
      }
    }
    return handful;
  }

  private give(index: number, { placements, lots }: Handful): void {
    const { item, level, orders, bundle }: Lot = this.model.lots[index]!;
    if (bundle === undefined) {
      placements.push({ item, order: orders[this.givenOfLot[index]!++]!, level });
      lots.push(index);
      return;
    }
    for (const pod of bundle) {
      placements.push(pod);
      lots.push(index);
    }
  }
}
