import { assertNever } from '../model/assert-never.ts';
import { DovetailError } from '../model/errors.ts';
import { type Check, failed, skipped, warning } from './check.ts';

/** A fact, why it could not be had, or why it was not asked for. */
export type Reading<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'unasked'; readonly why: string };

export const known = <T>(value: T): Reading<T> => ({ kind: 'known', value });
export const unasked = (why: string): Reading<never> => ({ kind: 'unasked', why });

/** What `work` gives; a `DovetailError` becomes a reading, because it says what to change. */
export async function read<T>(work: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await work());
  } catch (error) {
    if (!(error instanceof DovetailError)) throw error;
    return { kind: 'error', code: error.code, message: error.message };
  }
}

/** What follows from a fact, if it is known; the line that says why it is not, otherwise. */
export function checked<T>(
  name: string,
  reading: Reading<T>,
  check: (value: T) => readonly Check[],
): readonly Check[] {
  switch (reading.kind) {
    case 'known':
      return check(reading.value);
    case 'error':
      return [failed(name, reading.code, reading.message)];
    case 'unasked':
      return [skipped(name, reading.why)];
    default:
      return assertNever(reading);
  }
}

/** The same of what Dovetail itself does not depend on: not to know it is no failure. */
export const checkedAside = <T>(
  name: string,
  reading: Reading<T>,
  check: (value: T) => readonly Check[],
): readonly Check[] =>
  reading.kind === 'error' ? [warning(name, reading.code, reading.message)] : checked(name, reading, check);
