/** What wakes the functions: the minute, the hour, the queues, and events of AWS. */
import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { ServiceFunction } from './function.ts';
import { documentsPath } from './functions.ts';
import type { Queues } from './queues.ts';
import { type FunctionName, PUBLISH_MINUTES, QUEUE_NAMES, QUEUES, TICK_MINUTES } from './settings.ts';

export interface WakeProps {
  readonly cluster: string;
  readonly functions: Readonly<Record<FunctionName, ServiceFunction>>;
  readonly queues: Queues;
}

/**
 * EventBridge's own events about instances. They name no claim and no installation, so all of the account's come; states
 * on the way up are left out. Capacity blocks warn 40 minutes before their end, under one name or the other: AWS's own
 * pages differ.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-events-eventbridge.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-blocks-monitor.html,
 * https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
export const INSTANCE_EVENTS: Readonly<Record<string, EventPattern>> = {
  SpotInterruption: { source: ['aws.ec2'], detailType: ['EC2 Spot Instance Interruption Warning'] },
  Rebalance: { source: ['aws.ec2'], detailType: ['EC2 Instance Rebalance Recommendation'] },
  StateChange: {
    source: ['aws.ec2'],
    detailType: ['EC2 Instance State-change Notification'],
    detail: { state: ['shutting-down', 'stopped', 'stopping', 'terminated'] },
  },
  Health: {
    source: ['aws.health'],
    detailType: ['AWS Health Event'],
    detail: { service: ['EC2'], eventTypeCategory: ['issue', 'scheduledChange'] },
  },
  CapacityBlockExpiry: {
    source: ['aws.ec2'],
    detailType: ['Capacity Block Expiration Warning', 'Capacity Block Reservation Expiration Warning'],
  },
};

/** Retries would run into the next tick, which does the same. Lambda's and the scheduler's shortest age is a minute. */
const ONCE = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
/** A changed document is told once, and the next hour is far. */
const AGAIN = { retryAttempts: 2, maxEventAge: Duration.hours(1) };

export class Wake extends Construct {
  constructor(scope: Construct, id: string, { cluster, functions, queues }: WakeProps) {
    super(scope, id);
    this.#tick('PollerTick', functions.poller, TICK_MINUTES, ONCE);
    this.#tick('ReconcilerTick', functions.reconciler, TICK_MINUTES, ONCE);
    this.#tick('PublisherTick', functions.publisher, PUBLISH_MINUTES, AGAIN);
    for (const name of QUEUE_NAMES) {
      const { consumer, batchSize, maxConcurrency } = QUEUES[name];
      functions[consumer].alias.addEventSource(
        new SqsEventSource(queues[name], { batchSize, maxConcurrency, reportBatchItemFailures: true }),
      );
    }
    for (const [name, pattern] of Object.entries(INSTANCE_EVENTS)) {
      this.#rule(name, pattern, new SqsQueue(queues.drain));
    }
    this.#rule(
      'DocumentChange',
      {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: { name: [{ prefix: `${documentsPath(cluster)}/` }] },
      },
      new LambdaFunction(functions.publisher.target, AGAIN),
    );
  }

  /** Lambda queues what the scheduler hands it and has retries of its own, so both are told. */
  #tick(id: string, { alias, target }: ServiceFunction, everyMinutes: number, retries: typeof ONCE): void {
    alias.configureAsyncInvoke(retries);
    new Schedule(this, id, {
      schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
      target: new LambdaInvoke(target, retries),
    });
  }

  #rule(id: string, eventPattern: EventPattern, target: IRuleTarget): void {
    new Rule(this, id, { eventPattern, targets: [target] });
  }
}
