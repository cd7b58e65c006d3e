/** Small readings that every kind shares: amounts, times, enumerations, selectors. */

import type { NodeSelectorTerm } from '../../../model/affinity.ts';
import { amountOf } from '../../../model/quantity.ts';
import { OPERATORS, type Requirement } from '../../../model/requirement.ts';
import type { ResourceList } from '../../../model/resources.ts';
import type { LabelSelector } from '../../../model/selector.ts';
import type { WireAmounts, WireExpression, WireMap, WireNodeTerm, WireSelector } from './wire.ts';

/** Shared, because most objects have none: fifty thousand pods would hold a million empty ones. */
export const NONE: readonly never[] = [];
export const NO_ENTRIES: Readonly<Record<string, never>> = {};

export const mapOf = (written: WireMap): Readonly<Record<string, string>> => written ?? NO_ENTRIES;

/** Milliseconds since the Unix epoch; 0 for a time that is absent or unreadable. */
export function timeMsOf(written: string | null | undefined): number {
  const timeMs = Date.parse(written ?? '');
  return Number.isNaN(timeMs) ? 0 : timeMs;
}

/** `written` where it is one of `known`, else `otherwise`: what is the safe reading of a value nobody knew of. */
export const oneOf = <T extends string>(
  written: string | null | undefined,
  known: readonly T[],
  otherwise: T,
): T => known.find((value) => value === written) ?? otherwise;

/** Clusters write the same few amounts over and over; exact parsing costs a microsecond each. */
const MAX_KNOWN_AMOUNTS = 20_000;
const knownAmounts = new Map<string, number>();

/** No node holds so much: a request that cannot be read must not look like a small one. */
const UNREADABLE = Number.MAX_SAFE_INTEGER;

/** What objects ask for. An amount that is too large to be read fits nowhere. */
export const requestsOf = (written: WireAmounts): ResourceList => amountsOf(written, UNREADABLE);

/** What nodes have. An amount that is too large to be read counts for nothing. */
export const capacityOf = (written: WireAmounts): ResourceList => amountsOf(written, 0);

function amountsOf(written: WireAmounts, unreadable: number): ResourceList {
  if (written === null || written === undefined) return NO_ENTRIES;
  const amounts: Record<string, number> = {};
  for (const name of Object.keys(written)) {
    const amount = knownAmount(name, String(written[name]));
    amounts[name] = amount === UNREADABLE ? unreadable : amount;
  }
  return amounts;
}

function knownAmount(name: string, text: string): number {
  const key = `${name} ${text}`;
  const known = knownAmounts.get(key);
  if (known !== undefined) return known;
  const result = amountOf(name, text);
  const amount = result.ok ? result.amount : UNREADABLE;
  if (knownAmounts.size >= MAX_KNOWN_AMOUNTS) knownAmounts.clear();
  knownAmounts.set(key, amount);
  return amount;
}

/** An operator that nobody knew of matches nothing: dropping it would open what it closes. */
export function requirementOf({ key, operator, values }: WireExpression): Requirement {
  const known = OPERATORS.find((one) => one === operator);
  return known === undefined
    ? { key, operator: 'In', values: NONE }
    : { key, operator: known, values: values ?? NONE };
}

export const nodeTermOf = ({ matchExpressions, matchFields }: WireNodeTerm): NodeSelectorTerm => ({
  matchExpressions: matchExpressions?.map(requirementOf) ?? NONE,
  matchFields: matchFields?.map(requirementOf) ?? NONE,
});

const SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

export const selectorOf = ({ matchLabels, matchExpressions }: WireSelector): LabelSelector => ({
  matchLabels: mapOf(matchLabels),
  matchExpressions:
    matchExpressions?.map(({ key, operator, values }) => {
      const known = SELECTOR_OPERATORS.find((one) => one === operator);
      return known === undefined
        ? { key, operator: 'In' as const, values: NONE }
        : { key, operator: known, values: values ?? NONE };
    }) ?? NONE,
});
