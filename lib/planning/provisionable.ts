// Which pods get new capacity, and which of those cannot be planned for whatever nodes there are.
import { requirementProblem } from '../constraints/requirements.ts';
import { type VolumeState, volumePlaces } from '../constraints/volumes.ts';
import type { NodeSelectorTerm } from '../model/affinity.ts';
import { LABEL } from '../model/labels.ts';
import { isDaemonSetPod, isMirrorPod, isTerminal, type Pod, type PodSpec } from '../model/pod.ts';
import type { ResourceList } from '../model/resources.ts';
import { contradictionOf } from './contradictions.ts';

/**
 * kube-scheduler has found no node for it, nobody else is making room for it, and it does not ask to stay off our nodes.
 * Source: karpenter `pkg/utils/pod/scheduling.go` (`IsProvisionable`) and `provisioner.go` (opt-out by affinity).
 */
export function isProvisionable(pod: Pod): boolean {
  return (
    pod.unschedulable !== undefined &&
    pod.nodeName === undefined &&
    pod.nominatedNodeName === undefined &&
    pod.deletionAtMs === undefined &&
    pod.spec.schedulingGates.length === 0 &&
    !isTerminal(pod) &&
    !isDaemonSetPod(pod) &&
    !isMirrorPod(pod) &&
    !optsOut(pod.spec)
  );
}

/** Every way to place the pod demands a node without a NodePool. */
function optsOut(spec: PodSpec): boolean {
  const terms = spec.affinity.nodeRequired;
  return terms.length > 0 && terms.every(refusesPools);
}

function refusesPools(term: NodeSelectorTerm): boolean {
  return term.matchExpressions.some(
    ({ key, operator }) => key === LABEL.nodePool && operator === 'DoesNotExist',
  );
}

/**
 * Why no plan may include the pod, or undefined. One sentence without the pod's name. `bringing`: see `volumePlaces`.
 */
export function refusalOf(pod: Pod, volumes: VolumeState, bringing: readonly string[]): string | undefined {
  const { spec } = pod;
  const wrong = requestsProblem(spec.requests);
  if (wrong !== undefined) return wrong;
  if (spec.resourceClaims.length > 0) {
    return `it uses resource claims (DRA), which are not supported: ${spec.resourceClaims.join(', ')}`;
  }
  const { nodeRequired, nodePreferred } = spec.affinity;
  const terms = [...nodeRequired, ...nodePreferred.map(({ preference }) => preference)];
  const field = terms.flatMap((term) => term.matchFields)[0];
  if (field !== undefined) {
    return `its node affinity uses matchFields (${field.key}), which is not supported: use a node label`;
  }
  for (const requirement of terms.flatMap((term) => term.matchExpressions)) {
    const problem = requirementProblem(requirement);
    if (problem !== undefined) return `its node affinity is invalid: ${problem}`;
  }
  if (nodeRequired.some((term) => term.matchExpressions.length === 0)) {
    return 'its node affinity is invalid: a required term without expressions matches no node';
  }
  const places = volumePlaces(pod, volumes, bringing);
  return places.kind === 'refused' ? places.reason : contradictionOf(pod, places);
}

function requestsProblem(requests: ResourceList): string | undefined {
  const wrong = Object.entries(requests).find(([, amount]) => !Number.isSafeInteger(amount) || amount < 0);
  return wrong === undefined
    ? undefined
    : `its requests hold ${wrong[1]} of ${wrong[0]}: want a whole number from 0 to 2^53 - 1 in base units`;
}
