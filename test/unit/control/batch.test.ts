import { describe, expect, it } from 'vitest';
import { advanceBatch } from '../../../lib/control/batch.ts';

describe('the batching window', () => {
  it('does not open while nothing is pending', () => {
    expect(advanceBatch(undefined, [], 0)).toEqual({
      window: undefined,
      closed: [],
      waitMs: Number.POSITIVE_INFINITY,
    });
  });

  it('closes one second after the last new pod', () => {
    const opened = advanceBatch(undefined, ['a'], 0);
    expect(opened.waitMs).toBe(1000);
    const grown = advanceBatch(opened.window, ['a', 'b'], 600);
    expect(grown.closed).toEqual([]);
    expect(grown.waitMs).toBe(1000);
    expect(advanceBatch(grown.window, ['a', 'b'], 1600).closed).toEqual(['a', 'b']);
  });

  it('is not extended by a pod that it already has', () => {
    const opened = advanceBatch(undefined, ['a'], 0);
    const again = advanceBatch(opened.window, ['a'], 900);
    expect(again.waitMs).toBe(100);
  });

  it('closes ten seconds after it opened, however many pods keep coming', () => {
    let step = advanceBatch(undefined, ['0'], 0);
    const pods = ['0'];
    for (let nowMs = 500; nowMs < 10_000; nowMs += 500) {
      pods.push(String(nowMs));
      step = advanceBatch(step.window, pods, nowMs);
      expect(step.closed).toEqual([]);
    }
    pods.push('last');
    expect(advanceBatch(step.window, pods, 10_000).closed).toEqual(pods);
  });

  it('leaves out pods that are no longer pending when it closes', () => {
    const opened = advanceBatch(undefined, ['a', 'b'], 0);
    expect(advanceBatch(opened.window, ['b'], 1000).closed).toEqual(['b']);
  });
});
