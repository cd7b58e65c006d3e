/**
 * Durations as Karpenter's documents write them: whole hours, minutes and seconds (`720h`, `1h30m`, `0s`), or `Never`.
 * Source: the patterns of `expireAfter` and `consolidateAfter` in karpenter `pkg/apis/v1/nodepool.go`.
 */

/** `null` means `Never`. */
export type DurationResult =
  | { readonly ok: true; readonly durationMs: number | null }
  | { readonly ok: false; readonly message: string };

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };
/** A Go duration counts nanoseconds in 63 bits: about 292 years. */
const MAX_DURATION_MS = 9_223_372_036_854;

export function parseDuration(text: string): DurationResult {
  if (text === 'Never') return { ok: true, durationMs: null };
  if (!/^(\d+[hms])+$/.test(text)) {
    return {
      ok: false,
      message: `invalid duration ${JSON.stringify(text)}: want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never`,
    };
  }
  let durationMs = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([hms])/g)) {
    durationMs += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  if (durationMs > MAX_DURATION_MS) {
    return {
      ok: false,
      message: `invalid duration ${JSON.stringify(text)}: longer than 292 years: shorten it, or Never`,
    };
  }
  return { ok: true, durationMs };
}
