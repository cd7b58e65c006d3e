// Labels and taints of many places, column by column: a question is answered once per distinct value, not per place.
import { admits } from '../../constraints/label-domain.ts';
import type { Requirements } from '../../constraints/requirements.ts';
import { untoleratedTaint } from '../../constraints/taints.ts';
import type { Taint, TaintEffect, Toleration } from '../../model/taint.ts';
import { clearBit, createMask, fullMask, type Mask, setBit } from '../../solver/index.ts';

export interface Column {
  /** Distinct labels; undefined is "not there". */
  readonly labels: readonly (string | undefined)[];
  /** Per place, index into `labels`. */
  readonly index: Int32Array;
}

export class Labelled {
  readonly size: number;
  readonly #labelAt: (place: number, key: string) => string | undefined;
  readonly #taints: { readonly lists: readonly (readonly Taint[])[]; readonly index: Int32Array };
  readonly #columns = new Map<string, Column>();

  constructor(
    size: number,
    labelAt: (place: number, key: string) => string | undefined,
    taintsAt: (place: number) => readonly Taint[],
  ) {
    this.size = size;
    this.#labelAt = labelAt;
    this.#taints = distinctTaints(size, taintsAt);
  }

  /** `key` is a stable key. */
  column(key: string): Column {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const positions = new Map<string | undefined, number>();
    const index = new Int32Array(this.size);
    for (let place = 0; place < this.size; place++) {
      const label = this.#labelAt(place, key);
      const position = positions.get(label) ?? positions.size;
      if (position === positions.size) positions.set(label, position);
      index[place] = position;
    }
    const column = { labels: [...positions.keys()], index };
    this.#columns.set(key, column);
    return column;
  }

  /** Places whose labels meet them all. */
  meeting(requirements: Requirements): Mask {
    const mask = fullMask(this.size);
    for (const [key, domain] of requirements) {
      const { labels, index } = this.column(key);
      const admitted = labels.map((label) => admits(domain, label));
      if (admitted.every(Boolean)) continue;
      for (let place = 0; place < this.size; place++) {
        if (admitted[index[place] ?? 0] !== true) clearBit(mask, place);
      }
    }
    return mask;
  }

  /** Places without a taint of these effects that nothing tolerates. */
  tolerating(tolerations: readonly Toleration[], effects: readonly TaintEffect[]): Mask {
    const { lists, index } = this.#taints;
    const open = lists.map((taints) => untoleratedTaint(taints, tolerations, effects) === undefined);
    if (open.every(Boolean)) return fullMask(this.size);
    const mask = createMask(this.size);
    for (let place = 0; place < this.size; place++) {
      if (open[index[place] ?? 0] === true) setBit(mask, place);
    }
    return mask;
  }
}

function distinctTaints(
  size: number,
  taintsAt: (place: number) => readonly Taint[],
): { lists: readonly (readonly Taint[])[]; index: Int32Array } {
  const lists: (readonly Taint[])[] = [];
  const positions = new Map<string, number>();
  const index = new Int32Array(size);
  for (let place = 0; place < size; place++) {
    const taints = taintsAt(place);
    const text = taints.length === 0 ? '' : JSON.stringify(taints);
    const position = positions.get(text) ?? lists.push(taints) - 1;
    positions.set(text, position);
    index[place] = position;
  }
  return { lists, index };
}
