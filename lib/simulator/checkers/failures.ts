import type { Checker } from './checker.ts';

/** Errors that functions threw or told of. One that says it may be retried is part of life, and not among these. */
export function noUnexpectedError(failures: readonly unknown[]): Checker {
  return {
    property: 'functions throw nothing but errors that a retry can mend',
    get violations() {
      return [...new Set(failures.map(String))];
    },
  };
}
