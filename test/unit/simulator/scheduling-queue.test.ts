import { describe, expect, it } from 'vitest';
import { SchedulingQueue } from '../../../lib/simulator/world/scheduling-queue.ts';
import { aPod, aPodSpec } from '../../support/builders.ts';

const at = (name: string, createdAtMs: number, priority = 0) =>
  aPod({ name, createdAtMs, spec: aPodSpec({ priority }) });

describe("kube-scheduler's queue", () => {
  it('gives the highest priority first, then the oldest', () => {
    const queue = new SchedulingQueue();
    const [young, old, high] = [at('young', 2), at('old', 1), at('high', 3, 10)];
    for (const pod of [young, old, high]) expect(queue.add(pod)).toBe(true);
    expect(queue.add(old)).toBe(false);
    for (const pod of [high, old, young]) {
      expect(queue.next(5)).toEqual({ uid: pod.uid });
      queue.delete(pod.uid);
    }
    expect(queue.next(5)).toEqual({});
  });

  it('gives a rejected pod again only when something helped it, after a backoff that doubles', () => {
    const queue = new SchedulingQueue();
    const pod = at('p', 0);
    queue.add(pod);
    queue.park(pod.uid, 1_000);
    expect(queue.next(60_000)).toEqual({});
    expect(queue.parked()).toEqual([pod.uid]);
    expect(queue.unpark(pod.uid)).toBe(true);
    expect(queue.unpark(pod.uid)).toBe(false);
    expect(queue.next(1_500)).toEqual({ soonestMs: 2_000 });
    expect(queue.next(2_000)).toEqual({ uid: pod.uid });
    queue.park(pod.uid, 2_000);
    queue.unpark(pod.uid);
    expect(queue.next(2_001)).toEqual({ soonestMs: 4_000 });
  });

  it('forgets a pod that is gone, wherever it stands', () => {
    const queue = new SchedulingQueue();
    const [ready, waiting, parked] = [at('ready', 1), at('waiting', 2), at('parked', 3)];
    for (const pod of [ready, waiting, parked]) queue.add(pod);
    for (const pod of [waiting, parked]) queue.park(pod.uid, 0);
    queue.unpark(waiting.uid);
    for (const pod of [ready, waiting, parked]) queue.delete(pod.uid);
    expect(queue.parked()).toEqual([]);
    expect(queue.next(60_000)).toEqual({});
    expect(queue.add(parked)).toBe(true);
    expect(queue.next(60_000)).toEqual({ uid: parked.uid });
  });
});
