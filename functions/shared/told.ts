import type { Context } from 'aws-lambda';
import type { Metrics } from '../../lib/ports/metrics.ts';
import { baseOf } from './base.ts';
import type { Environment } from './clients.ts';

export interface Teller {
  readonly metrics: Metrics;
  readonly logger: { error(message: string, extra: Readonly<Record<string, unknown>>): void };
}

/** What tells of failures has to work where the environment itself is what is wrong. */
const tellerOf = (name: string, env: Environment): Teller =>
  baseOf(name, { INSTALLATION: env['INSTALLATION'] ?? 'unknown', LOG_LEVEL: 'ERROR' });

/**
 * A handler whose failures are counted by their code and told. They stay failures: what woke the function decides whether
 * it is called again (a queue as often as it redelivers, an event three times, a schedule by its next tick).
 */
export const told =
  <Event, Answer>(
    name: string,
    env: Environment,
    handler: (event: Event, context: Context) => Promise<Answer>,
    teller: (name: string, env: Environment) => Teller = tellerOf,
  ) =>
  async (event: Event, context: Context): Promise<Answer> => {
    try {
      return await handler(event, context);
    } catch (error) {
      const { code = 'Unknown', message } = error as { readonly code?: string; readonly message?: string };
      const { metrics, logger } = teller(name, env);
      metrics.count('FunctionFailed', 1, { code });
      logger.error('function failed', { code, error: message ?? String(error) });
      throw error;
    }
  };
