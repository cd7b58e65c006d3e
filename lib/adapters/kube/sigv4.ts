/**
 * AWS Signature Version 4 for a GET without a body, in the query ("presigned"). Written here because it is the only
 * signing outside the SDK's clients: bundling a signer for it would be larger than the rest of this adapter.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from 'node:crypto';
import { compareText } from '../../model/stable-json.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent for credentials that do not end. */
  readonly expiresAtMs?: number;
}

export interface PresignInput {
  readonly host: string;
  /** Signed beside `host`: whoever sends the request must send them with these values. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly region: string;
  readonly service: string;
  readonly expiresSeconds: number;
  readonly credentials: AwsCredentials;
  readonly nowMs: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

export function presignedUrl(input: PresignInput): string {
  const { host, credentials, region, service } = input;
  const time = new Date(input.nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const headers = sortedEntries({ host, ...input.headers });
  const signedHeaders = headers.map(([name]) => name).join(';');
  const query = sortedEntries({
    ...input.query,
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(input.expiresSeconds),
    ...(credentials.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': credentials.sessionToken }),
    'X-Amz-SignedHeaders': signedHeaders,
  })
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
  const lines = headers.map(([name, value]) => `${name}:${value.trim()}\n`).join('');
  const request = ['GET', '/', query, lines, signedHeaders, sha256('')].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = hmac(key, [ALGORITHM, time, scope, sha256(request)].join('\n'));
  return `https://${host}/?${query}&X-Amz-Signature=${signature.toString('hex')}`;
}

const sortedEntries = (map: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(map).sort(([a], [b]) => compareText(a, b));

/** Everything but unreserved characters, of which `encodeURIComponent` leaves five more as they are. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
