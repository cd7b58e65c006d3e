import { describe, expect, it } from 'vitest';
import { Generator } from '../../../lib/solver/columns/generation.ts';
import type { Instance } from '../../../lib/solver/columns/instance.ts';
import { Master } from '../../../lib/solver/columns/master.ts';
import { patternBound } from '../../../lib/solver/columns/pattern-bound.ts';
import { WorthTable } from '../../../lib/solver/columns/worth-table.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { aProblem } from '../../support/solver-builders.ts';

/** One kind of node of a price of 100; ten units of each request. */
const anInstance = (room: number, requests: readonly number[]): Instance => ({
  columns: 1,
  kinds: 1,
  room: Float64Array.of(room),
  cost: Float64Array.of(100),
  supply: Float64Array.of(Number.POSITIVE_INFINITY),
  classes: requests.length,
  requests: Float64Array.from(requests),
  demand: new Float64Array(requests.length).fill(10),
  fits: new Uint8Array(requests.length).fill(1),
  counters: requests.map(() => []),
  amounts: requests.map(() => []),
  counterLimits: new Int32Array(),
  apart: requests.map(() => undefined),
});

/** Requests of 101 units on, of which up to nine fit a node. */
const many = (classes: number) =>
  anInstance(
    1_000,
    Array.from({ length: classes }, (_, c) => 101 + 3 * c),
  );

describe('the table of what room is worth', () => {
  it.each([2 ** 31, 2 ** 33, 10 ** 12])('knows nothing where a request is of %s units', (request) => {
    const table = new WorthTable(anInstance(7 * request, [request, 1]));
    table.fill(Float64Array.of(5, 1));
    expect(table.covers(Float64Array.of(1))).toBe(false);
    expect(table.takesNothing(0)).toBe(false);
  });

  it('bounds what fits its room, and leaves out what is larger', () => {
    const table = new WorthTable(anInstance(10, [20, 3]));
    table.fill(Float64Array.of(1_000, 2));
    expect(table.boundFrom(0, Float64Array.of(10))).toBe(6);
  });
});

describe('the budget of column generation', () => {
  it('is spent by the master’s pivots, which end with it', () => {
    const { demand, cost } = many(100);
    const singles = Array.from(demand, (_, c) => ({ kind: 0, classes: [c], counts: [1] }));
    const master = new Master(demand, cost, [], singles);
    for (let c = 0; c < 99; c++) master.add({ kind: 0, classes: [c, c + 1], counts: [1, 1] });
    const alone = master.objective;
    const budget = new Budget(1);
    master.optimise(3_000, budget);
    expect(budget.left).toBe(0);
    const partly = master.objective;
    expect(partly).toBeLessThan(alone);
    master.optimise(3_000, new Budget(1_000));
    expect(master.objective).toBeLessThan(partly);
    expect(master.objective).toBeCloseTo(50_000);
  });

  it.each([1, 3, 10, 30, 100])('of %i iterations gives a bound that holds', (iterations) => {
    const instance = many(40);
    const whole = new Generator(instance, new Budget(20_000)).run(instance.demand, [], 400);
    const budget = new Budget(iterations);
    const cut = new Generator(instance, budget).run(instance.demand, [], 400);
    expect(cut.bound).toBeLessThanOrEqual(whole.cost * (1 + 1e-9));
    expect(cut.bound).toBeGreaterThanOrEqual(0);
    expect(cut.cost).toBeGreaterThanOrEqual(whole.cost * (1 - 1e-9));
  });

  it('is asked before every look of its caller’s, who may stop it', () => {
    let asked = 0;
    const budget = new Budget(20_000, () => ++asked > 20);
    const instance = many(40);
    const { cost, bound } = new Generator(instance, budget).run(instance.demand, [], 400);
    expect(budget.stopped).toBe(true);
    expect(asked).toBeLessThan(25);
    expect(bound).toBeLessThanOrEqual(cost);
  });

  it('leaves the pattern bound at what is known when it is used up, and the problem unread', () => {
    const spent = new Budget(0);
    const unread = new Proxy(aProblem(), { get: () => expect.fail('the problem was read') });
    expect(patternBound(unread, 7, spent)).toBe(7);
  });
});

describe('the pattern bound of many sizes', () => {
  it('is what is known, without a look at them all', () => {
    let looked = 0;
    const problem = aProblem({
      shapes: [{ allocatable: [5_000] }],
      items: Array.from({ length: 2_000 }, (_, at) => ({ requests: [1_000 + at] })),
    });
    const items = problem.items.map((item) => ({
      ...item,
      requests: new Proxy(item.requests, {
        get: (target, name) => {
          if (name === 'join') looked++;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    }));
    expect(patternBound({ ...problem, items }, 7, new Budget(20_000))).toBe(7);
    expect(looked).toBeLessThan(500);
  });
});
