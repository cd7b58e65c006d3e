/** The kill switch, as the end of the stack uses it. */
import type { SsmParameters } from '../../lib/adapters/aws/ssm.ts';
import type { Clock } from '../../lib/ports/clock.ts';

type Parameters = Pick<SsmParameters, 'get' | 'put'>;

/** A launch that is under way has ended by then, one that comes later has seen the switch. */
const LAUNCHES_END_MS = 15_000;

/** `all` would stop the drain as well, so it becomes `launches`. */
export async function stopLaunches(parameters: Parameters, name: string): Promise<void> {
  const before = await parameters.get(name);
  if (before?.value !== 'launches') await parameters.put(name, 'launches');
}

/**
 * Stops launches unless everything is stopped already, and waits for those under way: a node that starts while the stack
 * goes would make its launch template again, and wait for a poller that does not come.
 */
export async function endLaunches(parameters: Parameters, name: string, clock: Clock): Promise<void> {
  const before = await parameters.get(name);
  if (before?.value !== 'all') await stopLaunches(parameters, name);
  await clock.sleep(LAUNCHES_END_MS);
}
