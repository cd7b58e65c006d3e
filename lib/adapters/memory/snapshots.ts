import { type SnapshotId, snapshotId } from '../../model/ids.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { compareText, stableHash } from '../../model/stable-json.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { frozenCopy } from './frozen.ts';

interface Stored {
  readonly id: SnapshotId;
  readonly snapshot: Snapshot;
}

/** A bucket of snapshots under the hash of their content. */
export class MemorySnapshots implements Snapshots {
  readonly #snapshots = new Map<SnapshotId, Snapshot>();
  #newest: Stored | undefined;

  async put(snapshot: Snapshot): Promise<SnapshotId> {
    const id = snapshotId(stableHash(snapshot, 64));
    const stored = { id, snapshot: frozenCopy(snapshot) };
    this.#snapshots.set(id, stored.snapshot);
    if (this.#newest === undefined || byAge(this.#newest, stored) < 0) this.#newest = stored;
    return id;
  }

  async get(id: SnapshotId): Promise<Snapshot | undefined> {
    return this.#snapshots.get(id);
  }

  async newest(): Promise<Stored | undefined> {
    return this.#newest;
  }
}

/** Oldest first; of two taken at one time the id decides, because cursors do not compare. */
const byAge = (a: Stored, b: Stored): number =>
  a.snapshot.takenAtMs - b.snapshot.takenAtMs || compareText(a.id, b.id);
