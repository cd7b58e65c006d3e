import { TAINT } from './labels.ts';
import type { Pod } from './pod.ts';
import { stableHash } from './stable-json.ts';

/**
 * Hash of everything that decides where a pod may run, without its slot tolerations: a re-created pod of the same
 * owner with the same shape can take its predecessor's place.
 */
export function shapeHash(pod: Pod): string {
  const tolerations = pod.spec.tolerations.filter((toleration) => toleration.key !== TAINT.slot);
  return stableHash({ namespace: pod.namespace, labels: pod.labels, spec: { ...pod.spec, tolerations } });
}
