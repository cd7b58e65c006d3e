// A NodePool's requirements: what it would be without one of them, and with one more value in it.
import { admits, domainOf } from '../../constraints/label-domain.ts';
import { isWellKnown, stableKey } from '../../constraints/label-keys.ts';
import { groupBy } from '../../model/group-by.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { Requirement } from '../../model/requirement.ts';
import { compareText } from '../../model/stable-json.ts';
import { type OfferingRow, offeringTable, rowLabel } from '../compile/offerings.ts';
import type { ProvisioningInput } from '../types.ts';
import { shortText } from './pod-constraints.ts';
import { shortKey } from './relaxation.ts';
import type { Worth } from './worth.ts';

/** Values of one requirement that are looked at further: those with the best ratio of worth to price. */
const MAX_VALUES = 3;

export interface RelaxedRequirements {
  readonly kind: 'requirement' | 'value';
  readonly detail: string;
  readonly requirements: readonly Requirement[];
}

/** Relaxations that add an offering. A custom label is what pods select by, not what keeps offerings out. */
export function requirementRelaxations(
  input: ProvisioningInput,
  pool: NodePool,
  worth: Worth,
): RelaxedRequirements[] {
  const all = pool.template.requirements;
  return all.flatMap((requirement, at) => {
    if (!isWellKnown(requirement.key)) return [];
    const others = all.filter((_, other) => other !== at);
    const added = rowsOf(input, pool, others).filter(
      (row) => !admits(domainOf(requirement), labelOf(row, requirement)),
    );
    if (added.length === 0) return [];
    const values = isList(requirement) ? byValue(added, requirement) : new Map<string, OfferingRow[]>();
    return [...givenUp(requirement, [...values.keys()]), ...oneMore(requirement, values, worth)].map(
      ({ left, ...relaxed }) => ({ ...relaxed, requirements: all.toSpliced(at, 1, ...left) }),
    );
  });
}

type Relaxed = Omit<RelaxedRequirements, 'requirements'> & { readonly left: readonly Requirement[] };

const isList = ({ operator }: Requirement): boolean => operator === 'In' || operator === 'NotIn';

const labelOf = (row: OfferingRow, { key }: Requirement): string | undefined => rowLabel(row, stableKey(key));

/** What the pool could buy if these were its requirements. */
function rowsOf(
  { instanceTypes, unavailable }: ProvisioningInput,
  pool: NodePool,
  requirements: readonly Requirement[],
): readonly OfferingRow[] {
  const changed = { ...pool, template: { ...pool.template, requirements } };
  return offeringTable({ nodePools: [changed], instanceTypes, unavailable }, new Map()).rows;
}

function byValue(rows: readonly OfferingRow[], requirement: Requirement): Map<string, OfferingRow[]> {
  return groupBy(rows, (row) => labelOf(row, requirement));
}

/**
 * The requirement as a whole. An `In` becomes one with all values that add something and stays an `In`, because a pool
 * takes burstable types only where it names them. A `minValues` needs a requirement to stand on, and is none where that
 * cannot be had.
 */
function givenUp(requirement: Requirement, values: readonly string[]): Relaxed[] {
  const { operator, minValues, key } = requirement;
  const relaxed = (left: readonly Requirement[]): Relaxed[] => [
    { kind: 'requirement', detail: shortText(requirement), left },
  ];
  if (operator === 'In') {
    const all = [...requirement.values, ...[...values].sort(compareText)];
    return values.length < 2 ? [] : relaxed([{ ...requirement, values: all }]);
  }
  if (operator === 'NotIn' && requirement.values.length === 1) return [];
  if (minValues === undefined) return relaxed([]);
  const admitsAbsent = operator === 'NotIn' || operator === 'DoesNotExist' || operator === 'Exists';
  return admitsAbsent ? [] : relaxed([{ key, operator: 'Exists', values: [], minValues }]);
}

/** Single values, the most promising ones. */
function oneMore(
  requirement: Requirement,
  values: ReadonlyMap<string, readonly OfferingRow[]>,
  worth: Worth,
): Relaxed[] {
  const best = [...values]
    .map(([value, rows]) => ({ value, ratio: Math.max(...rows.map(worth.perPrice)) }))
    .sort((a, b) => b.ratio - a.ratio || compareText(a.value, b.value))
    .slice(0, MAX_VALUES);
  return best.flatMap(({ value }) => {
    const left = withValue(requirement, value);
    return left === undefined
      ? []
      : [{ kind: 'value' as const, detail: `${shortKey(stableKey(requirement.key))} ${value}`, left }];
  });
}

/** A list of values that are excluded may end empty, which says nothing and cannot carry `minValues`. */
function withValue(requirement: Requirement, value: string): readonly Requirement[] | undefined {
  if (requirement.operator === 'In') return [{ ...requirement, values: [...requirement.values, value] }];
  const values = requirement.values.filter((one) => one !== value);
  if (values.length > 0) return [{ ...requirement, values }];
  return requirement.minValues === undefined ? [] : undefined;
}
