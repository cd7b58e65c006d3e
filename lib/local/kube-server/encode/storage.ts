import type {
  CsiNode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../../model/volume.ts';
import { type Json, member, metadata, nodeTerm } from './values.ts';

export const volumeClaimObject = (claim: PersistentVolumeClaim, resourceVersion: number): Json => ({
  metadata: metadata('claim', claim, resourceVersion),
  spec: {
    // An empty class is a choice (no provisioning), an absent one is not.
    ...(claim.storageClassName === undefined ? {} : { storageClassName: claim.storageClassName }),
    ...member('volumeName', claim.volumeName),
    accessModes: [claim.oncePod === true ? 'ReadWriteOncePod' : 'ReadWriteOnce'],
  },
  status: { phase: claim.phase },
});

export const volumeObject = (volume: PersistentVolume, resourceVersion: number): Json => ({
  metadata: metadata('volume', volume, resourceVersion),
  spec: {
    ...(volume.nodeAffinity.length === 0
      ? {}
      : { nodeAffinity: { required: { nodeSelectorTerms: volume.nodeAffinity.map(nodeTerm) } } }),
    ...(volume.csiDriver === undefined
      ? {}
      : { csi: { driver: volume.csiDriver, ...member('volumeHandle', volume.csiHandle) } }),
    ...(volume.onHost === true ? { local: { path: '/data' } } : {}),
    ...member('storageClassName', volume.freeInClass),
  },
});

export const storageClassObject = (storageClass: StorageClass, resourceVersion: number): Json => ({
  metadata: metadata('storage-class', storageClass, resourceVersion),
  provisioner: storageClass.provisioner,
  volumeBindingMode: storageClass.volumeBindingMode,
  ...member(
    'allowedTopologies',
    storageClass.allowedTopologies.map(({ matchExpressions }) => ({
      matchLabelExpressions: matchExpressions.map(({ key, values }) => ({ key, values })),
    })),
  ),
});

export const csiNodeObject = ({ nodeName, limits }: CsiNode, resourceVersion: number): Json => ({
  metadata: metadata('csi-node', { name: nodeName }, resourceVersion),
  spec: {
    drivers: Object.entries(limits).map(([name, count]) => ({
      ...{ name, nodeID: nodeName },
      allocatable: { count },
    })),
  },
});
