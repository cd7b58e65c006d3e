/**
 * `EC2NodeClass.spec.kubelet`: Karpenter 1.14's typed settings, and any other field of the kubelet's own configuration,
 * which newer Karpenters pass on. Source: karpenter-provider-aws `pkg/apis/v1/kubeletconfiguration.go`.
 */
import * as z from 'zod';
import type { EvictionThreshold, KubeletSettings } from '../model/node-class.ts';
import { amountOf } from '../model/quantity.ts';
import { checkedObject, type Problem, resourceListOf, strict, textOrNumber, unknownKeys } from './kit.ts';
import { UPSTREAM_KUBELET_FIELDS } from './kubelet-fields.ts';
import { isRecord } from './located.ts';

const RESERVED = ['cpu', 'memory', 'ephemeral-storage', 'pid'] as const;
const SIGNALS = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
] as const;
const MAX_INT32 = 2_147_483_647;

const reserved = resourceListOf(RESERVED);

const threshold = textOrNumber.transform((written, context): EvictionThreshold => {
  const text = String(written);
  const percent = Number(/^(\d{1,2}(?:\.\d{1,2})?|100(?:\.0{1,2})?)%$/.exec(text)?.[1]);
  if (!Number.isNaN(percent)) {
    // The kubelet reads 100 % as "no threshold", which holds nothing back.
    return percent === 100 ? { kind: 'bytes', bytes: 0 } : { kind: 'percent', percent };
  }
  const result = amountOf('memory', text);
  if (result.ok) return { kind: 'bytes', bytes: result.amount };
  const message = text.includes('%')
    ? `invalid threshold ${JSON.stringify(text)}: want a share from "0%" to "100%", with at most two decimals`
    : result.message;
  context.issues.push({ code: 'custom', message, input: written });
  return { kind: 'bytes', bytes: 0 };
});

const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** A Go duration (https://pkg.go.dev/time#ParseDuration) without a sign, in milliseconds. */
const gracePeriodMs = textOrNumber.transform((written, context): number => {
  const text = String(written);
  if (/^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(text)) {
    const parts = [...text.matchAll(/([\d.]+)([^\d.]+)/g)];
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
  }
  const message = `invalid duration ${JSON.stringify(written)}: want a number with a unit, such as 90s or 1m30s`;
  context.issues.push({ code: 'custom', message, input: written });
  return 0;
});

const thresholds = checkedObject(z.record(z.string(), threshold), (written) => unknownKeys(written, SIGNALS));
const gracePeriods = checkedObject(z.record(z.string(), gracePeriodMs), (written) =>
  unknownKeys(written, SIGNALS),
);
const count = z.int().min(0).max(MAX_INT32);
const percentage = z.int().min(0).max(100);

const shape = {
  clusterDNS: z.array(z.string()).exactOptional(),
  maxPods: count.exactOptional(),
  podsPerCore: count.exactOptional(),
  systemReserved: reserved.default({}),
  kubeReserved: reserved.default({}),
  evictionHard: thresholds.default({}),
  evictionSoft: thresholds.exactOptional(),
  evictionSoftGracePeriod: gracePeriods.exactOptional(),
  evictionMaxPodGracePeriod: z.int().max(MAX_INT32).exactOptional(),
  imageGCHighThresholdPercent: percentage.exactOptional(),
  imageGCLowThresholdPercent: percentage.exactOptional(),
  cpuCFSQuota: z.boolean().exactOptional(),
};

export const kubeletSchema = checkedObject(strict(shape, { unread: UPSTREAM_KUBELET_FIELDS }), (written) => [
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
  const message = `must be above imageGCLowThresholdPercent (${low}), found ${high}: raise it or lower the other`;
  return [{ path: ['imageGCHighThresholdPercent'], message }];
}
