/** One node of the search. Never changed once made, so equal ones may be the same object. */
import { type Ground, worthOfRow } from './ground.ts';

export interface Node {
  readonly kind: number;
  readonly classes: readonly number[];
  readonly counts: readonly number[];
  /** R amounts, by class requests. */
  readonly used: Float64Array;
  /** Its cost less the worth of its units. */
  readonly waste: number;
}

export function nodeOf(
  ground: Ground,
  kind: number,
  classes: readonly number[],
  counts: readonly number[],
): Node {
  const { columns: R, requests, prices, cost } = ground;
  const used = new Float64Array(R);
  for (const [at, c] of classes.entries()) {
    for (let r = 0; r < R; r++) used[r]! += counts[at]! * requests[c * R + r]!;
  }
  return { kind, classes, counts, used, waste: cost[kind]! - worthOfRow(prices, used, 0) };
}

export function isOverfull({ room, columns: R }: Ground, { kind, used }: Node): boolean {
  for (let r = 0; r < R; r++) if (used[r]! > room[kind * R + r]!) return true;
  return false;
}

/** With so many more units of a class. */
export function withMore(ground: Ground, { kind, classes, counts }: Node, c: number, more: number): Node {
  const at = classes.indexOf(c);
  if (at < 0) return nodeOf(ground, kind, [...classes, c], [...counts, more]);
  return nodeOf(
    ground,
    kind,
    classes,
    counts.map((count, place) => (place === at ? count + more : count)),
  );
}
