/**
 * `spec.kubelet` in the kubelet's own terms (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/).
 * Validated documents hold amounts in base units and durations in milliseconds; the kubelet reads texts.
 */
import type { EvictionThreshold, NodeClass } from '../model/node-class.ts';
import { formatQuantity } from '../model/quantity.ts';
import { stableJson } from '../model/stable-json.ts';
import { type Fields, fieldsOf, isFields } from './fields.ts';

type Texts = Readonly<Record<string, (value: unknown, key: string) => string>>;

/** Maps of `spec.kubelet` that are not held as the kubelet reads them; `key` is a resource or a signal. */
const AS_TEXT: Texts = {
  kubeReserved: (amount, resource) => formatQuantity(resource, Number(amount)),
  systemReserved: (amount, resource) => formatQuantity(resource, Number(amount)),
  evictionHard: thresholdText,
  evictionSoft: thresholdText,
  evictionSoftGracePeriod: (durationMs) => durationText(Number(durationMs)),
};

/**
 * Keys sorted at every depth, so that equal settings are equal bytes; empty maps left out. `maxPods` and the DNS address
 * are filled in where the NodeClass names none.
 */
export function kubeletConfiguration(
  nodeClass: Pick<NodeClass, 'spec'>,
  filledIn: { readonly maxPods: number; readonly dnsClusterIp: string },
): Fields {
  const written = Object.entries(fieldsOf(nodeClass.spec['kubelet'])).map(([field, value]) => [
    field,
    asTexts(field, value),
  ]);
  const { clusterDNS, ...own } = Object.fromEntries(
    written.filter(([, value]) => !(isFields(value) && Object.keys(value).length === 0)),
  );
  const dns = Array.isArray(clusterDNS) && clusterDNS.length > 0 ? clusterDNS : [filledIn.dnsClusterIp];
  return JSON.parse(stableJson({ maxPods: filledIn.maxPods, ...own, clusterDNS: dns }));
}

function asTexts(field: string, value: unknown): unknown {
  const text = AS_TEXT[field];
  if (text === undefined || !isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each, key)]));
}

/** Nothing held back is `0%`: the kubelet refuses an amount of zero and takes the share as "no threshold". */
function thresholdText(value: unknown): string {
  const threshold = value as EvictionThreshold;
  if (threshold.kind === 'percent') return `${threshold.percent}%`;
  return threshold.bytes === 0 ? '0%' : formatQuantity('memory', threshold.bytes);
}

/** A Go duration (https://pkg.go.dev/time#ParseDuration), exact to the nanosecond. */
function durationText(durationMs: number): string {
  if (durationMs % 1000 === 0) return `${durationMs / 1000}s`;
  return `${durationMs.toFixed(6).replace(/\.?0+$/, '')}ms`;
}
