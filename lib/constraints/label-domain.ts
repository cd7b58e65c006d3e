// The values one label key may have, "not there at all" included: what a node selector requirement says about its key.
import { assertNever } from '../model/assert-never.ts';
import type { Requirement } from '../model/requirement.ts';
import { compareText } from '../model/stable-json.ts';

/**
 * A set of label values. `values` are those in the set, or those out of it when `complement`; `min` and `max` are inclusive
 * and leave only integers. `absent`: a node without the label is in the set too.
 */
export interface LabelDomain {
  readonly absent: boolean;
  readonly complement: boolean;
  readonly values: ReadonlySet<string>;
  readonly min?: number;
  readonly max?: number;
}

/**
 * The domain of one requirement. `NotIn` and `DoesNotExist` hold for a node without the label; `Gt`, `Lt` and Karpenter's
 * `Gte`, `Lte` need an integer. Source: Kubernetes `labels.Requirement.Matches`, karpenter `pkg/scheduling/requirement.go`.
 */
export function domainOf(requirement: Requirement): LabelDomain {
  const values = new Set(requirement.values);
  const present = { absent: false, complement: true, values: new Set<string>() };
  switch (requirement.operator) {
    case 'In':
      return { absent: false, complement: false, values };
    case 'NotIn':
      return { absent: true, complement: true, values };
    case 'Exists':
      return present;
    case 'DoesNotExist':
      return { absent: true, complement: false, values: new Set() };
    case 'Gt':
      return { ...present, min: boundOf(requirement) + 1 };
    case 'Gte':
      return { ...present, min: boundOf(requirement) };
    case 'Lt':
      return { ...present, max: boundOf(requirement) - 1 };
    case 'Lte':
      return { ...present, max: boundOf(requirement) };
    default:
      return assertNever(requirement.operator);
  }
}

const boundOf = (requirement: Requirement): number => integerOf(requirement.values[0] ?? '') ?? Number.NaN;

/** The integer a label value spells, as Go's `ParseInt` base 10 reads it, or undefined. */
export function integerOf(value: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Whether a node with this value (undefined: without the label) is in the domain. */
export function admits(domain: LabelDomain, value: string | undefined): boolean {
  if (value === undefined) return domain.absent;
  return domain.values.has(value) !== domain.complement && withinBounds(domain, value);
}

function withinBounds(domain: LabelDomain, value: string): boolean {
  if (domain.min === undefined && domain.max === undefined) return true;
  const number = integerOf(value);
  if (number === undefined) return false;
  // A bound that is no number compares false, so that it admits nothing.
  return (
    (domain.min === undefined || number >= domain.min) && (domain.max === undefined || number <= domain.max)
  );
}

/** The values in both. */
export function intersectDomains(a: LabelDomain, b: LabelDomain): LabelDomain {
  const absent = a.absent && b.absent;
  const min = joinBounds(a.min, b.min, Math.max);
  const max = joinBounds(a.max, b.max, Math.min);
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  if (a.complement && b.complement) {
    return { absent, complement: true, values: new Set([...a.values, ...b.values]), ...bounds };
  }
  const finite = a.complement ? b : a;
  const other = finite === a ? b : a;
  const values = [...finite.values].filter((value) => admits(finite, value) && admits(other, value));
  return { absent, complement: false, values: new Set(values) };
}

function joinBounds(
  a: number | undefined,
  b: number | undefined,
  join: (x: number, y: number) => number,
): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : join(a, b);
}

/** No node can be in it, with the label or without. */
export function isEmptyDomain(domain: LabelDomain): boolean {
  if (domain.absent) return false;
  if (!domain.complement) return ![...domain.values].some((value) => admits(domain, value));
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = domain;
  // Excluded values never use up a range: an integer has more than one spelling ("7", "07").
  return !(min <= max);
}

/** The values of a finite domain, sorted; undefined when it is not finite. */
export function finiteValues(domain: LabelDomain): string[] | undefined {
  if (domain.complement) return undefined;
  return [...domain.values].filter((value) => admits(domain, value)).sort(compareText);
}
