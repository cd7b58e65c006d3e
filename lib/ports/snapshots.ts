import type { SnapshotId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Immutable, content-addressed snapshots, and a pointer to the newest. */
export interface Snapshots {
  /** Stores the snapshot under the hash of its content and makes it the newest if it was taken last. */
  put(snapshot: Snapshot): Promise<SnapshotId>;
  get(id: SnapshotId): Promise<Snapshot | undefined>;
  newest(): Promise<{ readonly id: SnapshotId; readonly snapshot: Snapshot } | undefined>;
}
