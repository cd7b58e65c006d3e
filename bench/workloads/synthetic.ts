// Generated pods: what platforms run, requests without two alike, few sizes, Karpenter's benchmark sizes, big pods.
import { RandomStream } from '../../lib/simulator/random.ts';
import { PODS, type PodSet, podsOf, type Size } from './workload.ts';

export function syntheticPods(seed: number): PodSet[] {
  const drawn = (name: string, size: (random: RandomStream) => Size): PodSet => {
    const random = new RandomStream(seed, name);
    return {
      name,
      family: 'synthetic',
      pods: podsOf(Array.from({ length: PODS }, () => size(random))),
    };
  };
  return [
    drawn('platform mix', platformSize),
    drawn('lognormal requests', lognormalSize),
    drawn('few sizes', fewSizes(seed)),
    drawn("Karpenter's sizes", karpenterSize),
    drawn('big pods', bigSize),
    // The control: here every plan costs about the same.
    drawn('one deployment', () => ({ cpuMillicores: 1_000, memoryMib: 2_048 })),
  ];
}

/** Of a hundred pods of a mixed platform: many small sidecars and services, some workers, few databases. */
const PLATFORM: readonly { readonly share: number; readonly size: Size }[] = [
  { share: 14, size: { cpuMillicores: 50, memoryMib: 96 } },
  { share: 18, size: { cpuMillicores: 100, memoryMib: 256 } },
  { share: 14, size: { cpuMillicores: 250, memoryMib: 512 } },
  { share: 8, size: { cpuMillicores: 250, memoryMib: 1_024 } },
  { share: 14, size: { cpuMillicores: 500, memoryMib: 1_024 } },
  { share: 7, size: { cpuMillicores: 500, memoryMib: 2_048 } },
  { share: 9, size: { cpuMillicores: 1_000, memoryMib: 2_048 } },
  { share: 6, size: { cpuMillicores: 1_000, memoryMib: 4_096 } },
  { share: 5, size: { cpuMillicores: 2_000, memoryMib: 8_192 } },
  { share: 3, size: { cpuMillicores: 4_000, memoryMib: 8_192 } },
  { share: 1, size: { cpuMillicores: 4_000, memoryMib: 24_576 } },
  { share: 1, size: { cpuMillicores: 8_000, memoryMib: 65_536 } },
];

function platformSize(random: RandomStream): Size {
  let left = random.below(PLATFORM.reduce((sum, { share }) => sum + share, 0));
  for (const { share, size } of PLATFORM) {
    if (left < share) return size;
    left -= share;
  }
  throw new Error('the shares add up to less than their sum');
}

/** Median 500m and 1.5 GiB, the middle two thirds within a factor of 3 of that; few are alike. */
function lognormalSize(random: RandomStream): Size {
  return {
    cpuMillicores: Math.round(within(500 * Math.exp(1.1 * normal(random)), 20, 12_000)),
    memoryMib: Math.round(within(1_500 * Math.exp(1.2 * normal(random)), 32, 60_000)),
  };
}

/** Standard normal to three decimals: the sum of twelve uniform draws. */
const normal = (random: RandomStream): number =>
  Array.from({ length: 12 }, () => random.below(1_000)).reduce((sum, draw) => sum + draw, 0) / 1_000 - 6;

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** Three sizes that the seed chooses, a third of the pods each. */
function fewSizes(seed: number): (random: RandomStream) => Size {
  const random = new RandomStream(seed, 'the few sizes');
  const sizes = Array.from({ length: 3 }, () => ({
    cpuMillicores: 50 * random.between(2, 70),
    memoryMib: 256 * random.between(1, 48),
  }));
  return (draw) => picked(draw, sizes);
}

const KARPENTER_CPU_MILLICORES = [100, 250, 500, 1_000, 1_500];
const KARPENTER_MEMORY_MIB = [100, 256, 512, 1_024, 2_048, 4_096];

/** Source: karpenter `scheduling/scheduling_benchmark_test.go`. */
const karpenterSize = (random: RandomStream): Size => ({
  cpuMillicores: picked(random, KARPENTER_CPU_MILLICORES),
  memoryMib: picked(random, KARPENTER_MEMORY_MIB),
});

/** One to five fill a node of 32 vCPU. */
const bigSize = (random: RandomStream): Size => {
  const cores = random.between(5, 24);
  return { cpuMillicores: cores * 1_000, memoryMib: cores * 1_024 * random.between(2, 7) };
};

function picked<T>(random: RandomStream, list: readonly T[]): T {
  const value = random.pick(list);
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}
