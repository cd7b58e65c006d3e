import { SendMessageCommand, type SendMessageCommandInput, type SQSClient } from '@aws-sdk/client-sqs';
import type { DrainRequest } from '../../messages/drain-request.ts';
import type { Launch } from '../../messages/launch.ts';
import type { ProvisionRequest } from '../../messages/provision-request.ts';
import { DovetailError } from '../../model/errors.ts';
import type { DrainQueue, LaunchQueue, ProvisionQueue } from '../../ports/queues.ts';
import { awsCall } from './errors.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
const MAX_DELAY_MS = 15 * 60_000;

/** One group: one plan at a time. */
const GROUP = 'provision';

interface QueueOptions {
  readonly client: SQSClient;
  readonly url: string;
}

export class SqsProvisionQueue implements ProvisionQueue {
  readonly #options: QueueOptions;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  send(request: ProvisionRequest): Promise<void> {
    return send(this.#options, request, {
      MessageGroupId: GROUP,
      MessageDeduplicationId: request.requestId,
    });
  }
}

class SqsStandardSender<Message> {
  readonly #options: QueueOptions;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Delays are whole seconds, rounded up. Throws `InvalidParameterValue` for one that SQS does not take. */
  async send(message: Message, delayMs = 0): Promise<void> {
    if (delayMs < 0 || delayMs > MAX_DELAY_MS) {
      const wrong = `message delay of ${delayMs} ms: want 0 to ${MAX_DELAY_MS} ms`;
      throw new DovetailError('InvalidParameterValue', wrong, 'never');
    }
    await send(this.#options, message, { DelaySeconds: Math.ceil(delayMs / 1_000) });
  }
}

export class SqsLaunchQueue extends SqsStandardSender<Launch> implements LaunchQueue {}

export class SqsDrainQueue extends SqsStandardSender<DrainRequest> implements DrainQueue {}

async function send(
  { client, url }: QueueOptions,
  message: unknown,
  extra: Partial<SendMessageCommandInput>,
): Promise<void> {
  const command = new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(message), ...extra });
  const call = { service: 'SQS', action: 'sqs:SendMessage', target: `queue ${url}` } as const;
  await awsCall(call, () => client.send(command));
}
