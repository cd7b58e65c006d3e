/** Volumes, their claims and classes, and what nodes can attach: the same as the documents' reader makes of them. */
import type {
  CsiNode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../../model/volume.ts';
import { withPlaceLabels } from '../../../model/volume-places.ts';
import { mapOf, NONE, nodeTermOf, oneOf, timeMsOf } from './values.ts';
import type { WireCsiNode, WireStorageClass, WireVolume, WireVolumeClaim } from './wire.ts';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#pv-kubernetes-io-bind-completed */
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

export function volumeClaimOf({ metadata, spec, status }: WireVolumeClaim): PersistentVolumeClaim {
  const { storageClassName, volumeName, accessModes } = spec ?? {};
  const said = status?.phase ?? (volumeName ? 'Bound' : 'Pending');
  const phase = oneOf(said, ['Bound', 'Lost'], 'Pending');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    ...(typeof storageClassName === 'string' ? { storageClassName } : {}),
    ...(typeof volumeName === 'string' ? { volumeName } : {}),
    // The binding is complete with the annotation; the phase follows it.
    phase: phase === 'Pending' && BIND_COMPLETED in mapOf(metadata.annotations) ? 'Bound' : phase,
    ...(accessModes?.includes('ReadWriteOncePod') ? { oncePod: true as const } : {}),
    ...(metadata.deletionTimestamp ? { deletionAtMs: timeMsOf(metadata.deletionTimestamp) } : {}),
  };
}

export function volumeOf({ metadata, spec, status }: WireVolume): PersistentVolume {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms?.map(nodeTermOf) ?? NONE;
  const free = (status?.phase ?? 'Available') === 'Available' && !spec.claimRef;
  return {
    name: metadata.name,
    nodeAffinity: withPlaceLabels(terms, mapOf(metadata.labels)),
    ...attachmentOf(spec),
    ...(free && spec.storageClassName ? { freeInClass: spec.storageClassName } : {}),
    ...(spec.local || spec.hostPath ? { onHost: true as const } : {}),
    ...(metadata.deletionTimestamp ? { deletionAtMs: timeMsOf(metadata.deletionTimestamp) } : {}),
  };
}

/** The in-tree plugin, whose ids may begin with `aws://<zone>/`, is read as its CSI driver ("CSI migration"). */
function attachmentOf({
  csi,
  awsElasticBlockStore,
}: WireVolume['spec']): Pick<PersistentVolume, 'csiDriver' | 'csiHandle'> {
  if (csi) {
    return {
      csiDriver: csi.driver,
      ...(typeof csi.volumeHandle === 'string' ? { csiHandle: csi.volumeHandle } : {}),
    };
  }
  if (!awsElasticBlockStore) return {};
  const { volumeID } = awsElasticBlockStore;
  return { csiDriver: 'ebs.csi.aws.com', csiHandle: volumeID.slice(volumeID.lastIndexOf('/') + 1) };
}

export const storageClassOf = (written: WireStorageClass): StorageClass => ({
  name: written.metadata.name,
  provisioner: written.provisioner,
  volumeBindingMode: oneOf(written.volumeBindingMode, ['WaitForFirstConsumer'], 'Immediate'),
  allowedTopologies:
    written.allowedTopologies?.map(({ matchLabelExpressions }) => ({
      matchExpressions:
        matchLabelExpressions?.map(({ key, values }) => ({ key, operator: 'In' as const, values })) ?? NONE,
      matchFields: NONE,
    })) ?? NONE,
});

export function csiNodeOf({ metadata, spec }: WireCsiNode): CsiNode {
  const limits: Record<string, number> = {};
  for (const { name, allocatable } of spec.drivers ?? NONE) {
    if (typeof allocatable?.count === 'number') limits[name] = allocatable.count;
  }
  return { nodeName: metadata.name, limits };
}
