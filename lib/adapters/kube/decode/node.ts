import { LABEL } from '../../../model/labels.ts';
import type { Node } from '../../../model/node.ts';
import type { ResourceList } from '../../../model/resources.ts';
import { EFFECTS } from './affinity.ts';
import { capacityOf, mapOf, NONE, oneOf, timeMsOf } from './values.ts';
import type { WireNode } from './wire.ts';

/** The kubelet's own default (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/). */
const DEFAULT_MAX_PODS = 110;

/** A Node without a Ready condition, as before its first heartbeat, is `Unknown`. */
export function nodeOf({ metadata, spec, status }: WireNode): Node {
  const { name, uid, resourceVersion, labels, annotations, deletionTimestamp } = metadata;
  const createdAtMs = timeMsOf(metadata.creationTimestamp);
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const allocatable = withPods(capacityOf(status?.allocatable ?? status?.capacity));
  return {
    name,
    uid,
    resourceVersion,
    createdAtMs,
    labels: { [LABEL.hostname]: name, ...mapOf(labels) },
    annotations: mapOf(annotations),
    // An effect that nobody knew of keeps pods away, as most effects do.
    taints:
      spec?.taints?.map(({ key, value, effect }) => ({
        key,
        ...(typeof value === 'string' ? { value } : {}),
        effect: oneOf(effect, EFFECTS, 'NoSchedule'),
      })) ?? NONE,
    unschedulable: spec?.unschedulable ?? false,
    providerId: spec?.providerID ?? '',
    capacity: status?.capacity ? withPods(capacityOf(status.capacity)) : allocatable,
    allocatable,
    ready: oneOf(ready?.status, ['True', 'False'], 'Unknown'),
    readySinceMs: ready === undefined ? createdAtMs : timeMsOf(ready.lastTransitionTime),
    ...(deletionTimestamp ? { deletionAtMs: timeMsOf(deletionTimestamp) } : {}),
  };
}

const withPods = (resources: ResourceList): ResourceList => ({ pods: DEFAULT_MAX_PODS, ...resources });
