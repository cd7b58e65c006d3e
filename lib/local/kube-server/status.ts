/** Refusals in the API's own form, `meta/v1 Status`. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

export interface Cause {
  readonly reason: string;
  readonly message: string;
}

/** Ends a request with that status. */
export class ApiError extends Error {
  readonly status: number;
  readonly causes: readonly Cause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    message: string,
    more: { readonly causes?: readonly Cause[]; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.causes = more.causes ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  /** What is sent. */
  body(): Readonly<Record<string, unknown>> {
    const { status: code, message, causes, retryAfterSeconds } = this;
    const details = {
      ...(causes.length === 0 ? {} : { causes }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
    return {
      ...{ apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure' },
      ...{ code, reason: REASONS[code] ?? 'Unknown', message, details },
    };
  }
}
