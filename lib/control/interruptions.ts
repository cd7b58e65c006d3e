// Warnings of EC2 about instances of ours: counted and told, so that people see how often a market takes nodes back. Second
// delivery: counted again; nothing is decided here.
import { instanceId } from '../model/ids.ts';
import type { ControlDeps } from './deps.ts';

export interface InstanceWarning {
  /** EventBridge's. */
  readonly detailType: string;
  /** EC2's ids, of anybody's instances: EventBridge tells of all in the account. */
  readonly instanceIds: readonly string[];
}

/** A warning that names no instance is counted as not read. */
export async function instanceWarned(
  deps: Pick<ControlDeps, 'claims' | 'events' | 'metrics'>,
  { detailType, instanceIds }: InstanceWarning,
): Promise<void> {
  if (instanceIds.length === 0) deps.metrics.count('EventsNotRead', 1, { detailType });
  for (const id of instanceIds) {
    const claim = await deps.claims.claimOfInstance(instanceId(id));
    if (claim === undefined) continue;
    deps.metrics.count('Interruptions', 1, { detailType });
    deps.events.emit({
      type: 'InterruptionTold',
      message: `EC2 warns of instance ${id} of ${claim}: ${detailType}`,
      fields: { claim, instanceId: id, detailType },
    });
  }
}
