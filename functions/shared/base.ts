// What every function has: time, randomness, logs, events and metrics.
import { Logger } from '@aws-lambda-powertools/logger';
import { LogEvents } from '../../lib/adapters/aws/events.ts';
import { EmfMetrics } from '../../lib/adapters/aws/metrics.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import { METRIC_NAMESPACE, METRICS } from './metric-list.ts';

interface BaseEnv {
  readonly INSTALLATION: string;
  readonly LOG_LEVEL: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
}

export type Base = ReturnType<typeof baseOf>;

export function baseOf(name: string, { INSTALLATION: installation, LOG_LEVEL: logLevel }: BaseEnv) {
  const logger = new Logger({ serviceName: name, logLevel, persistentKeys: { installation } });
  return {
    logger,
    installation,
    clock: systemClock,
    random: systemRandom,
    events: new LogEvents(logger),
    metrics: new EmfMetrics({ namespace: METRIC_NAMESPACE, installation, definitions: METRICS }),
  };
}
