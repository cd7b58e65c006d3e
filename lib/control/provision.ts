// Turns requests for nodes into one committed plan and carries it out. Woken by `provision.fifo` with a batch of at most
// ten requests; one message group, so plans are made one at a time from strong reads.
// Second delivery: a request with a pointer executes its stored plan and never plans again. Crash before the commit: the
// batch comes back and is planned anew; crash after it: the batch or the reconciler executes the stored plan.

import type { ProvisionRequest } from '../messages/provision-request.ts';
import { counted } from '../model/counted.ts';
import { DovetailError } from '../model/errors.ts';
import { type PlanId, planId, requestId, type SnapshotId, snapshotId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { stableHash } from '../model/stable-json.ts';
import { planProvisioning } from '../planning/plan-provisioning.ts';
import { commitmentOf } from './commitment.ts';
import type { ControlDeps } from './deps.ts';
import { type ExecuteDeps, executePlan } from './execute-plan.ts';
import { SEARCH_MAX_MS } from './limits.ts';
import { readProvisioningInput } from './provisioning-input.ts';
import { tellPlan } from './tell-plan.ts';

export type ProvisionDeps = ExecuteDeps &
  Pick<ControlDeps, 'installation' | 'policies' | 'snapshots' | 'documents' | 'catalog' | 'unavailable'>;

/** All plans of one delivery share what time there is: a batch that is taken apart makes up to ten. */
type Deciding = ProvisionDeps & { readonly searchUntilMs: number };

/**
 * Carries out a batch. Throws (transient: the batch is redelivered) when a store fails or another delivery committed one
 * of the requests meanwhile; then the redelivery finds the pointers.
 */
export async function provision(deps: ProvisionDeps, requests: readonly ProvisionRequest[]): Promise<void> {
  const searchUntilMs = deps.clock.nowMs() + SEARCH_MAX_MS;
  const { planned, fresh } = await sortOut(deps, requests);
  for (const id of planned) {
    const plan = await deps.plans.get(id);
    if (plan !== undefined) await executePlan(deps, plan);
  }
  if (fresh.length > 0) await decideOrRefuse({ ...deps, searchUntilMs }, fresh);
}

/**
 * An error that no retry can mend must not block the queue: the batch is taken apart, and a request that fails alone is
 * acknowledged, counted and told of. The poller asks for its pods again, ever more rarely.
 */
async function decideOrRefuse(deps: Deciding, requests: readonly ProvisionRequest[]): Promise<void> {
  try {
    await decide(deps, requests);
  } catch (error) {
    if (error instanceof DovetailError && error.retry === 'same-request') throw error;
    if (requests.length > 1) {
      for (const request of requests) await decideOrRefuse(deps, [request]);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    deps.metrics.count('ProvisionRequestsRefused', 1);
    deps.events.emit({
      type: 'RuleFailed',
      message: `no plan could be made for ${counted(requests[0]?.podUids.length ?? 0, 'pod')}: ${message}`,
      fields: { rule: 'provision', retry: 'never', requests: requests.map(({ requestId }) => requestId) },
    });
  }
}

/** Requests that already have a plan, and those to plan for. Expired ones are acknowledged: their pods were asked for again. */
async function sortOut(
  deps: ProvisionDeps,
  requests: readonly ProvisionRequest[],
): Promise<{ planned: ReadonlySet<PlanId>; fresh: ProvisionRequest[] }> {
  const planned = new Set<PlanId>();
  const fresh: ProvisionRequest[] = [];
  for (const request of requests) {
    const pointer = await deps.plans.planOfRequest(requestId(request.requestId));
    if (pointer !== undefined) planned.add(pointer);
    else if (deps.clock.nowMs() < request.expiresAtMs) fresh.push(request);
    else deps.metrics.count('ProvisionRequestsExpired', 1);
  }
  return { planned, fresh };
}

async function decide(deps: Deciding, requests: readonly ProvisionRequest[]): Promise<void> {
  const startedAtMs = deps.clock.nowMs();
  // What an earlier plan committed and a crash left undone must be seen by limits and coverage first.
  for (const plan of await deps.plans.listUnfinished()) await executePlan(deps, plan);
  const snapshot = await newestSnapshot(deps, requests);
  const wanted = new Set(requests.flatMap((request) => request.podUids));
  const { input, claims, nodeClasses } = await readProvisioningInput(deps, snapshot.snapshot, wanted);
  if (input.pods.length === 0) return;
  const plan = planProvisioning(input, () => deps.clock.nowMs() >= deps.searchUntilMs);
  const requestIds = requests.map((request) => requestId(request.requestId));
  const id = planId(`p${stableHash(requestIds)}`);
  tellPlan(deps, { id, requestIds }, plan);
  const plannedAtMs = deps.clock.nowMs();
  const committed = commitmentOf(plan, {
    id,
    installation: deps.installation,
    requestIds,
    snapshotId: snapshot.id,
    claims,
    nodeClasses,
    settings: input.solver,
    nowMs: deps.clock.nowMs(),
  });
  if ((await deps.plans.commit(committed)) === 'taken') {
    throw new DovetailError(
      'RequestTaken',
      `a request of plan ${committed.id} was planned meanwhile`,
      'same-request',
    );
  }
  const committedAtMs = deps.clock.nowMs();
  await executePlan(deps, committed);
  deps.events.emit({
    type: 'PlanCarriedOut',
    message: `plan ${id} is committed and ${counted(committed.orders.length, 'order')} on the way`,
    fields: {
      ...{ plan: id, requests: requestIds, startedAtMs, plannedAtMs, committedAtMs },
      launchesSentAtMs: deps.clock.nowMs(),
    },
  });
}

interface NamedSnapshot {
  readonly id: SnapshotId;
  readonly snapshot: Snapshot;
}

/**
 * The youngest snapshot there is: a batch that waited is planned on the cluster of today. The ones it names are only asked
 * for when the newest is older, which a lost pointer can make it.
 */
async function newestSnapshot(
  deps: ProvisionDeps,
  requests: readonly ProvisionRequest[],
): Promise<NamedSnapshot> {
  let newest: NamedSnapshot | undefined = await deps.snapshots.newest();
  for (const named of new Set(requests.map((request) => request.snapshotId))) {
    const id = snapshotId(named);
    if (id === newest?.id) continue;
    const snapshot = await deps.snapshots.get(id);
    if (snapshot !== undefined && snapshot.takenAtMs > (newest?.snapshot.takenAtMs ?? 0))
      newest = { id, snapshot };
  }
  if (newest === undefined) {
    throw new DovetailError(
      'SnapshotMissing',
      'no snapshot that the requests name is stored',
      'same-request',
    );
  }
  return newest;
}
