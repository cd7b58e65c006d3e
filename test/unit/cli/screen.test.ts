import { describe, expect, it } from 'vitest';
import { Screen } from '../../../cli/screen.ts';

function aScreen(terminal: boolean) {
  const seen = { out: '', err: '', nowMs: 5_000 };
  const screen = new Screen({
    out: (text) => (seen.out += text),
    err: (text) => (seen.err += text),
    terminal,
    nowMs: () => seen.nowMs,
    endMs: 1_800_000,
  });
  return { seen, screen };
}

describe('progress of a run', () => {
  it('is a plain line every ten seconds of real time where no terminal is', () => {
    const { seen, screen } = aScreen(false);
    for (let step = 1; step <= 250; step++) {
      seen.nowMs += 100;
      screen.progress(step * 1_000);
    }
    screen.print('node joined');
    expect(seen.err).toBe(
      'simulated 01:40.000 of at most 30:00.000\nsimulated 03:20.000 of at most 30:00.000\n',
    );
    expect(seen.out).toBe('node joined\n');
  });

  it('is one line on a terminal, drawn over and taken away by the story', () => {
    const { seen, screen } = aScreen(true);
    seen.nowMs += 250;
    screen.progress(60_000);
    screen.print('node joined');
    expect(seen.err).toBe('simulated 01:00.000 of at most 30:00.000\r\u001b[K');
  });

  it('says nothing of a short run', () => {
    const { seen, screen } = aScreen(false);
    seen.nowMs += 9_999;
    screen.progress(60_000);
    screen.clear();
    expect([seen.out, seen.err]).toEqual(['', '']);
  });
});
