import { ANNOTATION } from '../model/labels.ts';
import type { Pod } from '../model/pod.ts';

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/**
 * Whether a pod asks that its node be left alone now: `"true"`, or a duration like `1h30m` counted from its start, where a
 * pod without a start is protected. Any other value counts for nothing.
 * Source: karpenter `pkg/utils/pod/scheduling.go`.
 */
export function isDoNotDisrupt(pod: Pick<Pod, 'annotations' | 'startedAtMs'>, nowMs: number): boolean {
  const value = pod.annotations[ANNOTATION.doNotDisrupt];
  if (value === undefined) return false;
  if (value === 'true') return true;
  const durationMs = goDurationMs(value);
  if (durationMs === undefined || durationMs <= 0) return false;
  return pod.startedAtMs === undefined || nowMs < pod.startedAtMs + durationMs;
}

function goDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return totalMs;
}
