import { hasBit } from '../mask.ts';
import type { Mask, Problem } from '../problem.ts';
import { type Template, templatesOf } from '../template.ts';

/**
 * Offerings that no pod can tell apart (one template row, one reservation, in the same masks) are one kind at the price of
 * the cheapest; those that a cheaper one beats in everything are left out. Kinds come cheapest first, so that a scan from the front finds the cheapest that holds something.
 */
export interface Kinds {
  readonly count: number;
  readonly templates: readonly Template[];
  /** The cheapest offering of each. */
  readonly offering: Int32Array;
  readonly price: Float64Array;
  /** What a node of it adds to the objective, micro-USD per hour: never negative. */
  readonly cost: Float64Array;
  readonly template: Int32Array;
  readonly pool: Int32Array;
  /** Reservation index, or -1. */
  readonly reservation: Int32Array;
  readonly exotic: Uint8Array;
  /** K × columns of the model: allocatable less DaemonSets, volumes that can be attached. Never negative. */
  readonly room: Float64Array;
  /** K × R: what pool limits count. */
  readonly capacity: Float64Array;
}

/** `masks` are all that decide which offerings a pod may use. Kinds whose DaemonSets do not fit are left out. */
export function kindsOf(problem: Problem, masks: readonly Mask[]): Kinds {
  const templates = templatesOf(problem);
  const { price } = problem.offerings;
  const { label, places } = labelled(problem, templates, masks);
  const cheapest = new Map<number, number>();
  for (let at = 0; at < label.length; at++) {
    const known = cheapest.get(label[at]!);
    if (known === undefined || price[at]! < price[known]!) cheapest.set(label[at]!, at);
  }
  const offering = Int32Array.from(
    [...cheapest.values()].filter((at) => isRoomy(templates, places[at]!, problem.resources)),
  ).sort((a, b) => price[a]! - price[b]! || a - b);
  const all = describe(problem, templates, places, offering);
  const useful = offering.filter((_, kind) => !isBeaten(problem, all, masks, kind));
  return useful.length === offering.length ? all : describe(problem, templates, places, useful);
}

function describe(
  problem: Problem,
  templates: readonly Template[],
  places: readonly Place[],
  offering: Int32Array,
): Kinds {
  const { price, pool, reservation, exotic } = problem.offerings;
  return {
    count: offering.length,
    templates,
    offering,
    price: Float64Array.from(offering, (at) => price[at]!),
    cost: Float64Array.from(offering, (at) => price[at]!),
    template: offering.map((at) => places[at]!.template),
    pool: offering.map((at) => pool[at]!),
    reservation: offering.map((at) => reservation[at]!),
    exotic: Uint8Array.from(offering, (at) => exotic[at]!),
    room: amounts('room', templates, places, offering, problem.resources),
    capacity: amounts('capacity', templates, places, offering, problem.resources),
  };
}

/** Whether a unit that may be on these offerings fits the kind alone. */
export function fitsKind(
  { offering, room }: Kinds,
  kind: number,
  offerings: Mask,
  requests: Float64Array,
): boolean {
  if (!hasBit(offerings, offering[kind]!)) return false;
  const from = kind * requests.length;
  for (let column = 0; column < requests.length; column++) {
    if (requests[column]! > room[from + column]!) return false;
  }
  return true;
}

/** Whether a cheaper kind does all that this one does and takes no more of what is limited. */
function isBeaten(problem: Problem, kinds: Kinds, masks: readonly Mask[], kind: number): boolean {
  for (let other = 0; other < kind; other++) if (beats(problem, kinds, masks, other, kind)) return true;
  return false;
}

function beats(
  { resources, pools }: Problem,
  { template, reservation, exotic, pool, room, capacity, offering }: Kinds,
  masks: readonly Mask[],
  one: number,
  other: number,
): boolean {
  if (template[one] !== template[other] || exotic[one] !== exotic[other] || reservation[one]! >= 0)
    return false;
  const { limits } = pools[pool[one]!]!;
  for (let r = 0; r < resources; r++) {
    const [from, to] = [one * resources + r, other * resources + r];
    if (room[from]! < room[to]!) return false;
    if (limits[r] !== Number.POSITIVE_INFINITY && capacity[from]! > capacity[to]!) return false;
  }
  return masks.every((mask) => hasBit(mask, offering[one]!) || !hasBit(mask, offering[other]!));
}

interface Place {
  readonly template: number;
  readonly row: number;
}

/** One number per offering, equal where nothing tells two apart; and the row each offering is of. */
function labelled(
  problem: Problem,
  templates: readonly Template[],
  masks: readonly Mask[],
): { label: Int32Array; places: readonly Place[] } {
  const { count, reservation, exotic } = problem.offerings;
  const label = new Int32Array(count);
  const places: Place[] = new Array(count);
  let rows = 0;
  for (const [template, { rows: own }] of templates.entries()) {
    for (let row = 0; row < own.count; row++, rows++) {
      for (let at = own.start[row]!; at < own.start[row + 1]!; at++) {
        label[own.offerings[at]!] = rows;
        places[own.offerings[at]!] = { template, row };
      }
    }
  }
  let labels = rows;
  labels = refine(label, labels, problem.reservations.length + 1, (at) => reservation[at]! + 1);
  labels = refine(label, labels, 2, (at) => exotic[at]!);
  for (const mask of masks) labels = refine(label, labels, 2, (at) => (hasBit(mask, at) ? 1 : 0));
  return { label, places };
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
    const pair = label[at]! * traits + traitOf(at);
    if (known[pair]! < 0) known[pair] = next++;
    label[at] = known[pair]!;
  }
  return next;
}

function isRoomy(templates: readonly Template[], { template, row }: Place, columns: number): boolean {
  const { room } = templates[template]!.rows;
  for (let column = 0; column < columns; column++) if (room[row * columns + column]! < 0) return false;
  return true;
}

function amounts(
  what: 'room' | 'capacity',
  templates: readonly Template[],
  places: readonly Place[],
  offering: Int32Array,
  columns: number,
): Float64Array {
  const matrix = new Float64Array(offering.length * columns);
  for (const [kind, at] of offering.entries()) {
    const { template, row } = places[at]!;
    const from = templates[template]!.rows[what];
    matrix.set(from.subarray(row * columns, (row + 1) * columns), kind * columns);
  }
  return matrix;
}
