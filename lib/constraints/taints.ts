import type { Taint, TaintEffect, Toleration } from '../model/taint.ts';

/** Effects that keep a pod off a node; `PreferNoSchedule` only ranks. */
export const HARD_EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'NoExecute'];

/**
 * Whether one toleration covers one taint: an absent effect covers every effect, an empty key with `Exists` every key, an
 * absent value is the empty one. Source: Kubernetes `Toleration.ToleratesTaint`.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  const anyKey = toleration.key === undefined || toleration.key === '';
  if (!anyKey && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return !anyKey && (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint of the given effects that nothing tolerates, or undefined. */
export function untoleratedTaint(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly TaintEffect[] = HARD_EFFECTS,
): Taint | undefined {
  return taints.find(
    (taint) =>
      effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** `key=value:effect`, as kubectl prints it. */
export const taintText = (taint: Taint): string =>
  `${taint.key}${taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`}:${taint.effect}`;
