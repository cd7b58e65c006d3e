// The mark of a node that is leaving: Karpenter's disrupted taint, with an annotation that says that we put it there, so
// that a taint of somebody else is never taken away.
import { DovetailError } from '../model/errors.ts';
import type { ClaimName } from '../model/ids.ts';
import { ANNOTATION, TAINT } from '../model/labels.ts';
import type { Node } from '../model/node.ts';
import type { NodeRef } from '../model/node-claim.ts';
import type { NodePatch } from '../ports/cluster.ts';
import type { ControlDeps } from './deps.ts';

type ClusterDeps = Pick<ControlDeps, 'cluster'>;

/** Conflicts in a row before a message is given back to its queue: others write nodes every few seconds at most. */
const MAX_CONFLICTS = 10;

/** Keeps new pods off the node. True when the mark was not there before; a node that is gone needs none. */
export function markDisrupted(deps: ClusterDeps, ref: NodeRef, claim: ClaimName): Promise<boolean> {
  return editNode(deps, ref, (node) =>
    isMarked(node)
      ? undefined
      : {
          taints: [...withoutMark(node), { key: TAINT.disrupted, effect: 'NoSchedule' }],
          annotations: { [ANNOTATION.draining]: claim },
        },
  );
}

export async function unmarkDisrupted(deps: ClusterDeps, ref: NodeRef): Promise<void> {
  await editNode(deps, ref, (node) => unmarkPatch(node));
}

/** The patch that takes our mark away, or undefined where there is none. */
export const unmarkPatch = (node: Node): NodePatch | undefined =>
  node.annotations[ANNOTATION.draining] === undefined
    ? undefined
    : { taints: withoutMark(node), annotations: { [ANNOTATION.draining]: null } };

const isMarked = (node: Node): boolean =>
  node.annotations[ANNOTATION.draining] !== undefined &&
  node.taints.some((taint) => taint.key === TAINT.disrupted);

const withoutMark = (node: Node): Node['taints'] =>
  node.taints.filter((taint) => taint.key !== TAINT.disrupted);

/** Edits a node under its resourceVersion, again on a conflict. False where nothing was to be changed. */
async function editNode(
  deps: ClusterDeps,
  ref: NodeRef,
  edit: (node: Node) => NodePatch | undefined,
): Promise<boolean> {
  for (let tries = 0; tries < MAX_CONFLICTS; tries++) {
    const node = await deps.cluster.node(ref.name);
    const patch = node === undefined || node.uid !== ref.uid ? undefined : edit(node);
    if (node === undefined || patch === undefined) return false;
    const outcome = await deps.cluster.patchNode(node.name, node.resourceVersion, patch);
    if (outcome !== 'conflict') return outcome === 'patched';
  }
  throw new DovetailError(
    'NodeContended',
    `node ${ref.name} changed ${MAX_CONFLICTS} times in a row`,
    'same-request',
  );
}
