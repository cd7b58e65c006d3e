// Makes sure that nothing is forgotten: every rule names what it looks for, its limit and what it does. Run by the
// reconciler every minute; each action is conditional, so a second run at the same time changes nothing more.

import { claimName, orderId } from '../model/ids.ts';
import { LABEL, TAG } from '../model/labels.ts';
import { isLive } from '../model/node-claim.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Instance } from '../ports/fleet.ts';
import type { ControlDeps } from './deps.ts';
import { type ExecuteDeps, executePlan } from './execute-plan.ts';
import { guarded } from './guarded.ts';
import { ORPHAN_AGE_MS, SNAPSHOT_MAX_AGE_MS, STALLED_MS } from './limits.ts';
import { resumeDrain, sweepClaim } from './sweep-claim.ts';

export type SweepDeps = ExecuteDeps & Pick<ControlDeps, 'fleet' | 'snapshots' | 'drainQueue'>;

export async function sweep(deps: SweepDeps): Promise<void> {
  await guarded(deps, 'open orders', () => resendOpenOrders(deps));
  await guarded(deps, 'unfinished plans', () => executeUnfinishedPlans(deps));
  await guarded(deps, 'instances', async () => {
    // Claims are read before instances, so that an instance launched in between is never thought to be without one.
    const claims = (await deps.claims.listLive()).filter(isLive);
    const instances = await deps.fleet.describeOwned();
    const snapshot = await freshSnapshot(deps);
    for (const claim of claims) {
      const look = () => sweepClaim(deps, claim, { instances, snapshot });
      await guarded(deps, `claim ${claim.name}`, look, { claim: claim.name });
    }
    await endOrphanInstances(deps, instances);
    await clearOrphanNodes(deps, snapshot);
  });
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

/**
 * An instance with our tags that no claim took. One whose attempt is still open may yet be taken and is left alone; one
 * whose order is unknown may be of a table that was restored, and is told of, never ended.
 */
async function endOrphanInstances(deps: SweepDeps, instances: readonly Instance[]): Promise<void> {
  for (const instance of instances) {
    if (instance.state !== 'pending' && instance.state !== 'running') continue;
    if (deps.clock.nowMs() - instance.launchedAtMs < ORPHAN_AGE_MS) continue;
    const { instanceId } = instance;
    const ownership = await ownershipOf(deps, instance);
    if (ownership === 'owned') continue;
    const fields = { instanceId };
    if (ownership === 'unknown') {
      deps.metrics.count('UnknownInstances', 1);
      report(
        deps,
        'UnknownInstance',
        `instance ${instanceId} has our tags but no record here; it is left alone`,
        fields,
      );
      continue;
    }
    deps.metrics.count('OrphanInstancesEnded', 1);
    report(deps, 'OrphanTerminated', `instance ${instanceId} belongs to no claim and is ended`, fields);
    await deps.fleet.terminate([instanceId]);
  }
}

async function ownershipOf(deps: SweepDeps, instance: Instance): Promise<'owned' | 'orphan' | 'unknown'> {
  const name = await deps.claims.claimOfInstance(instance.instanceId);
  if (name !== undefined) {
    const claim = await deps.claims.get(name);
    if (claim === undefined) return 'unknown';
    return isLive(claim) ? 'owned' : 'orphan';
  }
  const tag = instance.tags[TAG.order];
  const order = tag === undefined ? undefined : await deps.plans.order(orderId(tag));
  const attempt = order?.attempts.find((each) => String(each.n) === instance.tags[TAG.attempt]);
  if (attempt === undefined) return 'unknown';
  return attempt.settled === undefined ? 'owned' : 'orphan';
}

/** A Node whose claim ended but which is still in the API: the drainer, who may, deletes it. */
async function clearOrphanNodes(deps: SweepDeps, snapshot: Snapshot | undefined): Promise<void> {
  for (const node of snapshot?.cluster.nodes ?? []) {
    const name = node.labels[LABEL.claim];
    const claim = name === undefined ? undefined : await deps.claims.get(claimName(name));
    if (claim?.phase === 'Terminated') await resumeDrain(deps, claim, claim.terminatedAtMs);
  }
}

async function freshSnapshot(deps: SweepDeps): Promise<Snapshot | undefined> {
  const newest = await deps.snapshots.newest();
  const fresh = newest !== undefined && deps.clock.nowMs() - newest.snapshot.takenAtMs <= SNAPSHOT_MAX_AGE_MS;
  return fresh ? newest.snapshot : undefined;
}

function report(
  deps: SweepDeps,
  type: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  deps.events.emit({ type, message, fields });
}
