import { DovetailError } from '../../../model/errors.ts';
import type { SnapshotId } from '../../../model/ids.ts';
import type { Pod } from '../../../model/pod.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { assertReadable } from '../table/schema-version.ts';
import { FORM, SHARED } from './encode.ts';

interface Encoded {
  readonly cluster: Snapshot['cluster'];
  readonly form: number;
  readonly parts: Readonly<Record<string, unknown>>;
  readonly rest: Omit<Snapshot, 'cluster'>;
}

/** The snapshot of a text. Pods that share a part share one object. Throws `NewerSchema` for a form not known here. */
export function decodeSnapshot(text: string, id: SnapshotId): Snapshot {
  const { cluster, form, parts, rest } = JSON.parse(text) as Encoded;
  if (form !== FORM) {
    const message = `snapshot ${id} has form ${form}: this release reads form ${FORM}: deploy the release that wrote it, or a newer one`;
    throw new DovetailError('NewerSchema', message, 'same-request');
  }
  assertReadable(rest.schemaVersion, `snapshot ${id}`);
  for (const pod of cluster.pods) expand(pod, parts);
  return { ...rest, cluster };
}

/** In place: the pod was just read, and nobody has seen it. */
function expand(pod: Pod, parts: Encoded['parts']): void {
  const members = pod as unknown as Record<string, unknown>;
  for (const member of SHARED) {
    const key = members[member];
    if (typeof key === 'string') members[member] = parts[key];
  }
}
