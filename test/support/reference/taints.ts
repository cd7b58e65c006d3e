// Plugins TaintToleration and NodeUnschedulable.
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
import type { Pod } from '../../../lib/model/pod.ts';
import type { Taint } from '../../../lib/model/taint.ts';
import type { ReferencePlugin } from './cluster.ts';

export const taintToleration: ReferencePlugin = (pod, node) =>
  toleratesAll(pod, node.taints) ? [] : ['TaintToleration'];

export const nodeUnschedulable: ReferencePlugin = (pod, node) =>
  node.unschedulable && !isTolerated(pod, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
    ? ['NodeUnschedulable']
    : [];

/** PreferNoSchedule only ranks. For how long a taint is tolerated matters to pods that run already. */
export function toleratesAll(pod: Pod, taints: readonly Taint[]): boolean {
  for (const taint of taints) {
    if (taint.effect !== 'PreferNoSchedule' && !isTolerated(pod, taint)) return false;
  }
  return true;
}

export function isTolerated(pod: Pod, taint: Taint): boolean {
  for (const { key, operator, value, effect } of pod.spec.tolerations) {
    const sameEffect = effect === undefined || effect === taint.effect;
    const sameKey = key === undefined || key === '' || key === taint.key;
    const sameValue = operator === 'Exists' || (value ?? '') === (taint.value ?? '');
    if (sameEffect && sameKey && sameValue) return true;
  }
  return false;
}
