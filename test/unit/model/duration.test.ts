import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../lib/model/duration.ts';

describe('durations of documents', () => {
  it.each([
    ['720h', 2_592_000_000],
    ['1h30m', 5_400_000],
    ['30s', 30_000],
    ['0s', 0],
    ['90m', 5_400_000],
    ['1h0m5s', 3_605_000],
  ])('reads %s', (text, durationMs) => {
    expect(parseDuration(text)).toEqual({ ok: true, durationMs });
  });

  it('reads Never as no duration at all', () => {
    expect(parseDuration('Never')).toEqual({ ok: true, durationMs: null });
  });

  it.each(['', '30', '30d', '1.5h', '-1h', 'never', '100ms', '1h 30m'])(
    'refuses %j and shows a form',
    (text) => {
      const result = parseDuration(text);
      expect(result.ok ? '' : result.message).toContain(
        `invalid duration ${JSON.stringify(text)}: want whole hours`,
      );
    },
  );

  it('refuses what no duration of Go can hold', () => {
    expect(parseDuration('9999999999h').ok).toBe(false);
  });
});
