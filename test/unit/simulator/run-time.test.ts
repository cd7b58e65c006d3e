import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../lib/simulator/random.ts';
import { drawRunTimeMs, type RunTime } from '../../../lib/simulator/run-time.ts';

const DRAWS = 4_000;

function drawn(runTime: RunTime): number[] {
  const random = new RandomStream(1, 'run-times');
  return Array.from({ length: DRAWS }, () => drawRunTimeMs(runTime, random)).sort((a, b) => a - b);
}

describe("a job's run time", () => {
  it('is what the file says where it says it exactly', () => {
    expect(new Set(drawn({ kind: 'exact', durationMs: 90_000 }))).toEqual(new Set([90_000]));
  });

  it('lies around the median, a tenth below half of it and a tenth above twice it', () => {
    const times = drawn({ kind: 'drawn', medianMs: 600_000, longestMs: 6_000_000 });
    expect(times[DRAWS / 2]).toBeGreaterThan(570_000);
    expect(times[DRAWS / 2]).toBeLessThan(630_000);
    const below = times.filter((time) => time < 300_000).length / DRAWS;
    const above = times.filter((time) => time > 1_200_000).length / DRAWS;
    for (const part of [below, above]) expect(Math.abs(part - 0.12)).toBeLessThan(0.03);
    expect(times[0]).toBeGreaterThan(0);
  });

  it('is never longer than the timeout', () => {
    const times = drawn({ kind: 'drawn', medianMs: 600_000, longestMs: 700_000 });
    expect(times.at(-1)).toBe(700_000);
  });
});
