/** Which offerings no pod can tell apart: the same row of a template, the same reservation, in the same masks. */
import { hasBit } from '../mask.ts';
import type { Mask, Problem } from '../problem.ts';
import type { Stock } from './stock.ts';

export interface Labels {
  /** Per offering: equal where nothing tells two apart; -1 where no node of it can be opened. */
  readonly label: Int32Array;
  /** Per offering: equal where the same masks hold it. */
  readonly signature: Int32Array;
  /** Whether every mask that holds offerings of one signature holds those of another. */
  readonly covers: (one: number, other: number) => boolean;
}

/** `masks` are all that decide which offerings a pod may use. */
export function labelsOf(problem: Problem, stock: Stock, masks: readonly Mask[]): Labels {
  const { count, reservation, exotic } = problem.offerings;
  const signature = new Int32Array(count);
  for (let at = 0; at < count; at++) signature[at] = stock.template[at]! < 0 ? -1 : 0;
  let signatures = 1;
  for (const mask of masks) signatures = refine(signature, signatures, 2, (at) => (hasBit(mask, at) ? 1 : 0));
  const label = signature.slice();
  let labels = signatures;
  const rows = Math.max(1, ...stock.templates.map((template) => template.rows.count));
  labels = refine(label, labels, stock.templates.length, (at) => stock.template[at]!);
  labels = refine(label, labels, rows, (at) => stock.row[at]!);
  if (problem.reservations.length > 0) {
    labels = refine(label, labels, problem.reservations.length + 1, (at) => reservation[at]! + 1);
  }
  refine(label, labels, 2, (at) => exotic[at]!);
  return { label, signature, covers: covering(masks, signature, signatures) };
}

/** Tells labels further apart by a trait below `traits`; answers how many labels there are now. */
function refine(
  label: Int32Array,
  labels: number,
  traits: number,
  traitOf: (offering: number) => number,
): number {
  const known = new Int32Array(labels * traits).fill(-1);
  let next = 0;
  for (let at = 0; at < label.length; at++) {
    if (label[at]! < 0) continue;
    const pair = label[at]! * traits + traitOf(at);
    if (known[pair]! < 0) known[pair] = next++;
    label[at] = known[pair]!;
  }
  return next;
}

function covering(masks: readonly Mask[], signature: Int32Array, signatures: number): Labels['covers'] {
  const sample = new Int32Array(signatures);
  for (let at = 0; at < signature.length; at++) if (signature[at]! >= 0) sample[signature[at]!] = at;
  const known = new Map<number, boolean>();
  return (one, other) => {
    if (one === other) return true;
    const name = one * signatures + other;
    const before = known.get(name);
    if (before !== undefined) return before;
    const covers = masks.every((mask) => hasBit(mask, sample[one]!) || !hasBit(mask, sample[other]!));
    known.set(name, covers);
    return covers;
  };
}
