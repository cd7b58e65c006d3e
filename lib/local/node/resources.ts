/**
 * Capacity and allocatable as a kubelet of that image works them out from its settings and the machine: the defaults of
 * nodeadm, `bootstrap.sh` and Bottlerocket, and the kubelet's own arithmetic
 * (https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/).
 */
import type { TypeFacts } from '../../catalog/catalogue.ts';
import { memoryCapacityBytes } from '../../catalog/overhead.ts';
import { amountOf } from '../../model/quantity.ts';
import type { ResourceList } from '../../model/resources.ts';
import type { KubeletSettings, Texts } from './user-data.ts';

export interface BlockDevice {
  readonly deviceName: string;
  readonly sizeGib: number;
}

export interface Machine {
  readonly type: TypeFacts;
  readonly settings: KubeletSettings;
  readonly blockDevices: readonly BlockDevice[];
  /** Device plugins run and have announced what they found. */
  readonly devices: boolean;
}

const GIB = 1024 ** 3;
/** Size of the images' own volume for pods. */
const IMAGE_VOLUME_GIB = 20;

export function nodeCapacity({ type, settings, blockDevices, devices }: Machine): ResourceList {
  return {
    cpu: type.vcpus * 1000,
    memory: memoryCapacityBytes(type),
    pods: podLimit(type, settings),
    'ephemeral-storage': diskBytes(type, settings, blockDevices),
    ...(devices ? devicesOf(type) : {}),
  };
}

/** Never below zero: the kubelet cuts there as well. */
export function nodeAllocatable({ type, settings }: Machine, capacity: ResourceList): ResourceList {
  const kube = { ...reservedByDefault(type, settings), ...amounts(settings.kubeReserved) };
  const system = amounts(settings.systemReserved);
  const evicted = evictionHard(settings, capacity);
  return Object.fromEntries(
    Object.entries(capacity).map(([name, amount]) => {
      const reserved = (kube[name] ?? 0) + (system[name] ?? 0) + (evicted[name] ?? 0);
      return [name, Math.max(0, amount - reserved)];
    }),
  );
}

/** Every interface's first address is its own; two pods run on the host's network. */
const addressLimit = ({ enis, ipv4PerEni }: TypeFacts): number => enis * (ipv4PerEni - 1) + 2;

function podLimit(
  type: TypeFacts,
  { maxPods = addressLimit(type), podsPerCore = 0 }: KubeletSettings,
): number {
  return podsPerCore > 0 ? Math.min(maxPods, podsPerCore * type.vcpus) : maxPods;
}

/** nodeadm counts the pods that the interfaces allow, whatever `maxPods` says; Bottlerocket goes by `max-pods`. */
function reservedByDefault(type: TypeFacts, settings: KubeletSettings): ResourceList {
  const pods = settings.family === 'Bottlerocket' ? podLimit(type, settings) : addressLimit(type);
  return {
    cpu: reservedCpuMillicores(type.vcpus),
    memory: (255 + 11 * pods) * 1024 ** 2,
    'ephemeral-storage': GIB,
  };
}

/** 60 millicores of the first core, 10 of the second, 5 of the third and fourth, 2.5 of each beyond. */
function reservedCpuMillicores(cores: number): number {
  let sum = 0;
  for (let core = 1; core <= cores; core++) sum += core === 1 ? 60 : core === 2 ? 10 : core <= 4 ? 5 : 2.5;
  return Math.floor(sum);
}

const DEFAULT_EVICTION: Texts = { 'memory.available': '100Mi', 'nodefs.available': '10%' };

/** nodeadm merges settings into its own; elsewhere a kubelet that is told any threshold has no other. */
function evictionHard(
  { family, evictionHard: written }: KubeletSettings,
  capacity: ResourceList,
): ResourceList {
  const told = Object.keys(written).length > 0;
  const thresholds = family === 'AL2023' || !told ? { ...DEFAULT_EVICTION, ...written } : written;
  return {
    memory: thresholdBytes(thresholds['memory.available'], capacity['memory'] ?? 0),
    'ephemeral-storage': thresholdBytes(thresholds['nodefs.available'], capacity['ephemeral-storage'] ?? 0),
  };
}

/** A share is kept in single precision and cut to whole bytes. `0%` and `100%` are no threshold. */
function thresholdBytes(written: string | undefined, capacityBytes: number): number {
  if (written === undefined || written === '0%' || written === '100%') return 0;
  if (!written.endsWith('%')) return amount('memory', written);
  const share = Math.fround(Math.fround(Number.parseFloat(written)) / 100);
  return Math.trunc(capacityBytes * share);
}

function diskBytes(type: TypeFacts, settings: KubeletSettings, devices: readonly BlockDevice[]): number {
  if (settings.raid0 && type.localNvmeGb !== undefined) return type.localNvmeGb * 1e9;
  // Bottlerocket's first volume is the system's.
  const name = settings.family === 'Bottlerocket' ? '/dev/xvdb' : '/dev/xvda';
  return (devices.find(({ deviceName }) => deviceName === name)?.sizeGib ?? IMAGE_VOLUME_GIB) * GIB;
}

const DEVICE_NAMES: Readonly<Record<string, string>> = {
  nvidia: 'nvidia.com/gpu',
  amd: 'amd.com/gpu',
  habana: 'habana.ai/gaudi',
};

function devicesOf({ gpu, accelerator, efas = 0 }: TypeFacts): ResourceList {
  const gpuName = gpu && DEVICE_NAMES[gpu.manufacturer];
  const found = {
    ...(gpuName === undefined ? {} : { [gpuName]: gpu?.count ?? 0 }),
    'aws.amazon.com/neuron': accelerator?.neurons ?? 0,
    'aws.amazon.com/neuroncore': accelerator?.neuronCores ?? 0,
    'vpc.amazonaws.com/efa': efas,
  };
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0));
}

const amounts = (texts: Texts): ResourceList =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, amount(name, text)]));

function amount(name: string, text: string): number {
  const result = amountOf(name, text);
  if (!result.ok) throw new Error(`the kubelet does not start: ${result.message}`);
  return result.amount;
}
