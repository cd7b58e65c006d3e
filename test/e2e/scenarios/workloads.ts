/** Workloads of the scenarios, as kubectl would send them. All in a namespace of their own, so that one delete removes all. */
import type { Manifest } from '../lane/kube-client.ts';

export const NAMESPACE = 'work';

export interface PodShape {
  readonly cpu: string;
  readonly memory: string;
  readonly limits?: Readonly<Record<string, string>>;
  /** Members of the pod's spec beyond its containers. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export function deployment(name: string, replicas: number, shape: PodShape): Manifest {
  const labels = { app: name, ...shape.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels }, spec: podSpec(shape) },
    },
  };
}

export const pod = (name: string, shape: PodShape): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NAMESPACE, labels: { app: name, ...shape.labels } },
  spec: podSpec(shape),
});

const podSpec = ({ cpu, memory, limits = {}, spec = {} }: PodShape): Record<string, unknown> => ({
  terminationGracePeriodSeconds: 0,
  containers: [
    { name: 'main', image: 'registry.k8s.io/pause', resources: { requests: { cpu, memory }, limits } },
  ],
  ...spec,
});

/**
 * On nodes of their own, whatever else is there: the NodePool lets pods choose the label's value, as Karpenter does with
 * `Exists`.
 */
export const alone = (value: string): Record<string, unknown> => ({
  nodeSelector: { 'lane.example/batch': value },
});

/** Spread evenly over the zones. */
export const overZones = (app: string): Record<string, unknown> => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app } },
    },
  ],
});

/** No two on one node. */
export const apart = (app: string): Record<string, unknown> => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
      ],
    },
  },
});

/** A volume that is in one zone already, and the claim that is bound to it. */
export const volumeIn = (zone: string, claim: string): readonly Manifest[] => [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${claim}-volume` },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: '',
      csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0123456789abcdef0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: NAMESPACE, name: claim },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }] },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim, namespace: NAMESPACE },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      volumeName: `${claim}-volume`,
      resources: { requests: { storage: '10Gi' } },
    },
  },
];

/**
 * NVIDIA's device plugin as its chart makes it: it tolerates the GPU's taint and nothing of ours.
 * Source: https://github.com/NVIDIA/k8s-device-plugin
 */
export const devicePlugin = (): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'nvidia-device-plugin', namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: 'nvidia-device-plugin' } },
    template: {
      metadata: { labels: { app: 'nvidia-device-plugin' } },
      spec: {
        ...podSpec({ cpu: '50m', memory: '64Mi' }),
        nodeSelector: { 'karpenter.k8s.aws/instance-gpu-manufacturer': 'nvidia' },
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      },
    },
  },
});
