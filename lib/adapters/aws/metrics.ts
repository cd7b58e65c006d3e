import { Metrics as Powertools } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../../ports/metrics.ts';

export interface MetricDefinitionLike {
  readonly unit: 'Count' | 'Seconds' | 'None';
  readonly dimensions: readonly string[];
}

export interface EmfMetricsOptions {
  readonly namespace: string;
  readonly installation: string;
  /** What is published, by name. Anything else is dropped: a metric nobody stated is one nobody pays for. */
  readonly definitions: Readonly<Record<string, MetricDefinitionLike>>;
}

/**
 * CloudWatch metrics as lines of the log (embedded metric format). Each value is written at once, so that a function that
 * watches for minutes, or dies, loses none.
 */
export class EmfMetrics implements Metrics {
  readonly #powertools: Powertools;
  readonly #definitions: EmfMetricsOptions['definitions'];

  constructor({ namespace, installation, definitions }: EmfMetricsOptions) {
    // Powertools has a dimension `service` on everything; ours tells installations apart.
    this.#powertools = new Powertools({ namespace, serviceName: installation });
    this.#definitions = definitions;
  }

  count(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void {
    this.#write(name, value, dimensions);
  }

  observe(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void {
    this.#write(name, value, dimensions);
  }

  #write(name: string, value: number, dimensions: Readonly<Record<string, string>> = {}): void {
    const definition = Object.hasOwn(this.#definitions, name) ? this.#definitions[name] : undefined;
    if (definition === undefined) return;
    const metric = this.#powertools.singleMetric();
    for (const dimension of definition.dimensions) {
      metric.addDimension(dimension, dimensions[dimension] || 'none');
    }
    metric.addMetric(name, definition.unit, value);
  }
}
