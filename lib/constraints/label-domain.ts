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
  readonly min?: bigint;
  readonly max?: bigint;
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
      return bounded(requirement, (bound) => ({ min: bound + 1n }));
    case 'Gte':
      return bounded(requirement, (bound) => ({ min: bound }));
    case 'Lt':
      return bounded(requirement, (bound) => ({ max: bound - 1n }));
    case 'Lte':
      return bounded(requirement, (bound) => ({ max: bound }));
    default:
      return assertNever(requirement.operator);
  }
}

/** A bound that is no integer admits nothing. */
function bounded(
  { values }: Requirement,
  boundsOf: (bound: bigint) => Pick<LabelDomain, 'min' | 'max'>,
): LabelDomain {
  const bound = integerOf(values[0] ?? '');
  const none = { absent: false, complement: false, values: new Set<string>() };
  return bound === undefined ? none : { ...none, complement: true, ...boundsOf(bound) };
}

/** The integer a label value spells, as Go's `ParseInt(value, 10, 64)` reads it, or undefined. */
export function integerOf(value: string): bigint | undefined {
  // A label value has 63 characters at most; longer digits would only cost time.
  if (!/^[+-]?\d{1,63}$/.test(value)) return undefined;
  const integer = BigInt(value.replace('+', ''));
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
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
  return (
    (domain.min === undefined || number >= domain.min) && (domain.max === undefined || number <= domain.max)
  );
}

/** The values in both. */
export function intersectDomains(a: LabelDomain, b: LabelDomain): LabelDomain {
  const absent = a.absent && b.absent;
  const min = joinBounds(a.min, b.min, (x, y) => (x > y ? x : y));
  const max = joinBounds(a.max, b.max, (x, y) => (x < y ? x : y));
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
  a: bigint | undefined,
  b: bigint | undefined,
  join: (x: bigint, y: bigint) => bigint,
): bigint | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : join(a, b);
}

/** No node can be in it, with the label or without. */
export function isEmptyDomain(domain: LabelDomain): boolean {
  if (domain.absent) return false;
  if (!domain.complement) return ![...domain.values].some((value) => admits(domain, value));
  const { min, max } = domain;
  // Excluded values never use up a range: an integer has more than one spelling ("7", "07").
  return min !== undefined && max !== undefined && min > max;
}

/** The values of a finite domain, sorted; undefined when it is not finite. */
export function finiteValues(domain: LabelDomain): string[] | undefined {
  if (domain.complement) return undefined;
  return [...domain.values].filter((value) => admits(domain, value)).sort(compareText);
}
