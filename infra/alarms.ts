/** What somebody is told about. Every alarm names its section of docs/runbook.md, which a test looks for. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ServiceFunction } from './function.ts';
import { FIVE_MINUTES, metric, ONE_MINUTE, summedOver } from './metrics.ts';
import type { Queues } from './queues.ts';
import { FUNCTION_NAMES, type FunctionName, QUEUE_NAMES, QUEUES } from './settings.ts';

export interface AlarmsProps {
  readonly installation: string;
  readonly functions: Readonly<Record<FunctionName, ServiceFunction>>;
  readonly queues: Queues;
  readonly topicArn?: string;
}

interface AlarmSpec {
  /** Heading of its section in the runbook, as a link names it. */
  readonly section: string;
  readonly what: string;
  readonly metric: IMetric;
  /** It rings above this. */
  readonly threshold: number;
  /** Of `outOf` periods in a row. Default 1 of 1. */
  readonly periods?: number;
  readonly outOf?: number;
  /** `breaching`: that nothing comes is the trouble. */
  readonly missing?: TreatMissingData;
}

/** A snapshot is written every minute; two may be missed while pollers change. */
const SNAPSHOT_AGE_SECONDS = 180;
/** Launches fail for a while whenever a market is dry; an hour of it is not a while. */
const FAILURES_PER_QUARTER = 5;
const THROTTLES_PER_FIVE_MINUTES = 20;
/** Long enough to work on a cluster; a switch that was forgotten is found the same day. */
const STOPPED_HOURS = 4;

export class Alarms extends Construct {
  readonly #props: AlarmsProps;
  readonly #topic: ITopic | undefined;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { topicArn } = props;
    this.#topic = topicArn === undefined ? undefined : Topic.fromTopicArn(this, 'Topic', topicArn);
    this.#heartbeats();
    for (const name of QUEUE_NAMES) this.#queue(name);
    for (const name of FUNCTION_NAMES) this.#errors(name);
    this.#throttling();
    this.#refusals();
  }

  #heartbeats(): void {
    const { installation } = this.#props;
    const period = ONE_MINUTE;
    this.#alarm('PollerSilent', {
      section: 'poller-silent',
      what: 'no fresh snapshot of the cluster: pods get no nodes',
      metric: metric('SnapshotAge', { installation, statistic: 'Maximum', period }),
      threshold: SNAPSHOT_AGE_SECONDS,
      ...{ periods: 3, outOf: 5, missing: TreatMissingData.BREACHING },
    });
    // Counted the other way round, because an alarm rings above its threshold.
    const beats = metric('UsdPerHour', { installation, statistic: 'SampleCount', period });
    this.#alarm('ReconcilerSilent', {
      section: 'reconciler-silent',
      what: 'the reconciler says nothing: what was forgotten is not found, nodes do not leave',
      metric: new MathExpression({
        expression: 'IF(FILL(beats, 0) > 0, 0, 1)',
        usingMetrics: { beats },
        period,
      }),
      threshold: 0,
      ...{ periods: 5, outOf: 5, missing: TreatMissingData.BREACHING },
    });
  }

  #queue(name: (typeof QUEUE_NAMES)[number]): void {
    const { queues } = this.#props;
    const id = name.replace(/^./, (first) => first.toUpperCase());
    this.#alarm(`${id}DeadLetters`, {
      section: 'dead-letters',
      what: `messages of the ${name} queue failed for good`,
      metric: queues.deadLetters[name].metricApproximateNumberOfMessagesVisible({
        ...{ statistic: 'Maximum', period: FIVE_MINUTES },
      }),
      threshold: 0,
    });
    this.#alarm(`${id}QueueAge`, {
      section: 'queue-age',
      what: `messages of the ${name} queue wait too long`,
      metric: queues[name].metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: ONE_MINUTE }),
      threshold: QUEUES[name].maxAgeSeconds,
      ...{ periods: 3, outOf: 3 },
    });
  }

  #errors(name: FunctionName): void {
    this.#alarm(`${name.replace(/^./, (first) => first.toUpperCase())}Errors`, {
      section: 'function-errors',
      what: `the ${name} fails`,
      metric: this.#props.functions[name].alias.metricErrors({ statistic: 'Sum', period: FIVE_MINUTES }),
      threshold: 0,
      ...{ periods: 3, outOf: 3 },
    });
  }

  #throttling(): void {
    const { functions, installation } = this.#props;
    const perFive = { installation, statistic: 'Sum', period: FIVE_MINUTES } as const;
    const usingMetrics = Object.fromEntries(
      FUNCTION_NAMES.map((name) => [
        name,
        functions[name].alias.metricThrottles({ statistic: 'Sum', period: FIVE_MINUTES }),
      ]),
    );
    this.#alarm('FunctionsThrottled', {
      section: 'functions-throttled',
      what: 'Lambda has no concurrency left for us',
      metric: new MathExpression({
        expression: FUNCTION_NAMES.join(' + '),
        usingMetrics,
        period: FIVE_MINUTES,
      }),
      threshold: 0,
      ...{ periods: 2, outOf: 3 },
    });
    this.#alarm('AwsThrottles', {
      section: 'aws-throttles',
      what: 'AWS refuses calls because there are too many',
      metric: new MathExpression({
        expression: 'FILL(calls, 0) + FILL(ec2, 0) + FILL(launches, 0)',
        usingMetrics: {
          calls: metric('MessagesRetried', { ...perFive, dimensions: { code: 'Throttled' } }),
          // EC2's codes keep their names.
          ec2: metric('MessagesRetried', { ...perFive, dimensions: { code: 'RequestLimitExceeded' } }),
          // CreateFleet may answer, and refuse inside the answer.
          launches: metric('LaunchesDelayed', { ...perFive, dimensions: { code: 'RequestLimitExceeded' } }),
        },
        period: FIVE_MINUTES,
      }),
      threshold: THROTTLES_PER_FIVE_MINUTES,
      ...{ periods: 3, outOf: 3 },
    });
  }

  #refusals(): void {
    const { installation } = this.#props;
    const period = Duration.minutes(15);
    this.#alarm('LaunchesFail', {
      section: 'launches-fail',
      what: 'nodes that were planned could not be bought',
      metric: summedOver('reason', 'LaunchesFailed', { installation, period }),
      threshold: FAILURES_PER_QUARTER,
      ...{ periods: 4, outOf: 4 },
    });
    this.#alarm('GuardRefuses', {
      section: 'guard-refuses',
      what: 'more launches or terminations were asked for than an hour may have',
      metric: summedOver('code', 'GuardRefused', { installation, period }),
      threshold: 0,
    });
    this.#alarm('StoppedForLong', {
      section: 'stopped-for-long',
      what: 'somebody stopped Dovetail and has not let it go on',
      metric: metric('KillSwitchOn', { installation, statistic: 'Maximum', period: Duration.hours(1) }),
      threshold: 0,
      ...{ periods: STOPPED_HOURS, outOf: STOPPED_HOURS },
    });
    this.#alarm('DocumentsNotReady', {
      section: 'documents-not-ready',
      what: 'a NodePool or an EC2NodeClass is not as it must be; the last good version goes on',
      metric: summedOver('state', 'DocumentsNotReady', { installation, period }),
      threshold: 0,
    });
  }

  #alarm(id: string, spec: AlarmSpec): void {
    const outOf = spec.outOf ?? 1;
    const alarm = new Alarm(this, id, {
      alarmDescription: `Dovetail ${this.#props.installation}: ${spec.what}. What to do: docs/runbook.md#${spec.section}`,
      metric: spec.metric,
      threshold: spec.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: outOf,
      datapointsToAlarm: spec.periods ?? outOf,
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic !== undefined) {
      alarm.addAlarmAction(new SnsAction(this.#topic));
      alarm.addOkAction(new SnsAction(this.#topic));
    }
  }
}
