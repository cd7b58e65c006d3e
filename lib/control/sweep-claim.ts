// The sweep's rules about one claim: launched in time, joined in time, its instance and its Node still there, its drain
// moving. Terminating a node is never decided on one reader's silence: EC2 has to show the end, or EC2 and the cluster
// have to agree that the node is gone.
import { ConflictError } from '../model/errors.ts';
import { instanceIdOfProviderId, type Node } from '../model/node.ts';
import {
  type DrainingClaim,
  type InitializedClaim,
  type LaunchedClaim,
  type LiveClaim,
  launchFailed,
  type NodeClaim,
  type PlannedClaim,
  type RegisteredClaim,
} from '../model/node-claim.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Instance } from '../ports/fleet.ts';
import type { ControlDeps } from './deps.ts';
import { askToLeave } from './leave.ts';
import {
  INSTANCE_VISIBLE_MS,
  LAUNCH_TIMEOUT_MS,
  NODE_DELETED_MS,
  REGISTRATION_TIMEOUT_MS,
  STALLED_MS,
} from './limits.ts';

type SweepClaimDeps = Pick<
  ControlDeps,
  'clock' | 'fleet' | 'claims' | 'plans' | 'drainQueue' | 'events' | 'metrics'
>;

/** What one pass of the sweep has seen. */
export interface Sightings {
  readonly instances: readonly Instance[];
  /** The newest snapshot, if it is young enough to judge by. */
  readonly snapshot: Snapshot | undefined;
}

type WithInstance = LaunchedClaim | RegisteredClaim | InitializedClaim | DrainingClaim;

export async function sweepClaim(deps: SweepClaimDeps, claim: LiveClaim, seen: Sightings): Promise<void> {
  if (claim.phase === 'Planned') return timeOutLaunch(deps, claim);
  if (claim.phase === 'Terminating') return resumeDrain(deps, claim, claim.stepAtMs);
  const requestedAtMs = deps.clock.nowMs();
  const lost = claim.leave?.severity === 'lost';
  if (!lost && (await instanceIsGone(deps, claim, seen))) {
    return askToLeave(deps, claim, { reason: 'InstanceTerminated', severity: 'lost', requestedAtMs });
  }
  if (claim.phase === 'Draining') return resumeDrain(deps, claim, claim.stepAtMs);
  if (claim.leave !== undefined) return resumeDrain(deps, claim, claim.leave.requestedAtMs);
  if (nodeWasDeleted(claim, seen.snapshot)) {
    // Voluntary: the drainer looks itself, and a node that is there after all, with pods, stays.
    return askToLeave(deps, claim, { reason: 'Deleted', severity: 'voluntary', requestedAtMs });
  }
  if (didNotJoin(claim, seen.snapshot, requestedAtMs)) {
    await askToLeave(deps, claim, { reason: 'RegistrationTimeout', severity: 'forced', requestedAtMs });
  }
}

/** Sends the claim's drain request again if nothing moved for a while. */
export async function resumeDrain(
  deps: Pick<ControlDeps, 'clock' | 'drainQueue'>,
  claim: NodeClaim,
  movedAtMs: number,
): Promise<void> {
  if (deps.clock.nowMs() - movedAtMs < STALLED_MS) return;
  await deps.drainQueue.send({ schemaVersion: 1, kind: 'DrainRequest', claim: claim.name, hop: 0 });
}

/** An order whose attempt is open may have started an instance for the claim: only the launch that settles it may end the claim. */
async function timeOutLaunch(deps: SweepClaimDeps, claim: PlannedClaim): Promise<void> {
  const failedAtMs = deps.clock.nowMs();
  if (failedAtMs - claim.createdAtMs < LAUNCH_TIMEOUT_MS) return;
  const order = await deps.plans.order(claim.orderId);
  if (order?.attempts.some((attempt) => attempt.settled === undefined) === true) return;
  const message = `not launched within ${LAUNCH_TIMEOUT_MS / 60_000} minutes`;
  try {
    await deps.claims.update(launchFailed(claim, failedAtMs, message));
  } catch (error) {
    if (error instanceof ConflictError) return;
    throw error;
  }
  deps.metrics.count('LaunchesFailed', 1, { reason: 'LaunchTimeout' });
  deps.events.emit({
    type: 'LaunchFailed',
    message: `${claim.name} was ${message}`,
    fields: { claim: claim.name },
  });
}

/**
 * An end that EC2 shows is proof. An instance that EC2 does not show may be new, filtered out by an edited tag, or on a
 * page that was lost: it is asked for by id, and its node must not be ready either (Karpenter's garbage collection).
 */
async function instanceIsGone(deps: SweepClaimDeps, claim: WithInstance, seen: Sightings): Promise<boolean> {
  const { instanceId, launchedAtMs } = claim.launch;
  const listed = seen.instances.find((instance) => instance.instanceId === instanceId);
  if (listed !== undefined) return hasEnded(listed);
  if (deps.clock.nowMs() - launchedAtMs <= INSTANCE_VISIBLE_MS) return false;
  const [named] = await deps.fleet.describe([instanceId]);
  if (named !== undefined) return hasEnded(named);
  if (claim.phase === 'Launched' || claim.node === undefined) return true;
  return seen.snapshot !== undefined && nodeOf(claim, seen.snapshot)?.ready !== 'True';
}

const hasEnded = (instance: Instance): boolean =>
  instance.state !== 'pending' && instance.state !== 'running';

/** `kubectl delete node`: neither the Node that the claim registered nor another of its instance is there. */
function nodeWasDeleted(claim: WithInstance, snapshot: Snapshot | undefined): boolean {
  if (snapshot === undefined || claim.phase === 'Launched' || claim.registeredAtMs === undefined)
    return false;
  if (snapshot.takenAtMs - claim.registeredAtMs < NODE_DELETED_MS) return false;
  return nodeOf(claim, snapshot) === undefined;
}

/** Karpenter's registration timeout; a node that registered has the same time to become ready once. */
function didNotJoin(claim: WithInstance, snapshot: Snapshot | undefined, nowMs: number): boolean {
  if (nowMs - claim.launch.launchedAtMs < REGISTRATION_TIMEOUT_MS) return false;
  if (claim.phase === 'Launched') return true;
  return claim.phase === 'Registered' && snapshot !== undefined && nodeOf(claim, snapshot)?.ready !== 'True';
}

/** Few provider ids end alike, so few are taken apart. */
const nodeOf = ({ launch }: WithInstance, { cluster }: Snapshot): Node | undefined =>
  cluster.nodes.find(
    ({ providerId }) =>
      providerId.endsWith(launch.instanceId) && instanceIdOfProviderId(providerId) === launch.instanceId,
  );
