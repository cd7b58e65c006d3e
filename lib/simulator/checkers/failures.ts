import type { FunctionHost } from '../functions/function-host.ts';
import type { Checker } from './checker.ts';

/** An error that says it may be retried is part of life; any other is a defect of the control code. */
export function noUnexpectedError(host: FunctionHost): Checker {
  return {
    property: 'functions throw nothing but errors that a retry can mend',
    get violations() {
      return [...new Set(host.failures.map(String))];
    },
  };
}
