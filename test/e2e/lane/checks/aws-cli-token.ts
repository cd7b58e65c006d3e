/**
 * The AWS CLI judges our tokens: with the same credentials both make the same request, and the webhook, which has EKS's
 * rules, takes both and none that is spoilt.
 */
import { eksToken } from '../../../../lib/adapters/kube/eks-token.ts';
import { type AwsCredentials, presignedUrl } from '../../../../lib/adapters/kube/sigv4.ts';
import { KubeClient } from '../kube-client.ts';
import { amzDateMs } from '../presigned-token.ts';
import { runCommand } from '../run-command.ts';
import type { Findings } from './check.ts';
import { type CheckedLane, CLUSTER, credentialsOf } from './lane.ts';

const PREFIX = 'k8s-aws-v1.';
const MINUTE_MS = 60_000;

export async function checkAwsCliToken(findings: Findings, lane: CheckedLane, aws: string): Promise<void> {
  const credentials = credentialsOf('poller');
  const theirs = await tokenOfAwsCli(aws, credentials);
  const time = amzDateMs(urlOf(theirs).searchParams.get('X-Amz-Date') ?? '');
  const ours = eksToken(CLUSTER, credentials, time).token;
  compare(findings, urlOf(theirs), urlOf(ours));
  await judge(findings, lane, { theirs, ours });
}

async function tokenOfAwsCli(aws: string, credentials: AwsCredentials): Promise<string> {
  const { region, clusterName } = CLUSTER;
  const printed = await runCommand(
    aws,
    ['eks', 'get-token', '--cluster-name', clusterName, '--region', region, '--output', 'json'],
    {
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      },
    },
  );
  return (JSON.parse(printed) as { readonly status: { readonly token: string } }).status.token;
}

function compare(findings: Findings, theirs: URL, ours: URL): void {
  const place = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;
  findings.equals("the token asks the same STS as the AWS CLI's", place(ours), place(theirs));
  const parameters = ({ searchParams }: URL) => [...searchParams].map(([name]) => name).sort();
  findings.equals('has the same parameters', parameters(ours), parameters(theirs));
  const headers = ({ searchParams }: URL) => searchParams.get('X-Amz-SignedHeaders');
  findings.equals('signs the same headers', headers(ours), headers(theirs));
  const signature = ({ searchParams }: URL) => searchParams.get('X-Amz-Signature');
  findings.equals('has the same signature at the same second', signature(ours), signature(theirs));
}

async function judge(
  findings: Findings,
  lane: CheckedLane,
  { theirs, ours }: { readonly theirs: string; readonly ours: string },
): Promise<void> {
  const credentials = credentialsOf('poller');
  const now = Date.now();
  const { accessKeyId } = credentials;
  const good = { "the AWS CLI's token": theirs, 'our token': ours };
  const broken: Readonly<Record<string, string>> = {
    'a token of 16 minutes ago': eksToken(CLUSTER, credentials, now - 16 * MINUTE_MS).token,
    'a token of the time in 10 minutes': eksToken(CLUSTER, credentials, now + 10 * MINUTE_MS).token,
    'a token for another cluster': eksToken({ ...CLUSTER, clusterName: 'other' }, credentials, now).token,
    'a token without the signed cluster': unsignedCluster(credentials, now),
    'a token with another signature': spoilt(ours, (url) => {
      const signature = url.searchParams.get('X-Amz-Signature') ?? '';
      url.searchParams.set(
        'X-Amz-Signature',
        signature.replace(/./, (first) => (first === '0' ? '1' : '0')),
      );
    }),
    'a token for a host that is not STS': spoilt(ours, (url) => {
      url.host = 'sts.eu-west-1.example.com';
    }),
    'a token with one more parameter': spoilt(ours, (url) => {
      url.searchParams.set('X-Amz-Extra', '1');
    }),
    'a token of an unknown key': eksToken(CLUSTER, { ...credentials, accessKeyId: `${accessKeyId}X` }, now)
      .token,
  };
  for (const [name, token] of Object.entries(good)) {
    findings.equals(`${name} logs in`, await statusWith(lane, token), 200);
  }
  for (const [name, token] of Object.entries(broken)) {
    const status = await statusWith(lane, token);
    const verdict = lane.webhook.reviews.at(-1)?.verdict;
    const reason = verdict?.kind === 'refused' ? verdict.reason : 'not refused by the webhook';
    findings.equals(`${name} is refused: ${reason}`, [status, verdict?.kind], [401, 'refused']);
  }
}

async function statusWith({ plane }: CheckedLane, token: string): Promise<number> {
  const login = { authorization: `Bearer ${token}` };
  const client = new KubeClient({ serverUrl: plane.serverUrl, tls: { ca: plane.caPem } }, login);
  const { status } = await client.request('GET', '/api/v1/namespaces');
  client.close();
  return status;
}

const urlOf = (token: string): URL =>
  new URL(Buffer.from(token.slice(PREFIX.length), 'base64url').toString('utf8'));

const tokenOf = (url: string): string => `${PREFIX}${Buffer.from(url).toString('base64url')}`;

function spoilt(token: string, spoil: (url: URL) => void): string {
  const url = urlOf(token);
  spoil(url);
  return tokenOf(url.href);
}

const unsignedCluster = (credentials: AwsCredentials, nowMs: number): string =>
  tokenOf(
    presignedUrl({
      ...{ host: `sts.${CLUSTER.region}.amazonaws.com`, headers: {}, region: CLUSTER.region },
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      ...{ service: 'sts', expiresSeconds: 60, credentials, nowMs },
    }),
  );
