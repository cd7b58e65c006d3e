// Makes sure that nothing is forgotten: every rule names what it looks for, its limit and what it does. Run by the
// reconciler every minute; each action is conditional, so a second run at the same time changes nothing more.

import { ConflictError } from '../model/errors.ts';
import { claimName, orderId } from '../model/ids.ts';
import { LABEL, TAG } from '../model/labels.ts';
import {
  isLive,
  type LaunchedClaim,
  type LiveClaim,
  type NodeClaim,
  type PlannedClaim,
} from '../model/node-claim.ts';
import type { Instance } from '../ports/fleet.ts';
import type { ControlDeps } from './deps.ts';
import { type ExecuteDeps, executePlan } from './execute-plan.ts';
import { guarded } from './guarded.ts';
import { askToLeave } from './leave.ts';
import {
  INSTANCE_VISIBLE_MS,
  LAUNCH_TIMEOUT_MS,
  ORPHAN_AGE_MS,
  REGISTRATION_TIMEOUT_MS,
  STALLED_MS,
} from './limits.ts';

export type SweepDeps = ExecuteDeps & Pick<ControlDeps, 'fleet' | 'snapshots' | 'drainQueue'>;

export async function sweep(deps: SweepDeps): Promise<void> {
  await guarded(deps, 'open orders', () => resendOpenOrders(deps));
  await guarded(deps, 'unfinished plans', () => executeUnfinishedPlans(deps));
  await guarded(deps, 'instances', async () => {
    // Claims are read before instances, so that an instance launched in between is never thought to be without one.
    const claims = (await deps.claims.listLive()).filter(isLive);
    const instances = await deps.fleet.describeOwned();
    for (const claim of claims)
      await guarded(deps, `claim ${claim.name}`, () => sweepClaim(deps, claim, instances));
    await endOrphanInstances(deps, instances);
  });
  await guarded(deps, 'orphan nodes', () => clearOrphanNodes(deps));
}

/** A plan committed but not carried out: its function died between commit and the last message. */
async function executeUnfinishedPlans(deps: SweepDeps): Promise<void> {
  for (const plan of await deps.plans.listUnfinished()) {
    if (deps.clock.nowMs() - plan.createdAtMs < STALLED_MS) continue;
    report(deps, 'PlanResumed', `plan ${plan.id} is carried out again`, { plan: plan.id });
    await executePlan(deps, plan);
  }
}

/** An order that nobody works on: its message was lost or is in the dead-letter queue. */
async function resendOpenOrders(deps: SweepDeps): Promise<void> {
  for (const order of await deps.plans.listOpenOrders()) {
    const movedAtMs =
      order.attempts.at(-1)?.settled?.atMs ?? order.attempts.at(-1)?.storedAtMs ?? order.createdAtMs;
    if (deps.clock.nowMs() - movedAtMs < STALLED_MS) continue;
    report(deps, 'OrderResumed', `order ${order.id} is gone on with`, { order: order.id });
    await deps.launchQueue.send({ schemaVersion: 1, orderId: order.id });
  }
}

async function sweepClaim(deps: SweepDeps, claim: LiveClaim, instances: readonly Instance[]): Promise<void> {
  if (claim.phase === 'Planned') return timeOutLaunch(deps, claim);
  if (claim.phase === 'Draining' || claim.phase === 'Terminating')
    return resumeDrain(deps, claim, claim.stepAtMs);
  const nowMs = deps.clock.nowMs();
  const instance = instances.find((each) => each.instanceId === claim.launch.instanceId);
  if (claim.leave?.severity !== 'lost' && isGone(instance, claim.launch.launchedAtMs, nowMs)) {
    return askToLeave(deps, claim, { reason: 'InstanceTerminated', severity: 'lost', requestedAtMs: nowMs });
  }
  if (claim.leave !== undefined) return resumeDrain(deps, claim, claim.leave.requestedAtMs);
  if (claim.phase === 'Launched') await timeOutRegistration(deps, claim);
}

/** Missing counts as gone only after DescribeInstances had time to show it. */
function isGone(instance: Instance | undefined, launchedAtMs: number, nowMs: number): boolean {
  if (instance === undefined) return nowMs - launchedAtMs > INSTANCE_VISIBLE_MS;
  return instance.state !== 'pending' && instance.state !== 'running';
}

async function timeOutLaunch(deps: SweepDeps, claim: PlannedClaim): Promise<void> {
  const nowMs = deps.clock.nowMs();
  if (nowMs - claim.createdAtMs < LAUNCH_TIMEOUT_MS) return;
  const message = `not launched within ${LAUNCH_TIMEOUT_MS / 60_000} minutes`;
  try {
    await deps.claims.update({
      ...claim,
      version: claim.version + 1,
      phase: 'LaunchFailed',
      failedAtMs: nowMs,
      message,
    });
  } catch (error) {
    if (error instanceof ConflictError) return;
    throw error;
  }
  deps.metrics.count('LaunchesFailed', 1, { nodePool: claim.nodePool.name });
  report(deps, 'LaunchFailed', `${claim.name} was ${message}`, { claim: claim.name });
}

async function timeOutRegistration(deps: SweepDeps, claim: LaunchedClaim): Promise<void> {
  const nowMs = deps.clock.nowMs();
  if (nowMs - claim.launch.launchedAtMs < REGISTRATION_TIMEOUT_MS) return;
  await askToLeave(deps, claim, { reason: 'RegistrationTimeout', severity: 'forced', requestedAtMs: nowMs });
}

async function resumeDrain(deps: SweepDeps, claim: NodeClaim, movedAtMs: number): Promise<void> {
  if (deps.clock.nowMs() - movedAtMs < STALLED_MS) return;
  await deps.drainQueue.send({ schemaVersion: 1, kind: 'DrainRequest', claim: claim.name, hop: 0 });
}

/** An instance with our tags that no claim took. One whose attempt is still open may yet be taken and is left alone. */
async function endOrphanInstances(deps: SweepDeps, instances: readonly Instance[]): Promise<void> {
  for (const instance of instances) {
    if (instance.state !== 'pending' && instance.state !== 'running') continue;
    if (deps.clock.nowMs() - instance.launchedAtMs < ORPHAN_AGE_MS) continue;
    if (!(await isOrphan(deps, instance))) continue;
    deps.metrics.count('OrphanInstancesEnded', 1);
    report(deps, 'OrphanTerminated', `instance ${instance.instanceId} belongs to no claim and is ended`, {
      instanceId: instance.instanceId,
    });
    await deps.fleet.terminate([instance.instanceId]);
  }
}

async function isOrphan(deps: SweepDeps, instance: Instance): Promise<boolean> {
  const name = await deps.claims.claimOfInstance(instance.instanceId);
  if (name !== undefined) {
    const claim = await deps.claims.get(name);
    return claim === undefined || !isLive(claim);
  }
  const tag = instance.tags[TAG.order];
  const order = tag === undefined ? undefined : await deps.plans.order(orderId(tag));
  const attempt = order?.attempts.find((each) => String(each.n) === instance.tags[TAG.attempt]);
  return attempt === undefined || attempt.settled !== undefined;
}

/** A Node whose claim ended but which is still in the API: the drainer, who may, deletes it. */
async function clearOrphanNodes(deps: SweepDeps): Promise<void> {
  const newest = await deps.snapshots.newest();
  for (const node of newest?.snapshot.cluster.nodes ?? []) {
    const name = node.labels[LABEL.claim];
    if (name === undefined) continue;
    const claim = await deps.claims.get(claimName(name));
    if (
      claim !== undefined &&
      claim.phase === 'Terminated' &&
      deps.clock.nowMs() - claim.terminatedAtMs > STALLED_MS
    ) {
      await resumeDrain(deps, claim, claim.terminatedAtMs);
    }
  }
}

function report(
  deps: SweepDeps,
  type: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  deps.events.emit({ type, message, fields });
}
