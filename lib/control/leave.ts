import { ConflictError } from '../model/errors.ts';
import { type Leave, type LiveClaim, mergeLeave, type NodeClaim } from '../model/node-claim.ts';
import type { ControlDeps } from './deps.ts';

/**
 * Writes the wish that a node leaves and wakes the drainer. A wish already there is merged: the deadline only moves
 * earlier, severity only rises. Losing the race for the claim is fine: whoever asks looks again on its next tick.
 */
export async function askToLeave(
  deps: Pick<ControlDeps, 'claims' | 'drainQueue' | 'events'>,
  claim: LiveClaim,
  leave: Leave,
): Promise<void> {
  const merged = mergeLeave(claim.leave, leave);
  if (claim.leave !== undefined && sameLeave(merged, claim.leave)) return;
  try {
    await deps.claims.update({ ...claim, version: claim.version + 1, leave: merged } as NodeClaim);
  } catch (error) {
    if (error instanceof ConflictError) return;
    throw error;
  }
  deps.events.emit({
    type: 'LeaveRequested',
    message: `${claim.name} is to leave: ${leave.reason}`,
    fields: { claim: claim.name, reason: leave.reason, severity: leave.severity },
  });
  await deps.drainQueue.send({ schemaVersion: 1, kind: 'DrainRequest', claim: claim.name, hop: 0 });
}

const sameLeave = (a: Leave, b: Leave): boolean =>
  a.reason === b.reason && a.severity === b.severity && a.deadlineMs === b.deadlineMs;
