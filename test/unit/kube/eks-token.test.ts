import { describe, expect, it } from 'vitest';
import { eksToken, eksTokenSupplier } from '../../../lib/adapters/kube/eks-token.ts';
import { ManualClock } from '../../support/memory-clock.ts';

const cluster = { region: 'eu-west-1', clusterName: 'shop' };
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE//token+with/specials==',
};
const NOON_MS = Date.UTC(2026, 0, 31, 12);
const MINUTE_MS = 60_000;

const urlOf = (token: string): URL =>
  new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString('utf8'));

describe('the EKS token', () => {
  it('carries the signature that botocore 1.44.5 makes of the same request', () => {
    // From its RequestSigner.generate_presigned_url with the clock at this noon, as `aws eks get-token` calls it.
    const golden = 'f274cefa2450e7acf517f594dde184c2092df57fea4263f9d7fe34cb00322460';
    const { token } = eksToken(cluster, credentials, NOON_MS);
    expect(urlOf(token).searchParams.get('X-Amz-Signature')).toBe(golden);
  });

  it('is a presigned GetCallerIdentity of the region, good for this cluster only', () => {
    const { token } = eksToken(cluster, credentials, NOON_MS);
    expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
    const url = urlOf(token);
    expect(`${url.protocol}//${url.host}${url.pathname}`).toBe('https://sts.eu-west-1.amazonaws.com/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260131/eu-west-1/sts/aws4_request',
      'X-Amz-Date': '20260131T120000Z',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': credentials.sessionToken,
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const other = eksToken({ ...cluster, clusterName: 'other' }, credentials, NOON_MS);
    const signature = ({ searchParams }: URL) => searchParams.get('X-Amz-Signature');
    expect(signature(urlOf(other.token))).not.toBe(signature(url));
  });

  it('never holds the secret key, and has no session token where there is none', () => {
    const { sessionToken: _, ...plain } = credentials;
    const url = urlOf(eksToken(cluster, plain, NOON_MS).token);
    expect(url.searchParams.has('X-Amz-Security-Token')).toBe(false);
    expect(url.href).not.toContain(encodeURIComponent(credentials.secretAccessKey));
  });

  it("asks China's own STS there", () => {
    const { token } = eksToken({ ...cluster, region: 'cn-north-1' }, credentials, NOON_MS);
    expect(urlOf(token).host).toBe('sts.cn-north-1.amazonaws.com.cn');
  });

  it('lives 14 minutes, and never longer than the credentials', () => {
    const expiresAtMs = NOON_MS + 5 * MINUTE_MS;
    expect(eksToken(cluster, credentials, NOON_MS).expiresAtMs).toBe(NOON_MS + 14 * MINUTE_MS);
    expect(eksToken(cluster, { ...credentials, expiresAtMs }, NOON_MS).expiresAtMs).toBe(expiresAtMs);
  });

  it('says that it is longer than the API server reads', () => {
    const sessionToken = 'x'.repeat(4_000);
    expect(() => eksToken(cluster, { ...credentials, sessionToken }, NOON_MS)).toThrow(
      expect.objectContaining({ code: 'TokenTooLong', retry: 'never' }),
    );
  });
});

describe('the supplier of EKS tokens', () => {
  function aSupplier() {
    const clock = new ManualClock();
    let asked = 0;
    const supplier = eksTokenSupplier(cluster, {
      clock,
      credentials: async () => {
        asked += 1;
        return credentials;
      },
    });
    return { clock, supplier, asked: () => asked };
  }

  it('gives the same token until a minute before its end', async () => {
    const { clock, supplier, asked } = aSupplier();
    const first = await supplier();
    await clock.advance(12 * MINUTE_MS);
    expect(await supplier()).toBe(first);
    await clock.advance(2 * MINUTE_MS);
    expect(await supplier()).not.toBe(first);
    expect(asked()).toBe(2);
  });

  it('makes another in place of one that was refused', async () => {
    const { clock, supplier } = aSupplier();
    const first = await supplier();
    await clock.advance(1_000);
    const second = await supplier(first);
    expect(second).not.toBe(first);
    expect(await supplier(first)).toBe(second);
  });
});
