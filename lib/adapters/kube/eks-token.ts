/**
 * Bearer tokens of EKS: a presigned `sts:GetCallerIdentity` request, made here without a call. The API server sends it to
 * STS, which tells it who we are.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html and the AWS CLI's `eks get-token`.
 */
import { DovetailError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TokenSupplier } from './kube-http.ts';
import { type AwsCredentials, presignedUrl } from './sigv4.ts';

/** The API server accepts a token for 15 minutes from its date; the last is left for clocks that differ. */
const LIFE_MS = 14 * 60_000;
/** A token is made anew this long before its end, so that none ends on its way. */
const RENEW_BEFORE_MS = 60_000;
/** The server refuses longer ones unread. */
const MAX_TOKEN_BYTES = 4_096;
const URL_LIFE_SECONDS = 60;

export interface EksCluster {
  readonly region: string;
  /** The cluster's name (its id where it is on Outposts), which is signed: a token is good for one cluster. */
  readonly clusterName: string;
}

export interface EksToken {
  readonly token: string;
  /** Never later than the credentials end. */
  readonly expiresAtMs: number;
}

export function eksToken(
  { region, clusterName }: EksCluster,
  credentials: AwsCredentials,
  nowMs: number,
): EksToken {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = presignedUrl({
    host: `sts.${region}.${domain}`,
    headers: { 'x-k8s-aws-id': clusterName },
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    service: 'sts',
    expiresSeconds: URL_LIFE_SECONDS,
    ...{ region, credentials, nowMs },
  });
  const token = `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
  if (token.length > MAX_TOKEN_BYTES) {
    throw new DovetailError(
      'TokenTooLong',
      `the EKS token of cluster "${clusterName}" has ${token.length} bytes, more than the ${MAX_TOKEN_BYTES} the API server reads: use a role with a shorter session token (fewer session tags)`,
      'never',
    );
  }
  return {
    token,
    expiresAtMs: Math.min(nowMs + LIFE_MS, credentials.expiresAtMs ?? Number.POSITIVE_INFINITY),
  };
}

/** Tokens for one cluster, each used until shortly before its end. One that the server refused is not given again. */
export function eksTokenSupplier(
  cluster: EksCluster,
  { clock, credentials }: { readonly clock: Clock; readonly credentials: () => Promise<AwsCredentials> },
): TokenSupplier {
  let current: EksToken | undefined;
  return async (refused) => {
    const known = current;
    const fresh = known !== undefined && clock.nowMs() < known.expiresAtMs - RENEW_BEFORE_MS;
    if (fresh && known.token !== refused) return known.token;
    const next = eksToken(cluster, await credentials(), clock.nowMs());
    current = next;
    return next.token;
  };
}
