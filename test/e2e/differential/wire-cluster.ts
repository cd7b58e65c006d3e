/** Generated nodes and volumes as their owners would write them. */
import type { NodeSelectorTerm } from '../../../lib/model/affinity.ts';
import type {
  CsiNode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../../lib/model/volume.ts';
import type { ReferenceNode } from '../../support/reference/cluster.ts';
import { nodeTermOf, quantitiesOf } from './wire-pod.ts';

type Json = Readonly<Record<string, unknown>>;

export const wireNode = ({ name, labels, allocatable }: ReferenceNode): Json => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  status: {
    capacity: quantitiesOf(allocatable),
    allocatable: quantitiesOf(allocatable),
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
  },
});

export const wireCsiNode = ({ nodeName, limits }: CsiNode): Json => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: { name: nodeName },
  spec: {
    drivers: Object.entries(limits).map(([name, count]) => ({
      ...{ name, nodeID: nodeName, topologyKeys: [], allocatable: { count } },
    })),
  },
});

export const wireStorageClass = ({
  name,
  provisioner,
  volumeBindingMode,
  allowedTopologies,
}: StorageClass): Json => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode,
  allowedTopologies: distinctTerms(allowedTopologies).map(({ matchExpressions }) => ({
    matchLabelExpressions: matchExpressions.map(({ key, values }) => ({ key, values })),
  })),
});

/** How a volume says what it is: as CSI drivers do, or as Kubernetes' own EBS plugin did before them. */
export interface VolumeStyle {
  /** Its place is in its labels, not in its node affinity. */
  readonly placeInLabels: boolean;
  readonly inTree: boolean;
}

export function wireVolume(
  volume: PersistentVolume,
  style: VolumeStyle,
  claim?: PersistentVolumeClaim,
): Json {
  const { name, nodeAffinity, csiDriver, freeInClass } = volume;
  const zones = nodeAffinity[0]?.matchExpressions[0];
  // What is bound already is asked for its labels; what is free only for its node affinity.
  const labelled = style.placeInLabels && zones !== undefined && freeInClass === undefined;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, labels: labelled ? { [PLACE_LABEL]: zones.values.join('__') } : {} },
    spec: {
      ...{ capacity: { storage: '1Gi' }, accessModes: [accessModeOf(claim)] },
      ...(claim === undefined ? {} : { claimRef: { namespace: claim.namespace, name: claim.name } }),
      ...(style.inTree
        ? { awsElasticBlockStore: { volumeID: `aws://a/vol-${name}` } }
        : { csi: { driver: csiDriver, volumeHandle: `vol-${name}` } }),
      ...(labelled ? {} : placeOf(nodeAffinity)),
      ...(freeInClass === undefined ? {} : { storageClassName: freeInClass }),
    },
  };
}

const PLACE_LABEL = 'topology.kubernetes.io/zone';

const placeOf = (terms: readonly NodeSelectorTerm[]): Json =>
  terms.length === 0 ? {} : { nodeAffinity: { required: { nodeSelectorTerms: terms.map(nodeTermOf) } } };

export function wireVolumeClaim(claim: PersistentVolumeClaim): Json {
  const { namespace, name, storageClassName, volumeName, phase } = claim;
  const bound = volumeName !== undefined && phase !== 'Pending';
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...{ namespace, name },
      annotations: bound ? { 'pv.kubernetes.io/bind-completed': 'yes' } : {},
    },
    spec: {
      ...{ storageClassName, volumeName, resources: { requests: { storage: '1Gi' } } },
      accessModes: [accessModeOf(claim)],
    },
  };
}

const accessModeOf = (claim?: PersistentVolumeClaim): string =>
  claim?.oncePod === true ? 'ReadWriteOncePod' : 'ReadWriteOnce';

/** The API server lets in no term of a class twice, in whichever order its values are. */
const distinctTerms = (terms: readonly NodeSelectorTerm[]): NodeSelectorTerm[] => {
  const inOrder = terms.map((term) => ({
    ...term,
    matchExpressions: term.matchExpressions.map((one) => ({ ...one, values: [...one.values].sort() })),
  }));
  return [...new Map(inOrder.map((term) => [JSON.stringify(term), term])).values()];
};
