// Provisioning decisions to measure: many types of machines, many pods, an empty cluster, one NodePool.
import { LABEL } from '../../lib/model/labels.ts';
import type { InstanceType, Offering } from '../../lib/model/offering.ts';
import type { Pod, PodSpec } from '../../lib/model/pod.ts';
import type { ProvisioningInput } from '../../lib/planning/types.ts';
import {
  aNodePool,
  anAffinity,
  anInstanceType,
  aPod,
  aProvisioningInput,
  aSpread,
  GIB,
  MIB,
  matching,
  someOfferings,
} from '../../test/support/builders.ts';
import { Seeded } from './random.ts';

const SEED = 42;
const FAMILIES = 100;
const CORES = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128] as const;

/** Letter, memory and price per core of three kinds of families. */
const KINDS = [
  { letter: 'c', gibPerCore: 2, microUsdPerCore: 34_000 },
  { letter: 'm', gibPerCore: 4, microUsdPerCore: 42_000 },
  { letter: 'r', gibPerCore: 8, microUsdPerCore: 50_000 },
] as const;

/** 1,000 types of 100 families and ten sizes, each in three zones as spot and on demand: 6,000 offerings. */
function thousandTypes(): InstanceType[] {
  return Array.from({ length: FAMILIES }, (_, family) => {
    const { letter, gibPerCore, microUsdPerCore } = KINDS[family % KINDS.length] ?? KINDS[0];
    return CORES.map((cores) =>
      anInstanceType({
        name: `${letter}${family}.c${cores}`,
        cores,
        allocatable: {
          cpu: cores * 960 - 20,
          memory: Math.floor(cores * gibPerCore * GIB * 0.93) - (100 + family) * MIB,
          pods: podsOf(cores),
        },
        offerings: someOfferings(cores * (microUsdPerCore + family * 150), ['spot', 'on-demand']),
      }),
    );
  }).flat();
}

const podsOf = (cores: number): number => (cores < 4 ? 29 : cores < 32 ? 58 : cores < 64 ? 234 : 737);

/** `count` pods with `shapes` different requests over 1,000 types. */
export function plainPods(count: number, shapes: number): ProvisioningInput {
  const random = new Seeded(SEED);
  const seen = new Set<string>();
  const requests: { cpuMillicores: number; memoryBytes: number }[] = [];
  while (requests.length < shapes) {
    const one = { cpuMillicores: random.int(50, 4000), memoryBytes: random.int(64, 16 * 1024) * MIB };
    const name = `${one.cpuMillicores}/${one.memoryBytes}`;
    if (!seen.has(name)) requests.push(one);
    seen.add(name);
  }
  return aProvisioningInput({
    pods: Array.from({ length: count }, (_, at) => aPod({ name: `pod-${at}`, ...requests[at % shapes] })),
    nodePools: [
      aNodePool({
        template: {
          requirements: [{ key: LABEL.capacityType, operator: 'In', values: ['spot', 'on-demand'] }],
        },
      }),
    ],
    instanceTypes: { default: thousandTypes() },
  });
}

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
const CPU_MILLICORES = [100, 250, 500, 1000, 1500] as const;
const MEMORY_MIB = [100, 256, 512, 1024, 2048, 4096] as const;

/**
 * The mix of Karpenter's own benchmark: five equal parts (generic, spread over zones, spread over hosts, together in a
 * zone, apart on hosts) on 400 types. Source: karpenter `scheduling/scheduling_benchmark_test.go`.
 */
export function karpenterMix(count: number): ProvisioningInput {
  const random = new Seeded(SEED);
  const part = Math.floor(count / 5);
  const generic = (name: string) => mixedPod(random, name, { 'my-label': random.pick(LETTERS) }, {});
  const kinds = [
    generic,
    (name: string) => spreadPod(random, name, LABEL.zone),
    (name: string) => spreadPod(random, name, LABEL.hostname),
    (name: string) => {
      const labels = { 'my-affininity': random.pick(LETTERS) };
      const affinity = anAffinity({ podRequired: [near(labels, LABEL.zone)] });
      return mixedPod(random, name, labels, { affinity });
    },
    (name: string) => {
      const labels = { app: 'nginx' };
      const affinity = anAffinity({ podAntiRequired: [near(labels, LABEL.hostname)] });
      return mixedPod(random, name, labels, { affinity });
    },
  ];
  return aProvisioningInput({
    pods: Array.from({ length: count }, (_, at) => (kinds[Math.floor(at / part)] ?? generic)(`pod-${at}`)),
    nodePools: [aNodePool({ limits: { cpu: 10_000_000_000, memory: 10_000_000 * GIB } })],
    instanceTypes: { default: Array.from({ length: 400 }, (_, at) => mixType(at + 1)) },
  });
}

function mixedPod(
  random: Seeded,
  name: string,
  labels: Readonly<Record<string, string>>,
  spec: Partial<PodSpec>,
): Pod {
  return aPod({
    name,
    labels,
    spec,
    cpuMillicores: random.pick(CPU_MILLICORES),
    memoryBytes: random.pick(MEMORY_MIB) * MIB,
  });
}

function spreadPod(random: Seeded, name: string, topologyKey: string): Pod {
  const labels = { 'my-label': random.pick(LETTERS) };
  const labelSelector = matching({ 'my-label': random.pick(LETTERS) });
  return mixedPod(random, name, labels, { topologySpread: [aSpread({ topologyKey, labelSelector })] });
}

const near = (labels: Readonly<Record<string, string>>, topologyKey: string) => ({
  topologyKey,
  labelSelector: matching(labels),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

/** `size` vCPUs, twice as many GiB, ten times as many pods; spot in two zones, on demand in three. */
function mixType(size: number): InstanceType {
  const zones = ['test-zone-1', 'test-zone-2', 'test-zone-3'];
  const offerings: Offering[] = [
    ...zones.slice(0, 2).map((zone) => ({ zone, capacityType: 'spot' as const })),
    ...zones.map((zone) => ({ zone, capacityType: 'on-demand' as const })),
  ].map((where) => ({ ...where, zoneId: where.zone, priceMicroUsdPerHour: size * 300_000 }));
  return anInstanceType({
    name: `fake-it-${size - 1}`,
    cores: size,
    allocatable: { cpu: size * 1000, memory: 2 * size * GIB, pods: 10 * size },
    offerings,
  });
}
