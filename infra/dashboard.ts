/** The page people keep open: what waits, what runs, what it costs, what goes wrong; from top to bottom. */
import { Aws } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ServiceFunction } from './function.ts';
import { each, FIVE_MINUTES, type MetricName, type MetricOptions, metric, ONE_MINUTE } from './metrics.ts';
import type { Queues } from './queues.ts';
import { FUNCTION_NAMES, type FunctionName, QUEUE_NAMES } from './settings.ts';

export interface BoardProps {
  readonly installation: string;
  readonly functions: Readonly<Record<FunctionName, ServiceFunction>>;
  readonly queues: Queues;
}

const THIRD = 8;
const HEIGHT = 6;

export class Board extends Construct {
  readonly dashboardName: string;
  readonly #props: BoardProps;

  constructor(scope: Construct, id: string, props: BoardProps) {
    super(scope, id);
    this.#props = props;
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `dovetail-${props.installation}-${Aws.REGION}`,
    });
    dashboard.addWidgets(...this.#now());
    dashboard.addWidgets(...this.#pods());
    dashboard.addWidgets(...this.#launches());
    dashboard.addWidgets(...this.#machinery());
    this.dashboardName = dashboard.dashboardName;
  }

  #now(): IWidget[] {
    const values: readonly (readonly [string, IMetric])[] = [
      ['Pending pods', this.#gauge('PendingPods')],
      ['$ per hour', this.#gauge('UsdPerHour')],
      ['Offerings unavailable', this.#gauge('UnavailableOfferings')],
      ['Snapshot age, s', this.#gauge('SnapshotAge')],
    ];
    return values.map(
      ([title, value]) => new SingleValueWidget({ title, metrics: [value], width: 6, height: 3 }),
    );
  }

  #pods(): IWidget[] {
    return [
      graph('Pending pods', [this.#gauge('PendingPods'), this.#gauge('UncoveredPods')]),
      graph('Nodes by NodePool and capacity type', [
        each('Nodes', ['nodePool', 'capacityType'], this.#of('Maximum', ONE_MINUTE)),
      ]),
      graph('Adherence, % of planned pods on their node', [this.#adherence()]),
    ];
  }

  #launches(): IWidget[] {
    const perFive = this.#of('Sum', FIVE_MINUTES);
    return [
      graph('Launches', [
        each('InstancesLaunched', ['capacityType'], perFive),
        each('LaunchesFailed', ['nodePool'], perFive),
      ]),
      graph('Refusals of EC2', [
        each('OfferingsUnavailable', ['reason'], perFive),
        this.#gauge('UnavailableOfferings'),
      ]),
      graph('What was cut short', [
        each('GuardRefused', ['code'], perFive),
        each('DrainStepsRefused', ['code'], perFive),
        each('EventsNotRead', ['detailType'], perFive),
        each('WorkStopped', ['work'], perFive),
        each('DocumentsNotReady', ['state'], perFive),
      ]),
    ];
  }

  #machinery(): IWidget[] {
    const { queues, functions } = this.#props;
    const period = FIVE_MINUTES;
    return [
      graph(
        'Oldest message, s',
        QUEUE_NAMES.map((name) =>
          queues[name].metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period, label: name }),
        ),
      ),
      graph(
        'Dead letters',
        QUEUE_NAMES.map((name) =>
          queues.deadLetters[name].metricApproximateNumberOfMessagesVisible({
            ...{ statistic: 'Maximum', period, label: name },
          }),
        ),
      ),
      graph(
        'Errors and throttles',
        FUNCTION_NAMES.flatMap((name) => [
          functions[name].alias.metricErrors({ statistic: 'Sum', period, label: `${name} errors` }),
          functions[name].alias.metricThrottles({ statistic: 'Sum', period, label: `${name} throttles` }),
        ]),
      ),
    ];
  }

  #adherence(): IMetric {
    const options = this.#of('Sum', FIVE_MINUTES);
    return new MathExpression({
      expression: '100 * bound / (bound + FILL(missed, 0))',
      usingMetrics: {
        bound: metric('PlannedPodsBound', options),
        missed: metric('PlannedPodsMissed', options),
      },
      label: 'adherence',
      period: FIVE_MINUTES,
    });
  }

  #gauge(name: MetricName): IMetric {
    return metric(name, { ...this.#of('Maximum', ONE_MINUTE), label: name });
  }

  #of(statistic: MetricOptions['statistic'], period: MetricOptions['period']): MetricOptions {
    return { installation: this.#props.installation, statistic, period };
  }
}

const graph = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, width: THIRD, height: HEIGHT, leftYAxis: { min: 0 } });
