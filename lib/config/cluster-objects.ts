/**
 * Nodes, namespaces and storage objects into the model.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/ and …/config-and-storage-resources/
 */
import * as z from 'zod';
import { LABEL } from '../model/labels.ts';
import type { Node } from '../model/node.ts';
import type { ResourceList } from '../model/resources.ts';
import type { Namespace } from '../model/snapshot.ts';
import type { CsiNode, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../model/volume.ts';
import { withPlaceLabels } from '../model/volume-places.ts';
import { nodeSelectorTerms } from './affinity-schema.ts';
import { kubernetesObject, type Read, read, resourceList } from './kit.ts';
import { UNREAD_FIELDS } from './kubernetes-fields.ts';
import type { LocatedObject } from './located.ts';
import { objectMetadata, timestamp } from './metadata.ts';

/** The kubelet's own default (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/). */
const DEFAULT_MAX_PODS = 110;

const nodeSchema = kubernetesObject(
  {
    metadata: objectMetadata,
    spec: kubernetesObject(
      {
        providerID: z.string().default(''),
        unschedulable: z.boolean().default(false),
        taints: z
          .array(
            z.object({
              key: z.string(),
              value: z.string().exactOptional(),
              effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
            }),
          )
          .default([]),
      },
      UNREAD_FIELDS.nodeSpec,
    ).prefault({}),
    status: z
      .object({
        capacity: resourceList.exactOptional(),
        allocatable: resourceList.exactOptional(),
        conditions: z
          .array(
            z.object({
              type: z.string(),
              status: z.enum(['True', 'False', 'Unknown']),
              lastTransitionTime: timestamp.default(0),
            }),
          )
          .default([]),
      })
      .prefault({}),
  },
  UNREAD_FIELDS.object,
).transform(({ metadata, spec, status }): Node => {
  const { name, uid, resourceVersion, createdAtMs, labels, annotations, deletionAtMs } = metadata;
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const allocatable = withPods(status.allocatable ?? status.capacity ?? {});
  return {
    name,
    uid: uid ?? `Node/${name}`,
    resourceVersion,
    createdAtMs,
    labels: { [LABEL.hostname]: name, ...labels },
    annotations,
    taints: spec.taints,
    unschedulable: spec.unschedulable,
    providerId: spec.providerID,
    capacity: withPods(status.capacity ?? allocatable),
    allocatable,
    // A node written by hand without conditions is meant to be one that works.
    ready: ready?.status ?? 'True',
    readySinceMs: ready?.lastTransitionTime ?? createdAtMs,
    ...(deletionAtMs === undefined ? {} : { deletionAtMs }),
  };
});

const withPods = (resources: ResourceList): ResourceList => ({ pods: DEFAULT_MAX_PODS, ...resources });

export const readNode = (object: LocatedObject): Read<Node> => read(object, nodeSchema);

/** The label that the API server puts on every namespace, for selectors by name. */
export const namespaceNamed = (name: string, labels: Namespace['labels'] = {}): Namespace => ({
  name,
  labels: { ...labels, 'kubernetes.io/metadata.name': name },
});

const namespaceSchema = z
  .object({ metadata: objectMetadata })
  .transform(({ metadata }) => namespaceNamed(metadata.name, metadata.labels));

export const readNamespace = (object: LocatedObject): Read<Namespace> => read(object, namespaceSchema);

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#pv-kubernetes-io-bind-completed */
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

const claimSchema = kubernetesObject(
  {
    metadata: objectMetadata,
    spec: kubernetesObject(
      {
        storageClassName: z.string().exactOptional(),
        volumeName: z.string().exactOptional(),
        accessModes: z.array(z.string()).default([]),
      },
      UNREAD_FIELDS.claimSpec,
    ).prefault({}),
    status: z.object({ phase: z.enum(['Pending', 'Bound', 'Lost']).exactOptional() }).prefault({}),
  },
  UNREAD_FIELDS.object,
).transform(({ metadata, spec, status }): PersistentVolumeClaim => {
  const { namespace, name, annotations, deletionAtMs } = metadata;
  const { storageClassName, volumeName, accessModes } = spec;
  const phase = status.phase ?? (volumeName === undefined ? 'Pending' : 'Bound');
  return {
    namespace,
    name,
    ...(storageClassName === undefined ? {} : { storageClassName }),
    ...(volumeName === undefined ? {} : { volumeName }),
    // The binding is complete with the annotation; the phase follows it.
    phase: phase === 'Pending' && BIND_COMPLETED in annotations ? 'Bound' : phase,
    ...(accessModes.includes('ReadWriteOncePod') ? { oncePod: true as const } : {}),
    ...(deletionAtMs === undefined ? {} : { deletionAtMs }),
  };
});

export const readVolumeClaim = (object: LocatedObject): Read<PersistentVolumeClaim> =>
  read(object, claimSchema);

const volumeSchema = kubernetesObject(
  {
    metadata: objectMetadata,
    spec: kubernetesObject(
      {
        nodeAffinity: z.object({ required: z.object({ nodeSelectorTerms }).exactOptional() }).prefault({}),
        csi: z.object({ driver: z.string(), volumeHandle: z.string().exactOptional() }).exactOptional(),
        awsElasticBlockStore: z.object({ volumeID: z.string() }).exactOptional(),
        local: z.looseObject({}).exactOptional(),
        hostPath: z.looseObject({}).exactOptional(),
        storageClassName: z.string().default(''),
        claimRef: z.looseObject({}).exactOptional(),
      },
      [...UNREAD_FIELDS.persistentVolumeSpec, ...UNREAD_FIELDS.volume],
    ),
    status: z.object({ phase: z.string().default('Available') }).prefault({}),
  },
  UNREAD_FIELDS.object,
).transform(({ metadata, spec, status }): PersistentVolume => {
  const { name, labels, deletionAtMs } = metadata;
  const free = status.phase === 'Available' && spec.claimRef === undefined;
  return {
    name,
    nodeAffinity: withPlaceLabels(spec.nodeAffinity.required?.nodeSelectorTerms ?? [], labels),
    ...attachmentOf(spec),
    ...(free && spec.storageClassName !== '' ? { freeInClass: spec.storageClassName } : {}),
    ...(spec.local === undefined && spec.hostPath === undefined ? {} : { onHost: true as const }),
    ...(deletionAtMs === undefined ? {} : { deletionAtMs }),
  };
});

/** Kubernetes reads the in-tree plugin, whose ids may begin with `aws://<zone>/`, as its CSI driver ("CSI migration"). */
function attachmentOf({
  csi,
  awsElasticBlockStore,
}: {
  readonly csi?: { readonly driver: string; readonly volumeHandle?: string };
  readonly awsElasticBlockStore?: { readonly volumeID: string };
}): Pick<PersistentVolume, 'csiDriver' | 'csiHandle'> {
  if (csi !== undefined) {
    const { driver, volumeHandle } = csi;
    return { csiDriver: driver, ...(volumeHandle === undefined ? {} : { csiHandle: volumeHandle }) };
  }
  if (awsElasticBlockStore === undefined) return {};
  const handle = awsElasticBlockStore.volumeID.split('/').at(-1) ?? '';
  return { csiDriver: 'ebs.csi.aws.com', csiHandle: handle };
}

export const readVolume = (object: LocatedObject): Read<PersistentVolume> => read(object, volumeSchema);

/** A class, and whether claims without a class get it. */
export interface ReadStorageClass {
  readonly storageClass: StorageClass;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
}

/** The second is the first's deprecated spelling, which the API server still reads. */
const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

const storageClassSchema = kubernetesObject(
  {
    metadata: objectMetadata,
    provisioner: z.string().min(1),
    volumeBindingMode: z.enum(['Immediate', 'WaitForFirstConsumer']).default('Immediate'),
    allowedTopologies: z
      .array(
        z.object({
          matchLabelExpressions: z
            .array(z.object({ key: z.string(), values: z.array(z.string()).min(1) }))
            .default([]),
        }),
      )
      .default([]),
  },
  UNREAD_FIELDS.storageClass,
).transform(
  ({ metadata, provisioner, volumeBindingMode, allowedTopologies }): ReadStorageClass => ({
    storageClass: {
      name: metadata.name,
      provisioner,
      volumeBindingMode,
      allowedTopologies: allowedTopologies.map(({ matchLabelExpressions }) => ({
        matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values })),
        matchFields: [],
      })),
    },
    isDefault: DEFAULT_CLASS.some((annotation) => metadata.annotations[annotation] === 'true'),
    createdAtMs: metadata.createdAtMs,
  }),
);

export const readStorageClass = (object: LocatedObject): Read<ReadStorageClass> =>
  read(object, storageClassSchema);

const csiNodeSchema = z
  .object({
    metadata: objectMetadata,
    spec: z.object({
      drivers: z
        .array(
          z.object({
            name: z.string(),
            allocatable: z.object({ count: z.int().min(0).exactOptional() }).prefault({}),
          }),
        )
        .default([]),
    }),
  })
  .transform(
    ({ metadata, spec }): CsiNode => ({
      nodeName: metadata.name,
      limits: Object.fromEntries(
        spec.drivers.flatMap(({ name, allocatable }) =>
          allocatable.count === undefined ? [] : [[name, allocatable.count]],
        ),
      ),
    }),
  );

export const readCsiNode = (object: LocatedObject): Read<CsiNode> => read(object, csiNodeSchema);
