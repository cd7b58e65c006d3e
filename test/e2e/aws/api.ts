/** Calls to MiniStack as its root user, whose signatures it does not check: for what our own adapters have no use for. */
import { type MiniStack, REGION } from './ministack.ts';

type Fields = Readonly<Record<string, unknown>>;

const headersFor = (scope: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${scope}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** One operation of a JSON service; `target` as in `AmazonSQS.SendMessage`. Throws with the service's words. */
export async function callJson<T extends Fields>(
  { url }: MiniStack,
  scope: 'dynamodb' | 'events' | 'sqs' | 'ssm',
  target: string,
  body: Fields,
): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      ...headersFor(scope),
      'content-type':
        scope === 'sqs' || scope === 'dynamodb' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
      'x-amz-target': target,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${target} was answered with ${answer.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}

const FUNCTIONS = '/2015-03-31/functions';

export async function listFunctions({ url }: MiniStack): Promise<string[]> {
  const answer = await fetch(`${url}${FUNCTIONS}/`, { headers: headersFor('lambda') });
  const { Functions: functions = [] } = (await answer.json()) as {
    Functions?: readonly { readonly FunctionName: string }[];
  };
  return functions.map(({ FunctionName: name }) => name);
}

/** Waits for the function's answer; an error of the function is thrown. */
export async function callFunction(
  { url }: MiniStack,
  name: string,
  qualifier: string,
  payload: unknown,
): Promise<unknown> {
  const path = `${FUNCTIONS}/${name}/invocations?Qualifier=${encodeURIComponent(qualifier)}`;
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: headersFor('lambda'),
    body: JSON.stringify(payload),
  });
  const text = await answer.text();
  if (!answer.ok || answer.headers.has('x-amz-function-error')) throw new Error(`${name}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
