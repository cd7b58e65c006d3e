/** What an API server's refusal, or its silence, means to us: the one place where Kubernetes' answers are classified. */
import { DovetailError, type Retry } from '../../model/errors.ts';

/** The API server's own description of what went wrong (`meta/v1 Status`). */
export interface KubeStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string }[];
    readonly retryAfterSeconds?: number;
  };
}

/** What was asked, in RBAC's words. */
export interface Access {
  readonly verb: string;
  /** With its API group and subresource: `pods`, `pods/eviction`, `daemonsets.apps`. */
  readonly resource: string;
}

/** Where a request stands in the API: `/api/v1/namespaces/NS/pods/NAME/eviction`, `/apis/GROUP/VERSION/…`. */
const PATH =
  /^\/(?:api|apis\/([^/]+))\/[^/]+\/(?:namespaces\/[^/]+\/(?=[^/]))?([^/?]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/;

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete' };

export function accessOf(method: string, path: string): Access {
  const [, group, plural = path, name, part] = PATH.exec(path) ?? [];
  const read = /[?&]watch=1\b/.test(path) ? 'watch' : name === undefined ? 'list' : 'get';
  const resource = part === undefined ? plural : `${plural}/${part}`;
  return { verb: VERBS[method] ?? read, resource: group === undefined ? resource : `${resource}.${group}` };
}

/** The error of a status that the caller has no use for. */
export function refusal(
  { status, body }: { readonly status: number; readonly body: KubeStatus },
  { verb, resource }: Access,
  host: string,
): DovetailError {
  const said = body.message ?? `HTTP ${status}`;
  const at = `${verb} ${resource} at ${host}`;
  const error = (code: string, message: string, retry: Retry) => new DovetailError(code, message, retry);
  switch (status) {
    case 401:
      return error(
        'Unauthorized',
        `cannot ${at}: the API server does not accept our token: check that the cluster has an access entry for this role`,
        'never',
      );
    case 403:
      return error(
        'Forbidden',
        `cannot ${at}: grant the verb "${verb}" on "${resource}" to our group (the server says: ${said})`,
        'never',
      );
    case 404:
      return error('NotFound', `cannot ${at}: ${said}`, 'never');
    case 409:
      return error('Conflict', `cannot ${at}: ${said}`, 'same-request');
    case 410:
      return error('Expired', `cannot ${at}: ${said}: list again`, 'same-request');
    case 429:
      return error('TooManyRequests', `cannot ${at}: ${said}: the API server is busy`, 'same-request');
    default:
      return status >= 500
        ? error('ServerError', `cannot ${at}: ${said}`, 'same-request')
        : error('Invalid', `cannot ${at}: the API server refuses the request: ${said}`, 'never');
  }
}

/** Reasons for which Node does not trust a server's certificate. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/;

/** The error of a request that got no answer. Node's errors name addresses and never what was sent. */
export function noAnswer(cause: unknown, { verb, resource }: Access, host: string): DovetailError {
  if (cause instanceof DovetailError) return cause;
  const { code, name } = cause as { readonly code?: string; readonly name?: string };
  // Only our own time limit ends a request whose caller still waits for it.
  const why = code === 'ABORT_ERR' ? 'timeout' : (code ?? name ?? 'unknown');
  if (CERTIFICATE.test(why)) {
    const message = `cannot ${verb} ${resource} at ${host}: its certificate is not of the cluster's authority (${why}): check the endpoint and its CA`;
    return new DovetailError('UntrustedCertificate', message, 'never', { cause });
  }
  const message = `cannot ${verb} ${resource} at ${host}: no answer (${why}): check that the endpoint can be reached from here (public access, allowed addresses, subnets)`;
  return new DovetailError('EndpointUnreachable', message, 'same-request', { cause });
}
