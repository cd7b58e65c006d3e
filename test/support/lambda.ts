// What Lambda gives a handler.
import type { Context, EventBridgeEvent, SQSEvent, SQSRecord } from 'aws-lambda';
import { ManualClock } from './memory-clock.ts';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:dovetail-test';

export const QUEUE_ARNS = {
  provision: `${ARN}-provision.fifo`,
  launch: `${ARN}-launch`,
  drain: `${ARN}-drain`,
} as const;

/** Bodies that are no text are written as JSON; message ids count from `m-1`. */
export const anSqsEvent = (queue: keyof typeof QUEUE_ARNS, ...bodies: readonly unknown[]): SQSEvent => ({
  Records: bodies.map(
    (body, index): SQSRecord => ({
      messageId: `m-${index + 1}`,
      receiptHandle: `receipt-${index + 1}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1760000000000',
        SenderId: 'AIDAEXAMPLE',
        ApproximateFirstReceiveTimestamp: '1760000000100',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: QUEUE_ARNS[queue],
      awsRegion: 'us-east-1',
    }),
  ),
});

/** As EventBridge puts it into a queue. */
export const anEventBridgeEvent = <Detail>(
  source: string,
  detailType: string,
  detail: Detail,
): EventBridgeEvent<string, Detail> => ({
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': detailType,
  source,
  account: '123456789012',
  time: '2026-11-11T21:29:54Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0'],
  detail,
});

export const aContext = (overrides: Partial<Context> = {}): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'dovetail-test',
  functionVersion: '7',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:dovetail-test:live',
  memoryLimitInMB: '256',
  awsRequestId: 'request-1',
  logGroupName: 'log',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 900_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
  ...overrides,
});

/** What every wiring has, keeping what was counted, logged and shown again. */
export function aFunctionBase() {
  const counts: string[] = [];
  const logs: string[] = [];
  const redelivered: { readonly messageId: string; readonly delaySeconds: number }[] = [];
  const keep = (message: string): void => void logs.push(message);
  // A logger of Powertools has many more members than handlers use.
  const logger = { addContext: () => {}, error: keep, info: keep } as never;
  const metrics = {
    count: (name: string, value: number, dimensions: Readonly<Record<string, string>> = {}) =>
      void counts.push([name, value, ...Object.values(dimensions)].join(' ')),
    observe: () => {},
  };
  const redeliverIn = async ({ messageId }: { messageId: string }, delaySeconds: number): Promise<void> => {
    redelivered.push({ messageId, delaySeconds });
  };
  return {
    counts,
    logs,
    redelivered,
    clock: new ManualClock(),
    base: { logger, metrics: metrics as never, redeliverIn },
  };
}
