/**
 * What EKS's API server and STS make of a bearer token: the server checks the form of the presigned request in it, and
 * STS, which it sends the request to, checks its signature. Written from their rules and not from the code that signs.
 * Source: the server's side in kubernetes-sigs/aws-iam-authenticator (`pkg/token`), and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** An access entry of the cluster, with the secret by which STS would know the caller. */
export interface TokenEntry {
  readonly principalArn: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly username: string;
  readonly groups: readonly string[];
}

export interface TokenRules {
  /** The value that the signed header `x-k8s-aws-id` must have had. */
  readonly clusterName: string;
  readonly entryOf: (accessKeyId: string) => TokenEntry | undefined;
  readonly nowMs: number;
}

export type Verdict =
  | { readonly kind: 'accepted'; readonly accessKeyId: string; readonly entry: TokenEntry }
  | { readonly kind: 'refused'; readonly reason: string };

const PREFIX = 'k8s-aws-v1.';
const MAX_TOKEN_BYTES = 4_096;
const MAX_EXPIRES_SECONDS = 900;
const LIFE_MS = 15 * 60_000;
/** STS takes requests from clocks that are so much ahead. */
const AHEAD_MS = 5 * 60_000;
const STS_HOST = /^sts(-fips)?(\.[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com(\.cn)?$/;
const KNOWN_PARAMETERS = new Set([
  ...['action', 'version', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires'],
  ...['x-amz-security-token', 'x-amz-signature', 'x-amz-signedheaders'],
]);

/** Ends the reading of a token. */
class Refusal extends Error {}

export function judgeToken(token: string, rules: TokenRules): Verdict {
  try {
    const url = urlIn(token);
    const parameters = parametersOf(url);
    const signedAtMs = dateOf(parameters, rules.nowMs);
    return { kind: 'accepted', ...signerOf(url, parameters, rules, signedAtMs) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function urlIn(token: string): URL {
  demand(token.length <= MAX_TOKEN_BYTES, 'token is too large');
  demand(token.startsWith(PREFIX), `token has no prefix ${PREFIX}`);
  const text = Buffer.from(token.slice(PREFIX.length), 'base64url').toString('utf8');
  demand(URL.canParse(text), 'token holds no URL');
  const url = new URL(text);
  demand(url.protocol === 'https:', `scheme ${url.protocol} is not https:`);
  demand(STS_HOST.test(url.host), `host ${url.host} is not one of STS`);
  demand(url.pathname === '/', `path ${url.pathname} is not /`);
  return url;
}

/** By their names in lower case. */
function parametersOf(url: URL): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const known = name.toLowerCase();
    demand(KNOWN_PARAMETERS.has(known), `parameter ${name} is not allowed`);
    demand(!found.has(known), `parameter ${name} is there twice`);
    found.set(known, value);
  }
  demand(found.get('action') === 'GetCallerIdentity', `action is ${found.get('action')}`);
  const signed = (found.get('x-amz-signedheaders') ?? '').toLowerCase().split(';');
  demand(signed.includes('x-k8s-aws-id'), 'header x-k8s-aws-id is not signed');
  demand(signed.includes('host'), 'header host is not signed');
  const expires = found.get('x-amz-expires') ?? '';
  demand(/^\d+$/.test(expires) && Number(expires) <= MAX_EXPIRES_SECONDS, `expires is ${expires}`);
  return found;
}

function dateOf(parameters: ReadonlyMap<string, string>, nowMs: number): string {
  const date = parameters.get('x-amz-date') ?? '';
  const dateMs = amzDateMs(date);
  demand(Number.isFinite(dateMs), `date is ${date}`);
  demand(nowMs <= dateMs + LIFE_MS, `token of ${date} has expired`);
  demand(dateMs <= nowMs + AHEAD_MS, `token of ${date} is not valid yet`);
  return date;
}

/** Of `20260131T120000Z`; NaN of anything else. */
export const amzDateMs = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

function signerOf(
  url: URL,
  parameters: ReadonlyMap<string, string>,
  { clusterName, entryOf }: TokenRules,
  date: string,
): { readonly accessKeyId: string; readonly entry: TokenEntry } {
  const credential = parameters.get('x-amz-credential') ?? '';
  const [accessKeyId = '', day = '', region = '', ...rest] = credential.split('/');
  demand(rest.join('/') === 'sts/aws4_request', `credential ${credential} is not for STS`);
  demand(date.startsWith(day) && day.length === 8, `credential ${credential} is of another day than ${date}`);
  const entry = entryOf(accessKeyId);
  if (entry === undefined) throw new Refusal(`access key ${accessKeyId} is unknown`);
  demand(parameters.get('x-amz-security-token') === entry.sessionToken, 'session token is another');
  const wanted = signatureOf({ url, parameters, clusterName, scope: [day, region, ...rest], date }, entry);
  const given = Buffer.from(parameters.get('x-amz-signature') ?? '');
  demand(given.length === wanted.length && timingSafeEqual(given, wanted), 'signature does not match');
  return { accessKeyId, entry };
}

/** As hexadecimal text. The server sends the signed headers itself, so they have its values. */
function signatureOf(
  signed: {
    readonly url: URL;
    readonly parameters: ReadonlyMap<string, string>;
    readonly clusterName: string;
    readonly scope: readonly string[];
    readonly date: string;
  },
  { secretAccessKey }: TokenEntry,
): Buffer {
  const { url, parameters, clusterName, scope, date } = signed;
  const headers: Readonly<Record<string, string>> = { host: url.host, 'x-k8s-aws-id': clusterName };
  const names = parameters.get('x-amz-signedheaders') ?? '';
  // The query stands in the URL as it was signed, and only its order is anybody's.
  const query = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !/^x-amz-signature=/i.test(pair))
    .sort()
    .join('&');
  const lines = names.split(';').map((name) => `${name}:${headers[name] ?? ''}\n`);
  const request = ['GET', '/', query, lines.join(''), names, sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n');
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope) key = hmac(key, part);
  return Buffer.from(hmac(key, text).toString('hex'));
}

function demand(holds: boolean, reason: string): void {
  if (!holds) throw new Refusal(reason);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
