const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * A duration as kubectl's AGE column shows it: two units where the second still matters, such as `45s`, `3m20s`, `12m`,
 * `2h5m`, `9h`, `3d4h`. Source: `HumanDuration` of k8s.io/apimachinery.
 */
export function humanDuration(durationMs: number): string {
  if (durationMs < 2 * MINUTE_MS) return `${Math.max(0, Math.floor(durationMs / SECOND_MS))}s`;
  if (durationMs < 10 * MINUTE_MS) return twoUnits(durationMs, MINUTE_MS, 'm', SECOND_MS, 's');
  if (durationMs < 3 * HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)}m`;
  if (durationMs < 8 * HOUR_MS) return twoUnits(durationMs, HOUR_MS, 'h', MINUTE_MS, 'm');
  if (durationMs < 2 * DAY_MS) return `${Math.floor(durationMs / HOUR_MS)}h`;
  if (durationMs < 8 * DAY_MS) return twoUnits(durationMs, DAY_MS, 'd', HOUR_MS, 'h');
  return `${Math.floor(durationMs / DAY_MS)}d`;
}

function twoUnits(durationMs: number, largeMs: number, large: string, smallMs: number, small: string) {
  const rest = Math.floor((durationMs % largeMs) / smallMs);
  return `${Math.floor(durationMs / largeMs)}${large}${rest > 0 ? `${rest}${small}` : ''}`;
}
