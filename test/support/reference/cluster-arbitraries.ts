// Small clusters in which everything collides: few keys, few values, few ports. A node carries the deprecated label keys
// beside the stable ones, as the kubelet and the cloud provider write them.
import * as fc from 'fast-check';
import { LABEL } from '../../../lib/model/labels.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { Taint } from '../../../lib/model/taint.ts';
import { aBoundPod, aStorageClass, aVolume, aVolumeClaim } from '../builders.ts';
import type { ReferenceCluster, ReferenceNode } from './cluster.ts';
import { hostPorts, podAntiTerms, podLabels, requests, zoneTerms } from './pod-arbitraries.ts';
import { NAMESPACES, NUMBERS, rarely, VOLUME_CLAIMS, ZONE_NAMES } from './values.ts';

export interface ClusterWishes {
  /** Cordoned nodes and pods that are ending, which planning sees another way than kube-scheduler. */
  readonly leaving: boolean;
}

export const clusters = (wishes: ClusterWishes): fc.Arbitrary<ReferenceCluster> =>
  fc
    .record({
      nodes: fc.tuple(...['n0', 'n1', 'n2', 'n3'].map((name) => nodes(name, wishes))),
      storage,
      limits: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    })
    .map(({ nodes: list, storage: written, limits }) => ({
      nodes: list,
      namespaces: NAMESPACES,
      ...written,
      csiNodes: limits.map((limit, index) => ({
        nodeName: `n${index}`,
        limits: { 'ebs.csi.aws.com': limit },
      })),
    }));

const nodes = (name: string, { leaving }: ClusterWishes): fc.Arbitrary<ReferenceNode> =>
  fc
    .record({
      zone: rarely(fc.constant(undefined), fc.constantFrom(...ZONE_NAMES)),
      rack: fc.constantFrom(undefined, 'r1', 'r2'),
      disk: fc.constantFrom(undefined, '', 'ssd', 'hdd'),
      size: fc.constantFrom(undefined, '', 'abc', '1.5', ...NUMBERS),
      taints: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(taint, { maxLength: 2 })),
      unschedulable: leaving ? rarely(fc.constant(true), fc.constant(false)) : fc.constant(false),
      cpu: fc.constantFrom(100, 200, 400, 800),
      pods: rarely(fc.constantFrom(0, 1, 2), fc.constant(110)),
      gpus: fc.constantFrom(undefined, 0, 1, 2),
      bound: fc.array(boundPods(name, leaving), { maxLength: 3 }),
    })
    .map(({ zone, rack, disk, size, taints, unschedulable, cpu, pods, gpus, bound }) => ({
      name,
      labels: present({
        [LABEL.hostname]: name,
        [LABEL.zone]: zone,
        'failure-domain.beta.kubernetes.io/zone': zone,
        'topology.ebs.csi.aws.com/zone': zone,
        rack,
        disk,
        size,
      }),
      taints,
      unschedulable,
      allocatable: { cpu, memory: 1000, pods, ...(gpus === undefined ? {} : { 'nvidia.com/gpu': gpus }) },
      pods: bound.map((pod, index) => named(pod, `${name}-${index}`)),
    }));

const named = (pod: Pod, name: string): Pod => {
  const { uid } = aBoundPod('', { name });
  return { ...pod, name, uid };
};

const taint: fc.Arbitrary<Taint> = fc.record(
  {
    key: fc.constantFrom('dedicated', 'gpu'),
    value: fc.constantFrom('', 'a', 'b'),
    effect: fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
  },
  { requiredKeys: ['key', 'effect'] },
);

const boundPods = (nodeName: string, leaving: boolean): fc.Arbitrary<Pod> =>
  fc
    .record({
      namespace: fc.constantFrom('default', 'default', 'shop'),
      labels: podLabels,
      phase: rarely(fc.constantFrom('Succeeded', 'Failed', 'Unknown'), fc.constant('Running' as const)),
      ending: leaving ? rarely(fc.constant(true), fc.constant(false)) : fc.constant(false),
      wanted: rarely(requests, fc.constant({ pods: 1 })),
      ports: fc.oneof(hostPorts, fc.constant([])),
      claims: rarely(fc.constantFrom(...VOLUME_CLAIMS), fc.constant(undefined)),
      podAntiRequired: rarely(podAntiTerms, fc.constant([])),
    })
    .map(({ namespace, labels, phase, ending, wanted, ports, claims, podAntiRequired }) => {
      const pod = aBoundPod(nodeName, {
        namespace,
        labels,
        phase,
        ...(ending ? { deletionAtMs: 1 } : {}),
      });
      const volumeClaims = claims === undefined ? [] : [claims];
      const affinity = { ...pod.spec.affinity, podAntiRequired };
      return { ...pod, spec: { ...pod.spec, requests: wanted, hostPorts: ports, volumeClaims, affinity } };
    });

/** Claims in every state. Volumes that are being deleted are left out: Karpenter refuses what Kubernetes still allows. */
const storage = fc
  .record({
    boundTo: zoneTerms,
    allowed: zoneTerms,
    phase: fc.constantFrom('Bound', 'Bound', 'Pending', 'Lost'),
  })
  .map(({ boundTo, allowed, phase }) => ({
    volumes: [aVolume({ name: 'pv-zonal', nodeAffinity: boundTo }), aVolume({ name: 'pv-anywhere' })],
    storageClasses: [
      aStorageClass({ name: 'waiting', allowedTopologies: allowed }),
      aStorageClass({ name: 'immediate', volumeBindingMode: 'Immediate' }),
    ],
    volumeClaims: [
      aVolumeClaim({ name: 'zonal', phase: 'Bound', volumeName: 'pv-zonal' }),
      aVolumeClaim({ name: 'anywhere', phase, volumeName: 'pv-anywhere' }),
      aVolumeClaim({ name: 'dangling', phase: 'Bound', volumeName: 'pv-gone' }),
      aVolumeClaim({ name: 'waiting', storageClassName: 'waiting' }),
      aVolumeClaim({ name: 'waiting-too', storageClassName: 'waiting' }),
      aVolumeClaim({ name: 'immediate', storageClassName: 'immediate' }),
      aVolumeClaim({ name: 'classless', storageClassName: '' }),
      aVolumeClaim({ name: 'unknown-class', storageClassName: 'unknown' }),
      aVolumeClaim({ name: 'deleted', storageClassName: 'waiting', deletionAtMs: 1 }),
      aVolumeClaim({ name: 'elsewhere', namespace: 'shop', storageClassName: 'waiting' }),
    ],
  }));

const present = (labels: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
