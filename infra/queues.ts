/** The three queues, each with its dead letters. Their numbers stand in `settings.ts`. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { DeduplicationScope, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  MAX_RECEIVES,
  MESSAGE_RETENTION_DAYS,
  QUEUES,
  type QueueName,
  visibilitySeconds,
} from './settings.ts';

export class Queues extends Construct {
  readonly provision: Queue;
  readonly launch: Queue;
  readonly drain: Queue;
  readonly deadLetters: Readonly<Record<QueueName, Queue>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = {
      provision: this.#queue('provision', 'ProvisionDeadLetters', {}),
      launch: this.#queue('launch', 'LaunchDeadLetters', {}),
      drain: this.#queue('drain', 'DrainDeadLetters', {}),
    };
    this.provision = this.#main('provision', 'Provision');
    this.launch = this.#main('launch', 'Launch');
    this.drain = this.#main('drain', 'Drain');
  }

  #main(name: QueueName, id: string): Queue {
    return this.#queue(name, id, {
      visibilityTimeout: Duration.seconds(visibilitySeconds(name)),
      deadLetterQueue: { queue: this.deadLetters[name], maxReceiveCount: MAX_RECEIVES },
    });
  }

  #queue(name: QueueName, id: string, more: QueueProps): Queue {
    return new Queue(this, id, {
      // Deduplication ids are the requests' own, so equal bodies are not taken for one message.
      ...(QUEUES[name].fifo
        ? { fifo: true, contentBasedDeduplication: false, deduplicationScope: DeduplicationScope.QUEUE }
        : {}),
      retentionPeriod: Duration.days(MESSAGE_RETENTION_DAYS),
      // SQS's own key: EventBridge may send without a grant, and no message holds a secret.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      ...more,
    });
  }
}
