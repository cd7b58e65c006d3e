import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsCall } from './errors.ts';

/** Shows a message again after `delaySeconds`, rather than after its queue's visibility, which is a function's timeout. */
export async function redeliverIn(
  client: SQSClient,
  queueUrl: string,
  receiptHandle: string,
  delaySeconds: number,
): Promise<void> {
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: queueUrl,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: delaySeconds,
  });
  const call = {
    service: 'SQS',
    action: 'sqs:ChangeMessageVisibility',
    target: `queue ${queueUrl}`,
  } as const;
  await awsCall(call, () => client.send(command));
}
