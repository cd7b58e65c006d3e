import { podUid } from '../../../model/ids.ts';
import type { OwnerReference, Pod } from '../../../model/pod.ts';
import { podSpecOf } from './pod-spec.ts';
import { mapOf, NONE, oneOf, timeMsOf } from './values.ts';
import type { WireCondition, WireMetadata, WirePod } from './wire.ts';

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

/**
 * A pod of a running cluster. Unlike a document, one that kube-scheduler has not spoken of yet is no unschedulable pod:
 * its word comes within moments.
 */
export function podOf({ metadata, spec, status }: WirePod): Pod {
  const { uid, name, namespace, labels, annotations, creationTimestamp, deletionTimestamp } = metadata;
  const { nodeName } = spec;
  const owner = ownerOf(metadata);
  const unschedulable = nodeName ? undefined : unschedulableOf(status?.conditions ?? NONE);
  return {
    uid: podUid(uid),
    namespace: namespace ?? '',
    name,
    labels: mapOf(labels),
    annotations: mapOf(annotations),
    createdAtMs: timeMsOf(creationTimestamp),
    spec: podSpecOf(spec, name),
    phase: status?.phase ? oneOf(status.phase, PHASES, 'Unknown') : 'Pending',
    ...(owner === undefined ? {} : { owner }),
    ...(deletionTimestamp ? { deletionAtMs: timeMsOf(deletionTimestamp) } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(status?.nominatedNodeName ? { nominatedNodeName: status.nominatedNodeName } : {}),
    ...(status?.startTime ? { startedAtMs: timeMsOf(status.startTime) } : {}),
    ...(unschedulable === undefined ? {} : { unschedulable }),
  };
}

function ownerOf({ ownerReferences }: WireMetadata): OwnerReference | undefined {
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  return owner && { kind: owner.kind, name: owner.name, uid: owner.uid };
}

function unschedulableOf(conditions: readonly WireCondition[]): Pod['unschedulable'] {
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable'
    ? { sinceMs: timeMsOf(scheduled.lastTransitionTime), message: scheduled.message ?? '' }
    : undefined;
}
