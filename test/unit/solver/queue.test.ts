import { describe, expect, it } from 'vitest';
import { PodQueue } from '../../../lib/solver/queue.ts';
import { aProblem } from '../../support/solver-builders.ts';

const queueOf = (...orders: number[][]) =>
  new PodQueue(aProblem({ items: orders.map((order) => ({ order })) }));

describe('the pod queue', () => {
  it('hands out pods of all items by their order keys', () => {
    const queue = queueOf([0, 3], [1, 2]);
    const items = [queue.pop(), queue.pop(), queue.pop(), queue.pop()].map((pod) => queue.item[pod ?? -1]);
    expect(items).toEqual([0, 1, 1, 0]);
    expect(queue.pop()).toBeUndefined();
  });

  it('ends after a full cycle in which nobody was placed', () => {
    const queue = queueOf([0], [1], [2]);
    let attempts = 0;
    for (let pod = queue.pop(); pod !== undefined; pod = queue.pop()) {
      attempts++;
      queue.putBack(pod);
    }
    expect(attempts).toBe(3);
    expect(queue.waiting()).toHaveLength(3);
  });

  it('gives failed pods another turn when somebody behind them was placed', () => {
    const queue = queueOf([0], [1]);
    const first = queue.pop() ?? -1;
    queue.putBack(first);
    queue.pop();
    expect(queue.pop()).toBe(first);
  });

  it('leaves out pods that are named', () => {
    const queue = new PodQueue(aProblem({ items: [{ order: [0, 2] }, { order: [1] }] }), new Set([0]));
    expect(queue.waiting().map((pod) => queue.order[pod])).toEqual([1, 2]);
  });
});
