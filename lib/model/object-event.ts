/** An Event of the Kubernetes API, about one pod or node. `reason` and `message` are Karpenter's where it has such an event. */
export interface ObjectEvent {
  readonly kind: 'Pod' | 'Node';
  /** Of pods. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const podEvent = (
  { namespace, name, uid }: PodRef,
  type: ObjectEvent['type'],
  reason: string,
  message: string,
): ObjectEvent => ({ kind: 'Pod', namespace, name, uid, type, reason, message });

export const nodeEvent = (
  { name, uid }: Omit<PodRef, 'namespace'>,
  reason: string,
  message: string,
): ObjectEvent => ({ kind: 'Node', name, uid, type: 'Normal', reason, message });
