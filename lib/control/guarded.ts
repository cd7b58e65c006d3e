import { DovetailError } from '../model/errors.ts';
import type { ClaimName } from '../model/ids.ts';
import type { ControlDeps } from './deps.ts';

/**
 * Runs one rule of a periodic pass. A failure is counted and told, and the rules after it still run: one bad record must
 * not keep the others from being looked at. The next pass tries again. True when the rule ran to its end.
 */
export async function guarded(
  deps: Pick<ControlDeps, 'events' | 'metrics'>,
  rule: string,
  work: () => Promise<void>,
  about: { readonly claim?: ClaimName } = {},
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const retry = error instanceof DovetailError ? error.retry : 'never';
    deps.metrics.count('RuleFailed', 1, { rule, retry });
    const fields = { rule, retry, ...about };
    deps.events.emit({ type: 'RuleFailed', message: `${rule} failed: ${message}`, fields });
    return false;
  }
}
