/** Our own metrics as CloudWatch finds them. Which there are stands in `functions/shared/metric-list.ts`. */
import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, type METRICS } from '../functions/shared/metric-list.ts';

export type MetricName = keyof typeof METRICS & string;

export interface MetricOptions {
  readonly installation: string;
  readonly statistic: 'Sum' | 'Maximum' | 'SampleCount' | 'p50' | 'p99';
  readonly period: Duration;
  readonly label?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

export const metric = (name: MetricName, options: MetricOptions): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { service: options.installation, ...options.dimensions },
    statistic: options.statistic,
    period: options.period,
    ...(options.label === undefined ? {} : { label: options.label }),
  });

/**
 * The sum over every value of the metric's dimension; what an alarm can look at. At most 3 hours back. Every name is in
 * double quotes, because many plain words are reserved, `STATE` among them:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-reserved-keywords.html
 */
export const summedOver = (
  dimension: string,
  name: MetricName,
  options: Omit<MetricOptions, 'statistic'>,
): MathExpression =>
  new MathExpression({
    expression: `SELECT SUM("${name}") FROM SCHEMA("${METRIC_NAMESPACE}", "${dimension}", "service") WHERE "service" = '${options.installation}'`,
    usingMetrics: {},
    period: options.period,
    label: options.label ?? name,
  });

/**
 * One line per set of values of the metric's dimensions, named by them; for dashboards. Labels:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
 */
export const each = (
  name: MetricName,
  dimensions: readonly string[],
  { installation, statistic, period }: MetricOptions,
  prefix = '',
): MathExpression => {
  const schema = ['service', ...dimensions].join(',');
  const search = `{${METRIC_NAMESPACE},${schema}} service="${installation}" MetricName="${name}"`;
  return new MathExpression({
    expression: `SEARCH('${search}', '${statistic}', ${period.toSeconds()})`,
    usingMetrics: {},
    period,
    label: prefix + dimensions.map((dimension) => `\${PROP('Dim.${dimension}')}`).join(' '),
  });
};

export const ONE_MINUTE = Duration.minutes(1);
export const FIVE_MINUTES = Duration.minutes(5);
