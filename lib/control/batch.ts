import { BATCH_IDLE_MS, BATCH_MAX_MS } from './limits.ts';

/** An open batching window. A pod seen again does not extend it. */
export interface BatchWindow {
  readonly openedAtMs: number;
  readonly lastNewAtMs: number;
  readonly uids: ReadonlySet<string>;
}

export interface BatchStep {
  /** The window to go on with; undefined when nothing is pending or the window just closed. */
  readonly window: BatchWindow | undefined;
  /** Uids to ask for now; empty unless the window closed. */
  readonly closed: readonly string[];
  /** Until the window can close if nothing new comes. */
  readonly waitMs: number;
}

/**
 * Karpenter's batcher: the window opens with the first pending pod, closes when no new one came for 1 s or 10 s after
 * it opened. Pods that are no longer pending when it closes are left out.
 */
export function advanceBatch(
  window: BatchWindow | undefined,
  pending: readonly string[],
  nowMs: number,
): BatchStep {
  const fresh = pending.filter((uid) => window?.uids.has(uid) !== true);
  if (window === undefined && fresh.length === 0) {
    return { window: undefined, closed: [], waitMs: Number.POSITIVE_INFINITY };
  }
  const grown: BatchWindow = {
    openedAtMs: window?.openedAtMs ?? nowMs,
    lastNewAtMs: fresh.length > 0 ? nowMs : (window?.lastNewAtMs ?? nowMs),
    uids: fresh.length > 0 ? new Set([...(window?.uids ?? []), ...fresh]) : (window?.uids ?? new Set()),
  };
  const closesAtMs = Math.min(grown.lastNewAtMs + BATCH_IDLE_MS, grown.openedAtMs + BATCH_MAX_MS);
  if (nowMs < closesAtMs) return { window: grown, closed: [], waitMs: closesAtMs - nowMs };
  return {
    window: undefined,
    closed: pending.filter((uid) => grown.uids.has(uid)),
    waitMs: Number.POSITIVE_INFINITY,
  };
}
