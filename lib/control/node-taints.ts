import { DovetailError } from '../model/errors.ts';
import type { NodeRef } from '../model/node-claim.ts';
import type { Taint } from '../model/taint.ts';
import type { ControlDeps } from './deps.ts';

/** Conflicts in a row before a message is given back to its queue: others write nodes every few seconds at most. */
const MAX_CONFLICTS = 10;

/** Edits the taints of a node under its resourceVersion, again on a conflict. A node that is gone needs no taint. */
export async function editNodeTaints(
  deps: Pick<ControlDeps, 'cluster'>,
  ref: NodeRef,
  edit: (taints: readonly Taint[]) => readonly Taint[],
): Promise<void> {
  for (let tries = 0; tries < MAX_CONFLICTS; tries++) {
    const node = await deps.cluster.node(ref.name);
    if (node === undefined || node.uid !== ref.uid) return;
    const outcome = await deps.cluster.patchNode(node.name, node.resourceVersion, {
      taints: edit(node.taints),
    });
    if (outcome !== 'conflict') return;
  }
  throw new DovetailError(
    'NodeContended',
    `node ${ref.name} changed ${MAX_CONFLICTS} times in a row`,
    'same-request',
  );
}
