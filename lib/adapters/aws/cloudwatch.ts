/** What CloudWatch knows of a stack: alarms that ring, and what was counted in a stretch of time. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { compareText } from '../../model/stable-json.ts';
import type { CountedMetric, RingingAlarm } from '../../ports/diagnosis.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { allPages } from './ec2/pages.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 10_000;

export const cloudWatchClient = (options: ClientOptions): CloudWatchClient =>
  new CloudWatchClient(clientConfig(options, REQUEST_TIMEOUT_MS));

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const NAMES_PER_CALL = 100;

/** Those of the named alarms whose state is `ALARM`, by name. */
export async function ringingAlarms(
  client: CloudWatchClient,
  names: readonly string[],
): Promise<RingingAlarm[]> {
  const found: RingingAlarm[] = [];
  for (const AlarmNames of inParts(names, NAMES_PER_CALL)) {
    const alarms = await allPages('alarms', async (NextToken) => {
      const command = new DescribeAlarmsCommand({ AlarmNames, StateValue: 'ALARM', NextToken });
      const answer = await call('DescribeAlarms', 'the alarms of the stack', () => client.send(command));
      return { items: answer.MetricAlarms, nextToken: answer.NextToken };
    });
    for (const { AlarmName = '', AlarmDescription = '', StateUpdatedTimestamp } of alarms) {
      const sinceMs = StateUpdatedTimestamp?.getTime();
      found.push({
        name: AlarmName,
        description: AlarmDescription,
        ...(sinceMs === undefined ? {} : { sinceMs }),
      });
    }
  }
  return found.sort((a, b) => compareText(a.name, b.name));
}

export interface CountQuestion {
  readonly namespace: string;
  readonly name: string;
  /** Value of the dimension `service`. */
  readonly service: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Hours begin with the clock's, so that a stretch of a day is not cut at midnight. */
const PERIOD_SECONDS = 3_600;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const QUERIES_PER_CALL = 500;

/** Sums of one metric, per set of values of its other dimensions, sorted; those of nothing are left out. */
export async function countsOf(client: CloudWatchClient, question: CountQuestion): Promise<CountedMetric[]> {
  const metrics = await metricsOf(client, question);
  const counted: CountedMetric[] = [];
  for (const part of inParts(metrics, QUERIES_PER_CALL)) {
    const sums = await sumsOf(client, part, question);
    for (const [index, metric] of part.entries()) {
      const count = sums.get(idOf(index)) ?? 0;
      if (count > 0) counted.push({ of: othersOf(metric), count });
    }
  }
  return counted.sort((a, b) => compareText(a.of, b.of));
}

const metricsOf = (
  client: CloudWatchClient,
  { namespace, name, service }: CountQuestion,
): Promise<Metric[]> =>
  allPages(`metrics ${name}`, async (NextToken) => {
    const command = new ListMetricsCommand({
      Namespace: namespace,
      MetricName: name,
      Dimensions: [{ Name: 'service', Value: service }],
      NextToken,
    });
    const answer = await call('ListMetrics', `metric ${name}`, () => client.send(command));
    return { items: answer.Metrics, nextToken: answer.NextToken };
  });

/** By the id of the query. */
async function sumsOf(
  client: CloudWatchClient,
  metrics: readonly Metric[],
  { name, fromMs, toMs }: CountQuestion,
): Promise<ReadonlyMap<string, number>> {
  const queries = metrics.map(
    (Metric, index): MetricDataQuery => ({
      Id: idOf(index),
      MetricStat: { Metric, Stat: 'Sum', Period: PERIOD_SECONDS },
    }),
  );
  const results = await allPages(`data of metric ${name}`, async (NextToken) => {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      NextToken,
    });
    const answer = await call('GetMetricData', `metric ${name}`, () => client.send(command));
    return { items: answer.MetricDataResults, nextToken: answer.NextToken };
  });
  const sums = new Map<string, number>();
  for (const { Id = '', Values = [] } of results) {
    sums.set(
      Id,
      Values.reduce((sum, value) => sum + value, sums.get(Id) ?? 0),
    );
  }
  return sums;
}

/** CloudWatch wants a small letter first. */
const idOf = (index: number): string => `m${index}`;

const othersOf = ({ Dimensions = [] }: Metric): string =>
  Dimensions.filter(({ Name }) => Name !== 'service')
    .map(({ Value = '' }) => Value)
    .sort(compareText)
    .join(' ');

function inParts<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

const call = <T>(action: string, target: string, work: () => Promise<T>): Promise<T> =>
  awsCall({ service: 'CloudWatch', action: `cloudwatch:${action}`, target }, work);
