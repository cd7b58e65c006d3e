/** What every SDK client is made with. Absent members are the SDK's own: the environment, the profile, the role. */
export interface ClientOptions {
  readonly region?: string;
  /** Another server than AWS's, such as a local one. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Attempts of one request, the first included: about two seconds of the SDK's back-off before a queue's own begins. */
const MAX_ATTEMPTS = 5;
const CONNECT_TIMEOUT_MS = 1_000;

/** `requestTimeoutMs`: longest wait for the answer to one attempt. */
export const clientConfig = ({ region, endpoint, credentials }: ClientOptions, requestTimeoutMs: number) => ({
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
  },
  ...(region === undefined ? {} : { region }),
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
});
