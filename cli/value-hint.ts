// What a requirement could ask for instead of values that no instance type has.
import { compareText } from '../lib/model/stable-json.ts';
import { didYouMean } from '../lib/model/suggest.ts';

/** More values than this are not listed: only one that is spelt alike is named. */
const MAX_LISTED = 8;

/** Begins with `;`, or is empty where nothing helps. `present` are the values that the types left so far have. */
export function valueHint(present: readonly string[], wanted: readonly string[]): string {
  if (present.length === 0) return '; none of them has that label';
  const numbers = present.map(Number);
  if (numbers.every(Number.isInteger))
    return `; they have ${Math.min(...numbers)} to ${Math.max(...numbers)}`;
  if (present.length <= MAX_LISTED) return `; they have ${[...present].sort(compareText).join(', ')}`;
  return wanted.map((value) => didYouMean(value, present)).find((hint) => hint !== '') ?? '';
}
