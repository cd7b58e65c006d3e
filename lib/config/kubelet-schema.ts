/**
 * `EC2NodeClass.spec.kubelet`: Karpenter 1.14's typed settings, and any other key of the kubelet's own configuration,
 * which newer Karpenters pass on. Source: karpenter-provider-aws `pkg/apis/v1/kubeletconfiguration.go`.
 */
import * as z from 'zod';
import type { EvictionThreshold, KubeletSettings } from '../model/node-class.ts';
import { amountOf } from '../model/quantity.ts';
import { checkedObject, duration, type Problem, resourceList, textOrNumber } from './kit.ts';
import { isRecord } from './located.ts';
import { nearest } from './suggest.ts';

const RESERVED = ['cpu', 'memory', 'ephemeral-storage', 'pid'] as const;
const SIGNALS = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
] as const;

const reserved = checkedObject(resourceList, (written) => unknownKeys(written, RESERVED));

const threshold = textOrNumber.transform((written, context): EvictionThreshold => {
  const text = String(written);
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) {
    // The kubelet reads 100 % as "no threshold", which holds nothing back.
    return percent === '100' ? { kind: 'bytes', bytes: 0 } : { kind: 'percent', percent: Number(percent) };
  }
  const result = amountOf('memory', text);
  if (result.ok) return { kind: 'bytes', bytes: result.amount };
  const message = text.endsWith('%')
    ? `invalid threshold ${JSON.stringify(text)}: want a share from "0%" to "100%"`
    : result.message;
  context.issues.push({ code: 'custom', message, input: written });
  return { kind: 'bytes', bytes: 0 };
});

const thresholds = checkedObject(z.record(z.string(), threshold), (written) => unknownKeys(written, SIGNALS));
const gracePeriods = checkedObject(z.record(z.string(), duration), (written) =>
  unknownKeys(written, SIGNALS),
);
const percentage = z.int().min(0).max(100);

const shape = {
  clusterDNS: z.array(z.string()).exactOptional(),
  maxPods: z.int().min(0).exactOptional(),
  podsPerCore: z.int().min(0).exactOptional(),
  systemReserved: reserved.default({}),
  kubeReserved: reserved.default({}),
  evictionHard: thresholds.default({}),
  evictionSoft: thresholds.exactOptional(),
  evictionSoftGracePeriod: gracePeriods.exactOptional(),
  evictionMaxPodGracePeriod: z.int().exactOptional(),
  imageGCHighThresholdPercent: percentage.exactOptional(),
  imageGCLowThresholdPercent: percentage.exactOptional(),
  cpuCFSQuota: z.boolean().exactOptional(),
};

/** Settings that planning reads; the others only reach the kubelet. */
export const PLANNED_KUBELET_FIELDS: readonly string[] = [
  'maxPods',
  'podsPerCore',
  'systemReserved',
  'kubeReserved',
  'evictionHard',
];

/** Reads the block; a key that is one slip away from a known one is taken for a mistake, any other is passed on. */
export const kubeletSchema = checkedObject(z.looseObject(shape), (written) => [
  ...Object.keys(written).flatMap((key): Problem[] => {
    const meant = key in shape ? undefined : nearest(key, Object.keys(shape));
    return meant === undefined
      ? []
      : [{ path: [key], message: `unknown field "${key}"; did you mean "${meant}"?`, at: 'key' }];
  }),
  ...softEvictionProblems(written),
  ...imageCollectionProblems(written),
]);

export const kubeletModel = (written: z.output<typeof kubeletSchema>): KubeletSettings => ({
  ...(written.maxPods === undefined ? {} : { maxPods: written.maxPods }),
  ...(written.podsPerCore === undefined ? {} : { podsPerCore: written.podsPerCore }),
  kubeReserved: written.kubeReserved,
  systemReserved: written.systemReserved,
  evictionHard: written.evictionHard,
});

function unknownKeys(written: Readonly<Record<string, unknown>>, known: readonly string[]): Problem[] {
  return Object.keys(written)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: [key],
      message: `unknown key "${key}": want one of ${known.join(', ')}`,
      at: 'key',
    }));
}

function softEvictionProblems(written: Readonly<Record<string, unknown>>): Problem[] {
  const soft = isRecord(written['evictionSoft']) ? written['evictionSoft'] : {};
  const periods = isRecord(written['evictionSoftGracePeriod']) ? written['evictionSoftGracePeriod'] : {};
  const lacking = (of: string, present: object, other: string, others: object): Problem[] =>
    Object.keys(present)
      .filter((signal) => !(signal in others))
      .map((signal) => ({
        path: [of, signal],
        message: `"${signal}" needs an entry in ${other} too: add it, or remove this one`,
        at: 'key',
      }));
  return [
    ...lacking('evictionSoft', soft, 'evictionSoftGracePeriod', periods),
    ...lacking('evictionSoftGracePeriod', periods, 'evictionSoft', soft),
  ];
}

function imageCollectionProblems(written: Readonly<Record<string, unknown>>): Problem[] {
  const { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low } = written;
  if (typeof high !== 'number' || typeof low !== 'number' || high > low) return [];
  const message = `must be above imageGCLowThresholdPercent (${low}), found ${high}`;
  return [{ path: ['imageGCHighThresholdPercent'], message }];
}
