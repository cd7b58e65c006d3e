/**
 * What of an instance's hardware is left for pods. Karpenter's formulas, so that plans agree with its own
 * (karpenter-provider-aws `pkg/providers/instancetype/types.go`), in integers throughout.
 */
import type { EvictionThreshold, NodeClass } from '../model/node-class.ts';
import type { ResourceList } from '../model/resources.ts';
import type { TypeFacts } from './catalogue.ts';
import { isWindows, launchInterfaces } from './launch-spec.ts';

type Kubelet = Pick<NodeClass, 'amiFamily' | 'kubelet' | 'spec'>;
type Disks = Pick<NodeClass, 'rootVolumeBytes' | 'instanceStorePolicy'>;
type Hardware = Pick<TypeFacts, 'arch' | 'vcpus' | 'memoryMib' | 'enis' | 'ipv4PerEni' | 'localNvmeGb'>;

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
/** Share of memory that the hypervisor and the kernel keep: Karpenter's default `vmMemoryOverheadPercent` of 0.075. */
const VM_OVERHEAD_PERMILLE = 75;
/** What EC2 keeps of an arm64 instance's memory beyond that. */
const ARM64_FIRMWARE_MIB = 64;
/** kubelet's own default where the network sets no limit. */
const DEFAULT_MAX_PODS = 110;
const DEFAULT_EVICTION_MEMORY_BYTES = 100 * MIB;
const DEFAULT_EVICTION_NODEFS_PERCENT = 10;

/** Share of each band of CPU that kubelet reserves, in hundredths of a percent. */
const RESERVED_CPU_BANDS = [
  { fromMillicores: 0, toMillicores: 1000, basisPoints: 600 },
  { fromMillicores: 1000, toMillicores: 2000, basisPoints: 100 },
  { fromMillicores: 2000, toMillicores: 4000, basisPoints: 50 },
  { fromMillicores: 4000, toMillicores: Number.POSITIVE_INFINITY, basisPoints: 25 },
] as const;

/**
 * Pods by addresses: every interface's own address is not for pods; two more run on the host's network.
 * https://github.com/aws/amazon-vpc-cni-k8s#setup. `reservedEnis` are interfaces of the default card without addresses.
 */
export function eniLimitedPods(type: Hardware, reservedEnis = 0): number {
  const usable = Math.max(0, type.enis - reservedEnis);
  return usable === 0 ? 0 : usable * (type.ipv4PerEni - 1) + 2;
}

/**
 * How many pods kubelet admits. Interfaces of the NodeClass that carry EFA alone have no addresses for pods; the AMI's own
 * formula for `kubeReserved` does not know them.
 */
export function maxPods(type: Hardware, nodeClass: Kubelet): number {
  const { amiFamily, kubelet } = nodeClass;
  const efaOnly = launchInterfaces(nodeClass).filter(
    (entry) => entry.efaOnly && entry.networkCardIndex === 0,
  ).length;
  const limit = kubelet.maxPods ?? (isWindows(amiFamily) ? DEFAULT_MAX_PODS : eniLimitedPods(type, efaOnly));
  const perCore = amiFamily === 'Bottlerocket' ? 0 : (kubelet.podsPerCore ?? 0);
  return perCore > 0 ? Math.min(limit, perCore * type.vcpus) : limit;
}

export function memoryCapacityBytes(type: Hardware): number {
  const mib = type.memoryMib - (type.arch === 'arm64' ? ARM64_FIRMWARE_MIB : 0);
  return (mib - Math.ceil((mib * VM_OVERHEAD_PERMILLE) / 1000)) * MIB;
}

/** The disk that pods' ephemeral storage lives on. Instance store is sold in powers of ten. */
export function ephemeralStorageBytes(type: Hardware, disks: Disks): number {
  const striped = disks.instanceStorePolicy === 'RAID0' ? (type.localNvmeGb ?? 0) : 0;
  return striped > 0 ? striped * 1e9 : disks.rootVolumeBytes;
}

/** Each band is cut to whole millicores. */
export function reservedCpuMillicores(vcpus: number): number {
  const cpuMillicores = vcpus * 1000;
  return RESERVED_CPU_BANDS.filter(({ fromMillicores }) => cpuMillicores > fromMillicores)
    .map(({ fromMillicores, toMillicores, basisPoints }) =>
      Math.floor(((Math.min(cpuMillicores, toMillicores) - fromMillicores) * basisPoints) / 10_000),
    )
    .reduce((sum, part) => sum + part, 0);
}

/** `kube-reserved`: the formula, where the NodeClass does not say otherwise. */
export function kubeReserved(type: Hardware, nodeClass: Kubelet): ResourceList {
  const { amiFamily, kubelet } = nodeClass;
  // The AMI's own script knows the interfaces and not a maxPods of the NodeClass; Bottlerocket and Windows know it.
  const byMaxPods = amiFamily === 'Bottlerocket' || isWindows(amiFamily);
  const pods = byMaxPods ? maxPods(type, nodeClass) : eniLimitedPods(type);
  return {
    cpu: reservedCpuMillicores(type.vcpus),
    memory: (11 * pods + 255) * MIB,
    'ephemeral-storage': GIB,
    ...kubelet.kubeReserved,
  };
}

/** Room that kubelet keeps free by evicting: `memory.available` and `nodefs.available`. */
export function evictionReserve(capacity: ResourceList, { kubelet }: Kubelet): ResourceList {
  const { evictionHard } = kubelet;
  const memory = evictionHard['memory.available'] ?? { kind: 'bytes', bytes: DEFAULT_EVICTION_MEMORY_BYTES };
  const nodefs = evictionHard['nodefs.available'] ?? {
    kind: 'percent',
    percent: DEFAULT_EVICTION_NODEFS_PERCENT,
  };
  return {
    memory: thresholdBytes(memory, capacity['memory'] ?? 0),
    'ephemeral-storage': thresholdBytes(nodefs, capacity['ephemeral-storage'] ?? 0),
  };
}

/** All of the capacity means "no threshold" (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/). */
function thresholdBytes(threshold: EvictionThreshold, capacityBytes: number): number {
  if (threshold.kind === 'bytes') return threshold.bytes;
  return threshold.percent === 100 ? 0 : Math.ceil((capacityBytes * threshold.percent) / 100);
}

/** CPU, memory, pods and ephemeral storage of a node; devices are not part of it. */
export function capacityOf(type: Hardware, nodeClass: Kubelet & Disks): ResourceList {
  return {
    cpu: type.vcpus * 1000,
    memory: memoryCapacityBytes(type),
    pods: maxPods(type, nodeClass),
    'ephemeral-storage': ephemeralStorageBytes(type, nodeClass),
  };
}

/** What of a capacity is left for pods; negative where the reserves are larger than the machine. */
export function allocatableOf(type: Hardware, nodeClass: Kubelet, capacity: ResourceList): ResourceList {
  const reserves = [
    kubeReserved(type, nodeClass),
    nodeClass.kubelet.systemReserved,
    evictionReserve(capacity, nodeClass),
  ];
  return Object.fromEntries(
    Object.entries(capacity).map(([name, amount]) => [
      name,
      reserves.reduce((left, reserve) => left - (reserve[name] ?? 0), amount),
    ]),
  );
}
