// The use cases that the kill switch holds back as a whole. What they leave undone is asked for again: pods by the poller,
// drains by the reconciler, so that a message met while stopped is acknowledged.
import type { DrainRequest } from '../messages/drain-request.ts';
import type { ProvisionRequest } from '../messages/provision-request.ts';
import type { Stop, StopSwitch } from '../ports/stop-switch.ts';
import type { ControlDeps } from './deps.ts';
import { type DrainDeps, drain } from './drain.ts';
import { type GaugeDeps, gauge } from './gauges.ts';
import { guarded } from './guarded.ts';
import { type ProvisionDeps, provision } from './provision.ts';
import { reconcile } from './reconcile.ts';

interface Stoppable {
  readonly stop: StopSwitch;
}

export async function provisionUnlessStopped(
  deps: ProvisionDeps & Stoppable,
  requests: readonly ProvisionRequest[],
): Promise<void> {
  const stop = await deps.stop.read();
  if (stop === 'none') return provision(deps, requests);
  reportStopped(deps, 'provision', stop);
}

export async function drainUnlessStopped(deps: DrainDeps & Stoppable, message: DrainRequest): Promise<void> {
  const stop = await deps.stop.read();
  if (stop !== 'all') return drain(deps, message);
  reportStopped(deps, 'drain', stop);
}

/** The reconciler's minute. Figures are taken in any case: a stopped cluster is watched all the more. */
export async function reconcileTick(
  deps: Parameters<typeof reconcile>[0] & GaugeDeps & Stoppable,
): Promise<void> {
  const stop = await deps.stop.read();
  if (stop !== 'none') deps.metrics.observe('KillSwitchOn', 1);
  if (stop === 'all') reportStopped(deps, 'reconcile', stop);
  else await reconcile(deps);
  await guarded(deps, 'gauges', () => gauge(deps));
}

function reportStopped(deps: Pick<ControlDeps, 'events' | 'metrics'>, work: string, stop: Stop): void {
  deps.metrics.count('WorkStopped', 1, { work });
  deps.events.emit({
    type: 'WorkStopped',
    message: `${work} is stopped (stop: ${stop})`,
    fields: { work, stop },
  });
}
