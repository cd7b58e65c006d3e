import { parseDuration } from '../model/duration.ts';
import { ANNOTATION } from '../model/labels.ts';
import type { Pod } from '../model/pod.ts';

/**
 * Whether a pod asks that its node be left alone now: `"true"`, or a duration like `1h30m` counted from its start, where a
 * pod without a start is protected. Any other value counts for nothing.
 * Source: karpenter `pkg/utils/pod/scheduling.go`.
 */
export function isDoNotDisrupt(pod: Pick<Pod, 'annotations' | 'startedAtMs'>, nowMs: number): boolean {
  const value = pod.annotations[ANNOTATION.doNotDisrupt];
  if (value === undefined) return false;
  if (value === 'true') return true;
  const parsed = parseDuration(value);
  if (!parsed.ok || parsed.durationMs === null || parsed.durationMs === 0) return false;
  return pod.startedAtMs === undefined || nowMs < pod.startedAtMs + parsed.durationMs;
}
