/**
 * What DescribeInstanceTypes says of a type, as the catalogue's facts. It does not say how many branch interfaces the VPC
 * resource controller hands out, so those are absent. Source of the names: karpenter-provider-aws
 * `pkg/providers/instancetype/types.go`.
 */
import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { namePartsOf, type TypeFacts } from '../../../../catalog/catalogue.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64' };

export function factsOf(info: InstanceTypeInfo): TypeFacts {
  const name = info.InstanceType ?? '';
  const parts = namePartsOf(name);
  const { ProcessorInfo: processor, NetworkInfo: network } = info;
  const architecture = processor?.SupportedArchitectures?.find((one) => one !== 'i386') ?? '';
  const card = network?.NetworkCards?.[network.DefaultNetworkCardIndex ?? 0];
  return present<TypeFacts>({
    name,
    ...parts,
    arch: ARCHITECTURES[architecture] ?? architecture,
    vcpus: info.VCpuInfo?.DefaultVCpus ?? 0,
    memoryMib: info.MemoryInfo?.SizeInMiB ?? 0,
    enis: card?.MaximumNetworkInterfaces ?? network?.MaximumNetworkInterfaces ?? 0,
    ipv4PerEni: network?.Ipv4AddressesPerInterface ?? 0,
    networkCards: network?.MaximumNetworkCards ?? 1,
    hypervisor: info.Hypervisor,
    cpuManufacturer: processor?.Manufacturer?.toLowerCase(),
    cpuClockMhz: scaled(processor?.SustainedClockSpeedInGhz),
    networkMbps: networkMbps(info),
    ebsMbps: info.EbsInfo?.EbsOptimizedInfo?.MaximumBandwidthInMbps,
    encryptionInTransit: network?.EncryptionInTransitSupported,
    bareMetal: info.BareMetal ?? false,
    burstable: (info.BurstablePerformanceSupported ?? false) || parts.category === 't',
    flex: parts.family.endsWith('-flex'),
    localNvmeGb: localNvmeGb(info),
    efas: network?.EfaInfo?.MaximumEfaInterfaces,
    gpu: gpuOf(info),
    accelerator: acceleratorOf(info),
  });
}

/** GHz or Gbit/s in thousandths. */
const scaled = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 1000);

/** What all cards have together without bursting; absent where EC2 gives no number. */
function networkMbps({ NetworkInfo: network }: InstanceTypeInfo): number | undefined {
  const cards = network?.NetworkCards ?? [];
  const gbps = cards.reduce((sum, card) => sum + (card.BaselineBandwidthInGbps ?? Number.NaN), 0);
  return cards.length === 0 || Number.isNaN(gbps) ? undefined : scaled(gbps);
}

/** Karpenter counts NVMe disks alone. */
const localNvmeGb = ({ InstanceStorageInfo: store }: InstanceTypeInfo): number | undefined =>
  store?.NvmeSupport === undefined || store.NvmeSupport === 'unsupported' ? undefined : store.TotalSizeInGB;

function gpuOf({ GpuInfo }: InstanceTypeInfo): TypeFacts['gpu'] {
  const [gpu] = GpuInfo?.Gpus ?? [];
  if (gpu === undefined) return undefined;
  return {
    name: kebab(gpu.Name),
    manufacturer: kebab(gpu.Manufacturer),
    count: gpu.Count ?? 0,
    memoryMib: gpu.MemoryInfo?.SizeInMiB ?? 0,
  };
}

function acceleratorOf({ NeuronInfo, InferenceAcceleratorInfo }: InstanceTypeInfo): TypeFacts['accelerator'] {
  const [neuron] = NeuronInfo?.NeuronDevices ?? [];
  if (neuron !== undefined) {
    const { Count: count = 0, CoreInfo: cores } = neuron;
    const neuronCores = count * (cores?.Count ?? 0);
    return { name: kebab(neuron.Name), manufacturer: 'aws', count, neurons: count, neuronCores };
  }
  const [device] = InferenceAcceleratorInfo?.Accelerators ?? [];
  if (device === undefined) return undefined;
  const { Count: count = 0, Name, Manufacturer } = device;
  return { name: kebab(Name), manufacturer: kebab(Manufacturer), count, neurons: 0, neuronCores: 0 };
}

/** Label values, as Karpenter writes them: `Radeon Pro V520` is `radeon-pro-v520`. */
const kebab = (text = ''): string => text.toLowerCase().replaceAll(' ', '-');

/** Members without a value are left out: what a type does not have is absent. */
const present = <T extends object>(members: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
