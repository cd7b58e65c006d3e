/**
 * EKS's login for our API server: a TokenReview webhook on the loopback that reads presigned tokens by EKS's rules and
 * maps the IAM principal through the cluster's access entries, which the caller keeps.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { selfSigned } from '../../support/self-signed.ts';
import { judgeToken, type TokenEntry, type TokenRules, type Verdict } from './presigned-token.ts';

export interface TokenReviewed {
  readonly atMs: number;
  readonly verdict: Verdict;
}

export interface TokenWebhook {
  readonly url: string;
  readonly caPem: string;
  /** In the order in which the API server asked. It asks once in two minutes for the same token. */
  readonly reviews: readonly TokenReviewed[];
  stop(): Promise<void>;
}

interface TokenReview {
  readonly apiVersion: string;
  readonly spec: { readonly token: string };
}

export async function startTokenWebhook(rules: Omit<TokenRules, 'nowMs'>): Promise<TokenWebhook> {
  const { cert, key } = selfSigned('token-webhook');
  const reviews: TokenReviewed[] = [];
  const review = ({ apiVersion, spec }: TokenReview) => {
    const atMs = Date.now();
    const verdict = judgeToken(spec.token, { ...rules, nowMs: atMs });
    reviews.push({ atMs, verdict });
    return { apiVersion, kind: 'TokenReview', status: statusOf(verdict) };
  };
  const server = createServer({ cert, key }, (request, response) => {
    text(request).then(
      (body) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(review(JSON.parse(body))));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    caPem: cert,
    reviews,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const statusOf = (verdict: Verdict) =>
  verdict.kind === 'refused'
    ? { authenticated: false, error: verdict.reason }
    : { authenticated: true, user: userOf(verdict) };

/** As EKS names the caller: its audit log finds the principal in the user's extra values. */
const userOf = ({ accessKeyId, entry }: { readonly accessKeyId: string; readonly entry: TokenEntry }) => ({
  username: entry.username,
  uid: `aws-iam-authenticator:${entry.principalArn}`,
  groups: entry.groups,
  extra: { arn: [entry.principalArn], accessKeyId: [accessKeyId] },
});
