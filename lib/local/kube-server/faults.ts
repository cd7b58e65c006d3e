import { ApiError, type Cause } from './status.ts';

/** An answer that the next requests of a sort get instead of their own. */
export interface Fault {
  readonly method: string;
  /** Of the path without its query. */
  readonly path: RegExp;
  readonly times: number;
  readonly status: number;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly causes?: readonly Cause[];
}

export class Faults {
  readonly #orders: { readonly fault: Fault; left: number }[] = [];

  order(fault: Fault): void {
    this.#orders.push({ fault, left: fault.times });
  }

  /** Throws the oldest fault ordered for such a request that is not used up. */
  strike(method: string, pathname: string): void {
    const order = this.#orders.find(
      ({ fault, left }) => left > 0 && fault.method === method && fault.path.test(pathname),
    );
    if (order === undefined) return;
    order.left -= 1;
    const { status, message = 'ordered by a test', causes, retryAfterSeconds } = order.fault;
    throw new ApiError(status, message, {
      ...(causes === undefined ? {} : { causes }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
}
