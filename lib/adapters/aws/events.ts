import type { Logger } from '@aws-lambda-powertools/logger';
import type { DovetailEvent, Events } from '../../ports/events.ts';

/**
 * Events as lines of the log. `decision` is the same in every line of one decision, in whichever function: eight digits of
 * the plan's id, which its orders and claims carry in their names.
 */
export class LogEvents implements Events {
  readonly #logger: Pick<Logger, 'info'>;

  constructor(logger: Pick<Logger, 'info'>) {
    this.#logger = logger;
  }

  emit({ type, message, fields }: DovetailEvent): void {
    const decision = decisionOf(fields);
    this.#logger.info(message, { ...fields, type, ...(decision === undefined ? {} : { decision }) });
  }
}

/** Of `p<16 digits>`, `p<16 digits>-<n>` and `<pool>-<8 digits>-<n>`. */
export function decisionOf({ plan, order, claim }: Readonly<Record<string, unknown>>): string | undefined {
  const planText = [plan, order].find((each) => typeof each === 'string');
  if (typeof planText === 'string') return /^p([0-9a-f]{8})/.exec(planText)?.[1];
  return typeof claim === 'string' ? /-([0-9a-f]{8})-\d+$/.exec(claim)?.[1] : undefined;
}
