/** `never`: give up and say so · `same-request`: send again · `other-offering`: ask for something else. */
export type Retry = 'never' | 'same-request' | 'other-offering';

/** An error a person or a queue can act on: what, the wrong value, what to change. */
export class DovetailError extends Error {
  readonly code: string;
  readonly retry: Retry;

  constructor(code: string, message: string, retry: Retry, options?: { cause?: unknown }) {
    super(message, options);
    this.name = code;
    this.code = code;
    this.retry = retry;
  }
}

/** A conditional write that lost, with what it found. */
export class ConflictError<T> extends DovetailError {
  readonly found: T | undefined;

  constructor(what: string, found: T | undefined) {
    super('Conflict', `${what} was changed by another writer`, 'same-request');
    this.found = found;
  }
}
