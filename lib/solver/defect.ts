/** What a check refuses, and the small looks at numbers that all checks share. */
import type { Mask } from './problem.ts';

/** What is wrong: a field of the `index`th of its kind. */
export interface Defect {
  /** `problem` and `options`: not of one part; their index is -1. */
  readonly kind:
    | 'item'
    | 'shape'
    | 'offering'
    | 'bin'
    | 'pool'
    | 'reservation'
    | 'overheadGroup'
    | 'group'
    | 'problem'
    | 'options';
  readonly index: number;
  /** As `Problem` or `SolveOptions` names it; of a problem as a whole, it may be the name of a limit. */
  readonly field: string;
  /** Where the field has one amount per resource column. */
  readonly column?: number;
  readonly value: number;
  readonly want: string;
}

export class InvalidProblem extends Error {
  readonly defect: Defect;

  constructor(defect: Defect) {
    const { kind, index, field, column, value, want } = defect;
    const part = index < 0 ? kind : `${kind} ${index}`;
    super(`${part}: ${field}${column === undefined ? '' : `, column ${column},`} is ${value}: want ${want}`);
    this.name = 'InvalidProblem';
    this.defect = defect;
  }
}

export type Place = Pick<Defect, 'kind' | 'index' | 'field' | 'column'>;

export function refuse(place: Place, value: number, want: string): never {
  throw new InvalidProblem({ ...place, value, want });
}

const MAX = 2 ** 53 - 1;
export const AN_AMOUNT = 'a whole number from 0 to 2^53 - 1';
export const A_PRICE = 'a number from 0 to 2^53 - 1';
export const A_LIMIT = 'a number that is not negative, or Infinity';
/** Sets over ports, minValues and drivers have room for the largest: it must stay small. */
export const MOST_NUMBERED = 2 ** 20;
export const below = (end: number, least = 0): string =>
  `a position from ${least} up to, but not including, ${end}`;

/** None of these holds for NaN, nor for what is missing. */
export const isAmount = (value: number): boolean => value >= 0 && value <= MAX && value === Math.floor(value);
export const isPrice = (value: number): boolean => value >= 0 && value <= MAX;
export const isLimit = (value: number): boolean => value >= 0;
export const isPosition = (value: number, end: number, least = 0): boolean =>
  value >= least && value < end && value === Math.floor(value);

export function lengthOf(list: { readonly length: number } | undefined, wanted: number, place: Place): void {
  const length = list?.length ?? Number.NaN;
  if (length !== wanted) refuse({ ...place, field: `${place.field}.length` }, length, `${wanted}`);
}

/** One amount per resource column. */
export function amounts(rows: Float64Array, columns: number, place: Place, from = 0): void {
  for (let column = 0; column < columns; column++) {
    const value = rows[from + column]!;
    if (!isAmount(value)) refuse({ ...place, column }, value, AN_AMOUNT);
  }
}

/** Too few words: positions beyond read as unset, and what is there may be of another problem. */
export function checkMask(mask: Mask, size: number, place: Place): void {
  const words = Math.ceil(size / 32);
  if (mask.length < words)
    refuse({ ...place, field: `${place.field}.length` }, mask.length, `${words} words`);
}

export function checkPorts(ports: readonly number[], place: Pick<Place, 'kind' | 'index'>): void {
  for (const port of ports) {
    if (!isPosition(port, MOST_NUMBERED)) refuse({ ...place, field: 'ports' }, port, below(MOST_NUMBERED));
  }
}

export function checkVolumes(
  volumes: readonly { readonly driver: number; readonly handle: number }[],
  place: Pick<Place, 'kind' | 'index'>,
): void {
  for (const { driver, handle } of volumes) {
    if (!isPosition(driver, MOST_NUMBERED))
      refuse({ ...place, field: 'volumes.driver' }, driver, below(MOST_NUMBERED));
    if (!isAmount(handle)) refuse({ ...place, field: 'volumes.handle' }, handle, AN_AMOUNT);
  }
}
