/**
 * Empties the cluster of our nodes before the stack goes: no more launches, every claim is told to leave by a deadline, and
 * the drainer does the rest. Called again it goes on where it was, because everything it did stands in the stores.
 */
import { askToLeave } from '../../lib/control/leave.ts';
import { isLive, type NodeClaim } from '../../lib/model/node-claim.ts';
import type { Claims } from '../../lib/ports/claims.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import type { Events } from '../../lib/ports/events.ts';
import type { Fleet } from '../../lib/ports/fleet.ts';
import type { DrainQueue } from '../../lib/ports/queues.ts';

export interface DrainAllDeps {
  readonly clock: Clock;
  readonly claims: Claims;
  readonly fleet: Pick<Fleet, 'describeOwned'>;
  readonly drainQueue: DrainQueue;
  readonly events: Events;
  readonly stopLaunches: () => Promise<void>;
}

/** Not done in time; says of each node that is left what it waits for. */
export class NodesLeft extends Error {
  readonly code = 'NodesLeft';

  constructor(blockers: readonly string[]) {
    super(`${blockers.length} left, delete the stack again to go on: ${blockers.join('; ')}`);
    this.name = 'NodesLeft';
  }
}

/** Pods have until then to leave within their disruption budgets; afterwards their node ends whatever is on it. */
export const PODS_LEAVE_MS = 35 * 60_000;
/** Between looks. */
const LOOK_MS = 15_000;

/** Looks until nothing is left of a drain that began at `sinceMs`. Throws `NodesLeft` when `untilMs` comes first. */
export async function drainAll(
  deps: DrainAllDeps,
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
): Promise<void> {
  await deps.stopLaunches();
  for (;;) {
    const blockers = await look(deps, sinceMs + PODS_LEAVE_MS);
    if (blockers.length === 0) return;
    if (deps.clock.nowMs() + LOOK_MS > untilMs) throw new NodesLeft(blockers);
    await deps.clock.sleep(LOOK_MS);
  }
}

async function look(deps: DrainAllDeps, deadlineMs: number): Promise<string[]> {
  const claims = (await deps.claims.listLive()).filter(isLive);
  const requestedAtMs = deps.clock.nowMs();
  for (const claim of claims) {
    await askToLeave(deps, claim, { reason: 'Deleted', severity: 'forced', requestedAtMs, deadlineMs });
  }
  const claimed = new Set(claims.map((claim) => ('launch' in claim ? claim.launch.instanceId : undefined)));
  const unclaimed = (await deps.fleet.describeOwned()).filter(
    ({ instanceId, state }) =>
      state !== 'terminated' && state !== 'shutting-down' && !claimed.has(instanceId),
  );
  return [
    ...claims.map((claim) => sentence(claim, deadlineMs)),
    ...unclaimed.map(
      ({ instanceId, state }) => `instance ${instanceId} is ${state} and belongs to no claim yet`,
    ),
  ];
}

function sentence(claim: NodeClaim, deadlineMs: number): string {
  const node = 'node' in claim && claim.node !== undefined ? ` on node ${claim.node.name}` : '';
  const until = new Date(deadlineMs).toISOString();
  return claim.phase === 'Draining'
    ? `${claim.name}${node} waits for its pods until ${until}`
    : `${claim.name}${node} is ${claim.phase}`;
}
