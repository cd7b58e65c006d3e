import { hasBit } from '../mask.ts';
import { Filler } from './filler.ts';
import type { Model } from './model.ts';
import type { Tiers } from './tiers.ts';

/** What existing bins take, in the order it was put there. */
export interface OnBins {
  readonly fills: readonly {
    readonly bin: number;
    readonly classes: readonly number[];
    readonly counts: readonly number[];
  }[];
  /** Units per class that are left. */
  readonly remaining: Int32Array;
}

/**
 * Bins are free, so each is filled with as much worth as goes in: first pods that no new node would take, with `tiers` the
 * higher ones before.
 */
export function fillBins(model: Model, prices: Float64Array, tiers?: Tiers): OnBins {
  const { classes, kinds, room: free } = model;
  const { count, fits } = classes;
  const remaining = Int32Array.from({ length: count }, (_, c) => classes.start[c + 1]! - classes.start[c]!);
  const fills: { bin: number; classes: number[]; counts: number[] }[] = [];
  if (free.length === 0) return { fills, remaining };
  const filler = new Filler(model, prices);
  const needsBin = (c: number) => !fits.subarray(c * kinds.count, (c + 1) * kinds.count).includes(1);
  const all = Array.from({ length: count }, (_, c) => c);
  const waves = (tiers ?? [all]).flatMap((tier) => [tier.filter(needsBin), tier]);
  const left = free.map((room) => room.slice());
  const even = new Float64Array(count).fill(1);
  const table = new Uint8Array(count);
  for (const wave of waves) {
    for (const [bin, room] of left.entries()) {
      // Where DaemonSets took more than there is, a bin refuses even pods that ask for nothing.
      if (room.some((amount) => amount < 0)) continue;
      table.fill(0);
      for (const c of wave) if (hasBit(classes.bins[c]!, bin)) table[c] = 1;
      const offered = { table, from: 0, step: 1 };
      if (filler.fill(room, 0, offered, remaining, prices, Number.POSITIVE_INFINITY, even, 1) < 0) continue;
      const taken = [...filler.taken.keys()].filter((c) => filler.taken[c]! > 0);
      const counts = taken.map((c) => filler.taken[c]!);
      for (const [at, c] of taken.entries()) remaining[c]! -= counts[at]!;
      for (let r = 0; r < room.length; r++) room[r]! -= filler.used[r]!;
      fills.push({ bin, classes: taken, counts });
    }
  }
  return { fills, remaining };
}
