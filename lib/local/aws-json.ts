import { type IncomingMessage, request } from 'node:http';
import { textOf } from './request-body.ts';

/** One request in AWS's JSON protocol, for the servers here, which want a signature and do not check it. */
export async function awsJson(
  url: string,
  target: string,
  body: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const [service = ''] = target.toLowerCase().split('_');
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': target,
    'x-amz-date': '20250101T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`,
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method: 'POST', headers }, resolve).on('error', reject).end(JSON.stringify(body));
  });
  const text = await textOf(response);
  if (response.statusCode !== 200) {
    throw new Error(`${target} at ${url}: HTTP ${response.statusCode}: ${text}`);
  }
  return text === '' ? {} : JSON.parse(text);
}
