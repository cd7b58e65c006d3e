// The poller's two writes: the snapshot and the ProvisionRequests that name it.
import { counted } from '../model/counted.ts';
import type { ClaimName, PodUid, SnapshotId } from '../model/ids.ts';
import { compareText, stableHash } from '../model/stable-json.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ControlDeps } from './deps.ts';
import { PODS_PER_REQUEST, REQUEST_LIFE_MS } from './limits.ts';

/** Writes the view as an immutable snapshot. */
export async function takeSnapshot(
  deps: Pick<ControlDeps, 'clock' | 'snapshots'>,
  view: ClusterView,
  covered: ReadonlyMap<PodUid, ClaimName>,
): Promise<SnapshotId> {
  return deps.snapshots.put({
    schemaVersion: 1,
    takenAtMs: deps.clock.nowMs(),
    cursor: view.cursor,
    cluster: view.state(),
    covered: Object.fromEntries(covered),
  });
}

/**
 * Asks for nodes for these pods. The request id is a function of its content, so that a repeat within the queue's
 * deduplication window is one message.
 */
export async function requestNodes(
  deps: Pick<ControlDeps, 'clock' | 'provisionQueue' | 'events'>,
  snapshotId: string,
  uids: readonly string[],
): Promise<void> {
  const sorted = [...uids].sort(compareText);
  deps.events.emit({
    type: 'PodsFound',
    message: `${counted(sorted.length, 'pod')} without a place; asking for nodes`,
    fields: { pods: sorted.length, snapshotId },
  });
  for (let start = 0; start < sorted.length; start += PODS_PER_REQUEST) {
    const podUids = sorted.slice(start, start + PODS_PER_REQUEST);
    await deps.provisionQueue.send({
      schemaVersion: 1,
      requestId: stableHash({ snapshotId, podUids }, 32),
      snapshotId,
      podUids,
      expiresAtMs: deps.clock.nowMs() + REQUEST_LIFE_MS,
    });
  }
}
