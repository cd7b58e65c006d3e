import type { ControlDeps } from './deps.ts';

/**
 * Runs one rule of a periodic pass. A failure is counted and told, and the rules after it still run: one bad record must
 * not keep the others from being looked at. The next pass tries again.
 */
export async function guarded(
  deps: Pick<ControlDeps, 'events' | 'metrics'>,
  rule: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    deps.metrics.count('RuleFailed', 1, { rule });
    deps.events.emit({
      type: 'RuleFailed',
      message: `${rule} failed and is tried again: ${message}`,
      fields: { rule },
    });
  }
}
