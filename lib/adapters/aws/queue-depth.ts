import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsCall } from './errors.ts';

/** About how many messages wait in the queue. */
export async function queueDepth(client: SQSClient, url: string): Promise<number> {
  const call = { service: 'SQS', action: 'sqs:GetQueueAttributes', target: `queue ${url}` } as const;
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  const { Attributes } = await awsCall(call, () => client.send(command));
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}
