import { readFileSync } from 'node:fs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../functions/shared/metric-list.ts';
import { EXTRAS, linesOf, usdOf } from '../../infra/costs.ts';
import { costsPage, USAGES } from '../../infra/costs-page.ts';
import { awsError } from '../../lib/adapters/aws/errors.ts';
import { PROJECT } from '../architecture/source-files.ts';
import { synthesized } from './template.ts';

const { app, stack, resources } = synthesized();
const alarms = resources.ofType('AWS::CloudWatch::Alarm');
const descriptionOf = ({ Properties }: (typeof alarms)[number]): string =>
  JSON.stringify(Properties['AlarmDescription']);
const sectionOf = (alarm: (typeof alarms)[number]): string =>
  /docs\/runbook\.md#([a-z-]+)/.exec(descriptionOf(alarm))?.[1] ?? 'none';
const runbook = readFileSync(`${PROJECT}/docs/runbook.md`, 'utf8');
const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title);

describe('alarms', () => {
  it('and sections of the runbook belong together, with nothing over', () => {
    expect([...new Set(alarms.map(sectionOf))].sort()).toEqual([...sections].sort());
  });

  it('each say in the runbook what it means, where to look and what to do', () => {
    const bodies = runbook.split(/^## .+$/m).slice(1);
    const whole = bodies.map((body) =>
      ['**Means**:', '**Look**:', '**Do**:'].every((part) => body.includes(part)),
    );
    expect(whole).toEqual(sections.map(() => true));
  });

  it('ring when nothing is heard of poller and reconciler', () => {
    const silent = alarms.filter(({ id }) => id.includes('Silent'));
    expect(silent.map(({ Properties }) => Properties['TreatMissingData'])).toEqual([
      'breaching',
      'breaching',
    ]);
  });

  it('take silence for quiet everywhere else, where a failure is what is counted', () => {
    const others = alarms.filter(({ id }) => !id.includes('Silent'));
    expect(new Set(others.map(({ Properties }) => Properties['TreatMissingData']))).toEqual(
      new Set(['notBreaching']),
    );
  });

  it('ring when the kill switch was on in each of four hours', () => {
    const { Properties } = resources.one('AWS::CloudWatch::Alarm', 'DovetailAlarmsStoppedForLong');
    expect(Properties).toMatchObject({
      ...{ MetricName: 'KillSwitchOn', Period: 3_600, EvaluationPeriods: 4, DatapointsToAlarm: 4 },
      ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0 },
    });
  });

  it('hear of throttling by EC2 both ways, a call refused and a launch refused inside its answer, by the codes it then has', () => {
    const { Properties } = resources.one('AWS::CloudWatch::Alarm', 'DovetailAlarmsAwsThrottles');
    const heard = [
      ...JSON.stringify(Properties).matchAll(/"code","Value":"(\w+)"\}.*?"MetricName":"(\w+)"/g),
    ];
    const throttled = { name: 'RequestLimitExceeded' };
    const { code } = awsError(throttled, { service: 'EC2', action: 'ec2:CreateFleet', target: 'x' });
    const other = awsError({ name: 'ThrottlingException' }, { service: 'SQS', action: 'x', target: 'x' });
    expect(heard.map(([, ...each]) => each).sort()).toEqual(
      [
        [code, 'MessagesRetried'],
        [other.code, 'MessagesRetried'],
        ['RequestLimitExceeded', 'LaunchesDelayed'],
      ].sort(),
    );
  });

  it('watch every queue, its dead letters, and every function', () => {
    const ids = alarms.map(({ id }) => id.replace(/^DovetailAlarms|[0-9A-F]{8}$/g, '')).sort();
    expect(ids).toEqual(
      [
        ...['ProvisionDeadLetters', 'ProvisionQueueAge', 'LaunchDeadLetters', 'LaunchQueueAge'],
        ...['DrainDeadLetters', 'DrainQueueAge', 'PollerErrors', 'ProvisionerErrors', 'DrainerErrors'],
        ...['ReconcilerErrors', 'PublisherErrors', 'FunctionsThrottled', 'AwsThrottles'],
        ...['LaunchesFail', 'GuardRefuses', 'StoppedForLong', 'DocumentsNotReady'],
        ...['PollerSilent', 'ReconcilerSilent'],
      ].sort(),
    );
  });
});

describe('metrics', () => {
  /** Names of ours in alarms and on the dashboard, however they are written there. */
  const written = JSON.stringify([alarms, resources.ofType('AWS::CloudWatch::Dashboard')]).replaceAll(
    '\\',
    '',
  );

  it('looked at are metrics that the functions write, with their dimensions', () => {
    const searched = [...written.matchAll(/\{Dovetail,service,([\w,]+)\}.*?MetricName="(\w+)"/g)];
    // In quotes: an unquoted name that CloudWatch reserves fails the deploy.
    const selected = [
      ...written.matchAll(
        /SELECT SUM\("(\w+)"\) FROM SCHEMA\("Dovetail", "(\w+)", "service"\) WHERE "service" = '/g,
      ),
    ];
    expect(selected).toHaveLength(written.split('FROM SCHEMA').length - 1);
    const used = [
      ...searched.map(([, dimensions, name]) => [name, dimensions]),
      ...selected.map(([, name, dimensions]) => [name, dimensions]),
    ];
    expect(used.length).toBeGreaterThan(5);
    const wrong = used.filter(
      ([name = '', dimensions]) => METRICS[name]?.dimensions.join(',') !== dimensions,
    );
    expect(wrong).toEqual([]);
    const onBoard = [...written.matchAll(/"Dovetail","(\w+)","service"/g)];
    const inAlarms = [...written.matchAll(/"MetricName":"(\w+)","Namespace":"Dovetail"/g)];
    const plain = [...onBoard, ...inAlarms].map(([, name = '']) => name);
    expect([onBoard.length > 3, inAlarms.length > 2]).toEqual([true, true]);
    expect(plain.filter((name) => !(name in METRICS))).toEqual([]);
  });
});

describe('the dashboard', () => {
  const [board] = resources.ofType('AWS::CloudWatch::Dashboard');
  const widgets = widgetsOf(board?.Properties['DashboardBody']);
  const titled = (title: string): string =>
    JSON.stringify(widgets.find(({ properties }) => properties.title.startsWith(title)) ?? 'no such widget');

  it.each([
    ['Pending pods', 'PendingPods'],
    ['Pods from pending to running, s', 'PodPendingToRunning'],
    ['Nodes by NodePool and capacity type', '{Dovetail,service,nodePool,capacityType}'],
    ['$ per hour', 'UsdPerHour'],
    ['$ per hour of all nodes', 'KarpenterUsdPerHour'],
    ['Adherence', 'PlannedPodsMissed'],
    ['Instances launched', 'InstancesLaunched'],
    ['Launches failed or put off, by reason', '{Dovetail,service,reason}'],
    ['Offerings unavailable', 'UnavailableOfferings'],
    ['Interruptions', 'Interruptions'],
    ['Oldest message, s', 'ApproximateAgeOfOldestMessage'],
    ['Dead letters', 'ApproximateNumberOfMessagesVisible'],
    ['Errors and throttles', 'Errors'],
  ])('shows %s', (title, metric) => {
    expect(titled(title)).toContain(metric);
  });

  it('has no widget over another, none beside the grid, and no gap in a row', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, n) => `${x + (n % width)},${y + Math.floor(n / width)}`),
    );
    const rows = Math.max(...widgets.map(({ y, height }) => y + height));
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length).toBe(24 * rows);
  });
});

describe('costs', () => {
  const watchers = {
    customMetrics: Object.values(METRICS)
      .filter(({ when }) => when === 'always')
      .reduce((sum, { dimensions }) => sum + (dimensions.includes('capacityType') ? 2 : 1), 0),
    alarmMetrics: alarms.reduce((sum, { Properties }) => sum + metricsOf(Properties), 0),
  };

  it('stand in docs/costs.md as the settings make them', async () => {
    await expect(costsPage(watchers)).toMatchFileSnapshot('../../docs/costs.md');
  });

  it.each([
    ['watch', 12],
    ['list', 3],
  ] as const)(
    'of a small idle cluster with %s stay at or below %d dollars, before what can be left out',
    (mode, limit) => {
      const usage = USAGES.find(({ title }) => title === `idle, ${mode}`);
      const lines = usage === undefined ? [] : linesOf(usage, watchers);
      const base = lines
        .filter(({ what }) => !EXTRAS.includes(what))
        .reduce((sum, line) => sum + usdOf(line), 0);
      expect(lines.length).toBeGreaterThan(5);
      expect(base).toBeLessThanOrEqual(limit);
    },
  );

  it('count the custom metrics that are stated where they are listed', () => {
    expect(watchers.customMetrics).toBe(14);
  });
});

/** What an alarm is charged for: each metric it reads; a query counts as the one it finds. */
function metricsOf(properties: Readonly<Record<string, unknown>>): number {
  const metrics = properties['Metrics'] as { MetricStat?: unknown }[] | undefined;
  return metrics === undefined ? 1 : Math.max(1, metrics.filter(({ MetricStat }) => MetricStat).length);
}

describe('cdk-nag', () => {
  it('finds nothing that is not acknowledged with its reason', () => {
    const report = new AwsSolutionsChecks(app).validateScope(stack);
    const findings = report.violations.map(({ ruleName, violatingResources }) => [
      ruleName,
      ...violatingResources.map(({ constructPath }) => constructPath),
    ]);
    expect(findings).toEqual([]);
  });

  it('finds nothing in a stack with every choice made', () => {
    const other = synthesized({
      ...{ network: { vpcId: 'vpc-12345678', subnetIds: ['subnet-12345678'] }, nodeRoles: ['workers'] },
      ...{ reservedConcurrency: true, alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:oncall' },
    });
    const report = new AwsSolutionsChecks(other.app).validateScope(other.stack);
    expect(report.violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });
});

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title: string };
}

/** The body is joined from texts and references, which stand for names. */
function widgetsOf(body: unknown): readonly Widget[] {
  const [, parts] = (body as { readonly 'Fn::Join': readonly [string, readonly unknown[]] })['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'name')).join('');
  return JSON.parse(text).widgets;
}
