// Operators over labels. Sources: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators and
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
import type { Requirement } from '../../../lib/model/requirement.ts';
import type { LabelSelector } from '../../../lib/model/selector.ts';

export type Labels = Readonly<Record<string, string>>;

/** What Go's `strconv.ParseInt(text, 10, 64)` makes of it. */
export function parseInt64(text: string): bigint | undefined {
  let digits = text;
  let negative = false;
  if (text.startsWith('+') || text.startsWith('-')) {
    negative = text.startsWith('-');
    digits = text.slice(1);
  }
  if (digits === '') return undefined;
  let value = 0n;
  for (const character of digits) {
    if (character < '0' || character > '9') return undefined;
    value = value * 10n + BigInt(character.charCodeAt(0) - 48);
  }
  if (negative) value = -value;
  return value < -(2n ** 63n) || value > 2n ** 63n - 1n ? undefined : value;
}

/** Letters and digits at both ends, those and `-_.` between, 63 at most; or nothing at all. */
function isLabelValue(text: string): boolean {
  if (text === '') return true;
  return text.length <= 63 && /^[A-Za-z0-9]/.test(text) && /[A-Za-z0-9]$/.test(text) && !/[^-\w.]/.test(text);
}

/** An expression that cannot be read makes its whole term match nothing. */
export function isReadable({ operator, values }: Requirement): boolean {
  if (!values.every(isLabelValue)) return false;
  if (operator === 'In' || operator === 'NotIn') return values.length > 0;
  if (operator === 'Exists' || operator === 'DoesNotExist') return values.length === 0;
  return values.length === 1 && parseInt64(values[0] ?? '') !== undefined;
}

/** One readable expression against one label, `undefined` where the object does not have it. */
export function holds(
  { operator, values }: Pick<Requirement, 'operator' | 'values'>,
  label?: string,
): boolean {
  if (operator === 'Exists') return label !== undefined;
  if (operator === 'DoesNotExist') return label === undefined;
  if (operator === 'NotIn') return label === undefined || !values.includes(label);
  if (label === undefined) return false;
  if (operator === 'In') return values.includes(label);
  const number = parseInt64(label);
  const bound = parseInt64(values[0] ?? '');
  if (number === undefined || bound === undefined) return false;
  if (operator === 'Gt') return number > bound;
  if (operator === 'Lt') return number < bound;
  if (operator === 'Gte') return number >= bound;
  return number <= bound;
}

/** No selector picks nothing; one without any demand picks everything. */
export function picks(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  for (const [key, value] of Object.entries(selector.matchLabels)) {
    if (labels[key] !== value) return false;
  }
  for (const expression of selector.matchExpressions) {
    if (!holds(expression, labels[expression.key])) return false;
  }
  return true;
}

export const demandsNothing = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0;
