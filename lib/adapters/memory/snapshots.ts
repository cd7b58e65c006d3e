import { createHash, type Hash } from 'node:crypto';
import { type SnapshotId, snapshotId } from '../../model/ids.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { frozenCopy } from './frozen.ts';
import { textOf } from './frozen-json.ts';

interface Stored {
  readonly id: SnapshotId;
  readonly snapshot: Snapshot;
}

/** A bucket of snapshots under the hash of their content. */
export class MemorySnapshots implements Snapshots {
  readonly #snapshots = new Map<SnapshotId, Snapshot>();
  #newest: Stored | undefined;

  async put(snapshot: Snapshot): Promise<SnapshotId> {
    const copy = frozenCopy(snapshot);
    const hash = createHash('sha256');
    writeJson(hash, copy, OBJECT_DEPTH);
    const stored = { id: snapshotId(hash.digest('hex')), snapshot: copy };
    const { id } = stored;
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

/** Objects of the cluster stand this deep in a snapshot: snapshot, cluster, list, object. */
const OBJECT_DEPTH = 3;

/**
 * `stableJson` of the value, piece by piece into the hash. Most objects of a snapshot are the ones of the snapshot before,
 * so the text of each is made once.
 */
function writeJson(hash: Hash, value: unknown, depth: number): void {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    hash.update(textOf(value));
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      hash.update(index === 0 ? '[' : ',');
      writeJson(hash, item, depth - 1);
    });
    hash.update(value.length === 0 ? '[]' : ']');
    return;
  }
  const members = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  for (const [index, [key, member]] of members.entries()) {
    hash.update(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
    writeJson(hash, member, depth - 1);
  }
  hash.update(members.length === 0 ? '{}' : '}');
}
