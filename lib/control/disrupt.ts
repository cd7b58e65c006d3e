// Lets empty nodes go, within their pools' budgets. Run by the reconciler every minute on the newest snapshot; the
// drainer looks at the node itself again before anything ends.
import { isLive, type NodeClaim } from '../model/node-claim.ts';
import { planEmptiness } from '../planning/plan-disruption.ts';
import { coveredPods } from './coverage.ts';
import type { ControlDeps } from './deps.ts';
import { askToLeave } from './leave.ts';
import { SNAPSHOT_MAX_AGE_MS } from './limits.ts';

export type DisruptDeps = Pick<
  ControlDeps,
  'clock' | 'claims' | 'slots' | 'snapshots' | 'documents' | 'drainQueue' | 'events'
>;

export async function disrupt(deps: DisruptDeps): Promise<void> {
  const newest = await deps.snapshots.newest();
  const nowMs = deps.clock.nowMs();
  // Without a fresh view nothing is disrupted: the poller is down, and nodes are kept.
  if (newest === undefined || nowMs - newest.snapshot.takenAtMs > SNAPSHOT_MAX_AGE_MS) return;
  const nodePools = await deps.documents.nodePools();
  const { takenAtMs, cluster } = newest.snapshot;
  const claims = (await deps.claims.listLive()).filter(isLive);
  const awaited = new Set(coveredPods(claims, await deps.slots.listLive()).values());
  const { candidates } = planEmptiness({
    claims,
    cluster,
    nodePools,
    awaited,
    nowMs,
  });
  for (const claim of candidates.filter((candidate) => isShown(candidate, takenAtMs))) {
    await askToLeave(deps, claim, { reason: 'Empty', severity: 'voluntary', requestedAtMs: nowMs });
  }
}

/** The snapshot is younger than what the claim last saw of its node: an older one would call it empty by mistake. */
const isShown = (claim: NodeClaim, takenAtMs: number): boolean =>
  claim.phase === 'Initialized' && takenAtMs > Math.max(claim.initializedAtMs, claim.lastPodEventAtMs ?? 0);
