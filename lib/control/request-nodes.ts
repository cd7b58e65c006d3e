// The poller's two writes: the snapshot and the ProvisionRequests that name it.
import { counted } from '../model/counted.ts';
import type { ClaimName, PodUid, SnapshotId } from '../model/ids.ts';
import type { ServedPods } from '../model/served-pods.ts';
import { compareText, stableHash } from '../model/stable-json.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ControlDeps } from './deps.ts';
import { PODS_PER_REQUEST, REQUEST_LIFE_MS } from './limits.ts';

/** Writes the view as an immutable snapshot. */
export async function takeSnapshot(
  deps: Pick<ControlDeps, 'clock' | 'snapshots'> & { readonly serves?: ServedPods },
  view: ClusterView,
  covered: ReadonlyMap<PodUid, ClaimName>,
): Promise<SnapshotId> {
  return deps.snapshots.put({
    schemaVersion: 1,
    takenAtMs: deps.clock.nowMs(),
    cursor: view.cursor,
    cluster: view.state(),
    ...(deps.serves === undefined ? {} : { serves: deps.serves }),
    covered: Object.fromEntries(covered),
  });
}

export interface NodesWanted {
  readonly snapshotId: string;
  readonly uids: readonly string[];
  /** For the log, which tells what each step took: when the first of the pods was seen, and when their batch closed. */
  readonly times: { readonly seenAtMs: number; readonly closedAtMs: number };
}

/**
 * Asks for nodes for these pods. The request id is a function of its content, so that a repeat within the queue's
 * deduplication window is one message. Gives the ids.
 */
export async function requestNodes(
  deps: Pick<ControlDeps, 'clock' | 'provisionQueue' | 'events'>,
  { snapshotId, uids, times }: NodesWanted,
): Promise<readonly string[]> {
  const sorted = [...uids].sort(compareText);
  const requests: string[] = [];
  const snapshotAtMs = deps.clock.nowMs();
  for (let start = 0; start < sorted.length; start += PODS_PER_REQUEST) {
    const podUids = sorted.slice(start, start + PODS_PER_REQUEST);
    const requestId = stableHash({ snapshotId, podUids }, 32);
    requests.push(requestId);
    await deps.provisionQueue.send({
      schemaVersion: 1,
      requestId,
      snapshotId,
      podUids,
      expiresAtMs: deps.clock.nowMs() + REQUEST_LIFE_MS,
    });
  }
  deps.events.emit({
    type: 'PodsFound',
    message: `${counted(sorted.length, 'pod')} without a place; asking for nodes`,
    fields: {
      ...{ pods: sorted.length, snapshotId, requests, ...times },
      ...{ snapshotAtMs, sentAtMs: deps.clock.nowMs() },
    },
  });
  return requests;
}
