import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkProblem, HOST_KEY, InvalidProblem, LIMITS, type Problem } from '../../../lib/solver/index.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

function defectOf(problem: Problem) {
  try {
    checkProblem(problem);
  } catch (error) {
    if (error instanceof InvalidProblem) return error.defect;
    throw error;
  }
  return undefined;
}

const ITEM = { requests: [1, 1] };
const ROOM = { resources: 2, shapes: [{ allocatable: [10, 10] }] };

describe('a problem', () => {
  it('is let through when nothing is wrong with it', () => {
    expect(defectOf(aProblem())).toBeUndefined();
    const spec: ProblemSpec = {
      ...{ ...ROOM, items: [ITEM], topologyDomains: [2], offerings: [{ domains: [1] }, { domains: [-1] }] },
      bins: [{ free: [0, 3], domain: [0] }],
      groups: [
        { key: 0, counts: [1, 0] },
        { key: HOST_KEY, binCounts: [2] },
      ],
    };
    expect(defectOf(aProblem(spec))).toBeUndefined();
  });

  it.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53])(
    'is refused for an amount of %s, with the item and the column',
    (value) => {
      const problem = aProblem({ ...ROOM, items: [ITEM, { requests: [1, value] }] });
      expect(defectOf(problem)).toMatchObject({
        ...{ kind: 'item', index: 1, field: 'requests', column: 1, value },
        want: 'a whole number from 0 to 2^53 - 1',
      });
    },
  );

  it.each([
    ['shape', { shapes: [{ allocatable: [10] }, { allocatable: [-1] }] }, { index: 1, field: 'allocatable' }],
    ['shape', { shapes: [{ allocatable: [1], capacity: [Number.NaN] }] }, { index: 0, field: 'capacity' }],
    ['offering', { offerings: [{}, { price: Number.NaN }] }, { index: 1, field: 'price' }],
    ['offering', { offerings: [{ price: -1 }] }, { index: 0, field: 'price' }],
    ['offering', { offerings: [{ shape: 1 }] }, { index: 0, field: 'shape', value: 1 }],
    ['offering', { offerings: [{ pool: 3 }] }, { index: 0, field: 'pool', value: 3 }],
    ['offering', { offerings: [{ overheadGroup: -1 }] }, { index: 0, field: 'overheadGroup' }],
    ['offering', { offerings: [{ reservation: 0 }] }, { index: 0, field: 'reservation' }],
    ['offering', { topologyDomains: [2], offerings: [{ domains: [2] }] }, { index: 0, field: 'domain[0]' }],
    ['bin', { bins: [{ free: [Number.NaN] }] }, { index: 0, field: 'free' }],
    ['bin', { bins: [{ free: [1], price: -5 }] }, { index: 0, field: 'price', value: -5 }],
    ['pool', { pools: [{ limits: [Number.NaN] }] }, { index: 0, field: 'limits', column: 0 }],
    ['pool', { pools: [{ nodesLeft: -1 }] }, { index: 0, field: 'nodesLeft' }],
    ['overheadGroup', { overheadGroups: [{ requests: [2 ** 53] }] }, { index: 0, field: 'requests' }],
    ['group', { groups: [{ key: 4, counts: [] }] }, { index: 0, field: 'key', value: 4 }],
    ['group', { topologyDomains: [2], groups: [{ key: 0, counts: [1] }] }, { field: 'counts.length' }],
    ['group', { groups: [{ maxSkew: Number.NaN }] }, { index: 0, field: 'maxSkew' }],
    ['group', { groups: [{ minDomains: -1 }] }, { index: 0, field: 'minDomains' }],
    [
      'group',
      { topologyDomains: [2], groups: [{ key: 0, counts: [0, -1] }] },
      { field: 'counts', value: -1 },
    ],
    ['group', { bins: [{}], groups: [{ binCounts: [-5] }] }, { field: 'binCounts', value: -5 }],
    ['reservation', { reservations: [1, Number.NaN] }, { index: 1, field: 'units' }],
    ['reservation', { reservations: [-3] }, { index: 0, field: 'units', value: -3 }],
    ['pool', { pools: [{ rank: Number.NaN }] }, { index: 0, field: 'rank' }],
    ['pool', { pools: [{ limits: [] }] }, { index: 0, field: 'limits.length', value: 0 }],
    ['pool', { pools: [{ minValues: [{ key: 0, min: 1 }] }] }, { field: 'minValues.key', value: 0 }],
    [
      'pool',
      { offerings: [{ values: [0] }], pools: [{ minValues: [{ key: 0, min: Number.NaN }] }] },
      { field: 'minValues.min' },
    ],
    ['offering', { offerings: [{ purchase: 3 }] }, { index: 0, field: 'purchase', value: 3 }],
    ['offering', { offerings: [{ values: [2 ** 20] }] }, { index: 0, field: 'keyValue[0]' }],
    ['overheadGroup', { overheadGroups: [{ requests: [0], ports: [-1] }] }, { field: 'ports', value: -1 }],
    ['bin', { bins: [{ ports: [2 ** 31] }] }, { index: 0, field: 'ports' }],
    ['bin', { bins: [{ volumes: [{ driver: -1, handle: 0 }] }] }, { field: 'volumes.driver', value: -1 }],
    ['bin', { bins: [{ volumeLimits: [[0, Number.NaN]] }] }, { index: 0, field: 'volumeLimits' }],
    ['item', { items: [{ counted: [7] }] }, { index: 0, field: 'counted', value: 7 }],
    ['item', { groups: [{}, {}], items: [{ counted: [0.5] }] }, { field: 'counted', value: 0.5 }],
    ['item', { items: [{}, { ports: [2 ** 20] }] }, { index: 1, field: 'ports', value: 2 ** 20 }],
    ['item', { items: [{ ports: [Number.NaN] }] }, { field: 'ports' }],
    ['item', { items: [{ volumes: [{ driver: -1, handle: 0 }] }] }, { field: 'volumes.driver', value: -1 }],
    ['item', { items: [{ volumes: [{ driver: 0, handle: Number.NaN }] }] }, { field: 'volumes.handle' }],
    ['item', { items: [{ priority: Number.NaN }] }, { field: 'priority' }],
    ['item', { items: [{}, { levels: [] }] }, { index: 1, field: 'levels.length', value: 0 }],
    ['item', { items: [{ levels: [{ alternatives: [] }] }] }, { field: 'alternatives.length', value: 0 }],
    ['item', { items: [{ order: [0] }, { order: [1, 0] }] }, { index: 1, field: 'order', value: 0 }],
    ['item', { items: [{ order: [-1] }] }, { index: 0, field: 'order', value: -1 }],
    ['problem', { resources: 0, shapes: [], offerings: [], items: [] }, { field: 'resources', value: 0 }],
    [
      'problem',
      { shapes: [{ allocatable: [] }, { allocatable: [1] }] },
      { field: 'shapes.allocatable.length' },
    ],
    ['item', { items: [{ levels: [{ owned: [{ group: 2 }] }] }] }, { field: 'owned', value: 2 }],
  ] as const)('is refused for a wrong %s: %o', (kind, spec, defect) => {
    expect(defectOf(aProblem(spec))).toMatchObject({ kind, ...defect });
  });

  it('is refused for a mask of another problem', () => {
    const problem = aProblem({ offerings: Array.from({ length: 33 }, () => ({})) });
    const [item] = problem.items;
    const short = { offerings: new Uint32Array(1), bins: new Uint32Array(0) };
    const levels = [{ alternatives: [short], owned: [] }];
    const cut = { ...problem, items: item === undefined ? [] : [{ ...item, levels }] };
    expect(defectOf(cut)).toMatchObject({ kind: 'item', field: 'offerings.length', value: 1 });
  });

  it.each(['purchase', 'variant', 'price', 'exotic', 'shape'] as const)(
    'is refused for a column of another length: %s',
    (name) => {
      const problem = aProblem();
      const offerings = { ...problem.offerings, [name]: new Int32Array(0) };
      expect(defectOf({ ...problem, offerings })).toMatchObject({
        ...{ kind: 'problem', field: `offerings.${name}.length`, value: 0 },
      });
    },
  );

  it('is refused for volume limits and eligible domains that are too few', () => {
    const problem = aProblem({
      ...{ topologyDomains: [40], groups: [{ key: 0 }] },
      items: [{ levels: [{ owned: [{ group: 0, eligible: [3] }] }] }],
    });
    expect(defectOf(problem)).toBeUndefined();
    const shapes = { ...problem.shapes, volumeLimits: [new Int32Array(0)] };
    expect(defectOf({ ...problem, shapes })).toMatchObject({ field: 'shapes.volumeLimits[0].length' });
    const [item = expect.fail('one item')] = problem.items;
    const levels = item.levels.map((level) => ({
      ...level,
      owned: [{ group: 0, eligible: new Uint32Array(1) }],
    }));
    const cut = { ...problem, items: [{ ...item, levels }] };
    expect(defectOf(cut)).toMatchObject({ kind: 'item', field: 'eligible.length', value: 1 });
  });

  it('says which limit it is past', () => {
    const problem = aProblem();
    const { offerings, items } = problem;
    const [item = expect.fail('one item')] = items;
    const huge = { ...item, order: { length: LIMITS['pods times offerings'] + 1 } as Int32Array };
    expect(() => checkProblem({ ...problem, items: [huge] })).toThrow(
      'problem: pods times offerings is 4000000001: want at most 4000000000',
    );
    const many = { ...offerings, count: LIMITS.offerings + 1 };
    expect(defectOf({ ...problem, offerings: many })).toMatchObject({ field: 'offerings' });
  });

  it('of 50,000 distinct pods and 6,000 offerings is within every limit', () => {
    const problem = aProblem({ offerings: Array.from({ length: 6_000 }, () => ({})) });
    const [item = expect.fail('one item')] = problem.items;
    const items = Array.from({ length: 50_000 }, (_, at) => ({ ...item, order: Int32Array.of(at) }));
    expect(defectOf({ ...problem, items })).toBeUndefined();
  });

  it('is named in one sentence', () => {
    const problem = aProblem({ items: [{ requests: [Number.NaN] }] });
    expect(() => checkProblem(problem)).toThrow(
      'item 0: requests, column 0, is NaN: want a whole number from 0 to 2^53 - 1',
    );
  });

  it('is refused exactly when an amount is no whole number of the range', () => {
    void fc.assert(
      fc.property(fc.double(), (value) => {
        const isFine = Number.isSafeInteger(value) && value >= 0;
        expect(defectOf(aProblem({ items: [{ requests: [value] }] })) === undefined).toBe(isFine);
      }),
    );
  });
});
