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

/** CloudWatch's grid is 24 wide. */
const SIXTH = 4;
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
    dashboard.addWidgets(...this.#nodes());
    dashboard.addWidgets(...this.#launches());
    dashboard.addWidgets(...this.#machinery());
    dashboard.addWidgets(...this.#trouble());
    this.dashboardName = dashboard.dashboardName;
  }

  /** What is told every minute whatever happens: CloudWatch shows the last value, however old. */
  #now(): IWidget[] {
    const values: readonly (readonly [string, IMetric])[] = [
      ['Pending pods', this.#gauge('PendingPods')],
      ['Of these no node is coming for', this.#gauge('UncoveredPods')],
      ['$ per hour', this.#gauge('UsdPerHour')],
      ['Offerings unavailable', this.#gauge('UnavailableOfferings')],
      ['Snapshot age, s', this.#gauge('SnapshotAge')],
      ['Dead letters', this.#allDeadLetters()],
    ];
    return values.map(
      ([title, value]) => new SingleValueWidget({ title, metrics: [value], width: SIXTH, height: 3 }),
    );
  }

  #allDeadLetters(): IMetric {
    const { deadLetters } = this.#props.queues;
    return new MathExpression({
      expression: QUEUE_NAMES.join(' + '),
      usingMetrics: Object.fromEntries(
        QUEUE_NAMES.map((name) => [
          name,
          deadLetters[name].metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
        ]),
      ),
      label: 'messages',
      period: FIVE_MINUTES,
    });
  }

  #pods(): IWidget[] {
    return [
      graph('Pending pods, and those no node is on its way for', [
        this.#gauge('PendingPods'),
        this.#gauge('UncoveredPods'),
      ]),
      graph(
        'Pods from pending to running, s',
        (['p50', 'p99'] as const).map((statistic) =>
          metric('PodPendingToRunning', { ...this.#of(statistic, FIVE_MINUTES), label: statistic }),
        ),
      ),
      graph('Adherence, % of planned pods on their node', [this.#adherence()]),
    ];
  }

  #nodes(): IWidget[] {
    return [
      graph(
        'Nodes by NodePool and capacity type',
        [each('Nodes', ['nodePool', 'capacityType'], this.#of('Maximum', ONE_MINUTE))],
        { stacked: true },
      ),
      graph('$ per hour of all nodes; of new plans, and by Karpenter', [
        this.#gauge('UsdPerHour'),
        ...(['PlannedUsdPerHour', 'KarpenterUsdPerHour'] as const).map((name) =>
          metric(name, { ...this.#of('Sum', FIVE_MINUTES), label: name }),
        ),
      ]),
      graph('Interruptions', [each('Interruptions', ['detailType'], this.#of('Sum', FIVE_MINUTES))]),
    ];
  }

  #launches(): IWidget[] {
    const perFive = this.#of('Sum', FIVE_MINUTES);
    return [
      graph('Instances launched', [each('InstancesLaunched', ['capacityType'], perFive)]),
      graph('Launches failed or put off, by reason', [
        each('LaunchesFailed', ['reason'], perFive, 'failed: '),
        each('LaunchesDelayed', ['code'], perFive, 'later: '),
      ]),
      graph('Offerings unavailable', [
        this.#gauge('UnavailableOfferings'),
        each('OfferingsUnavailable', ['reason'], perFive, 'new: '),
      ]),
    ];
  }

  #trouble(): IWidget[] {
    const perFive = this.#of('Sum', FIVE_MINUTES);
    return [
      graph('Held back', [
        this.#gauge('KillSwitchOn'),
        each('GuardRefused', ['code'], perFive, 'guard: '),
        each('WorkStopped', ['work'], perFive, 'stopped: '),
        each('DrainStepsRefused', ['code'], perFive, 'drain: '),
        metric('PlansCutShort', { ...perFive, label: 'plans cut short' }),
      ]),
      graph('Messages and rules that failed', [
        each('MessagesRetried', ['code'], perFive, 'again: '),
        each('MessagesRefused', ['code'], perFive, 'for good: '),
        metric('MessagesUnreadable', { ...perFive, label: 'unreadable' }),
        each('RuleFailed', ['code'], perFive, 'rule '),
        each('FunctionFailed', ['code'], perFive, 'function '),
      ]),
      graph('Documents not ready, events not read', [
        each('DocumentsNotReady', ['state'], perFive, 'document: '),
        each('EventsNotRead', ['detailType'], perFive, 'event: '),
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
      expression: '100 * FILL(bound, 0) / (FILL(bound, 0) + FILL(missed, 0))',
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

/** Units stand in the titles: CloudWatch would write the first metric's. */
const graph = (title: string, left: IMetric[], { stacked = false } = {}): GraphWidget =>
  new GraphWidget({
    ...{ title, left, stacked, width: THIRD, height: HEIGHT },
    leftYAxis: { min: 0, showUnits: false },
  });
