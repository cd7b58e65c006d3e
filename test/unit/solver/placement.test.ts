import { describe, expect, it } from 'vitest';
import { greedy, positionsOf } from '../../../lib/solver/index.ts';
import { aProblem, podsPerNode } from '../../support/solver-builders.ts';

describe('where the greedy puts a pod', () => {
  it('prefers existing bins in list order over new nodes', () => {
    const solution = greedy(
      aProblem({ bins: [{ free: [0] }, { free: [1] }, { free: [5] }], items: [{ count: 3 }] }),
    );
    expect(solution.onBins.map(({ bin }) => bin)).toEqual([1, 2, 2]);
    expect(solution.nodes).toEqual([]);
  });

  it('fills a planned node before it opens another one', () => {
    const solution = greedy(aProblem({ items: [{ requests: [4], count: 5 }] }));
    expect(podsPerNode(solution)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('tries the planned node with the fewest pods first', () => {
    const solution = greedy(
      aProblem({ items: [{ requests: [4] }, { requests: [4] }, { requests: [7] }, { requests: [1] }] }),
    );
    expect(podsPerNode(solution)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('keeps every offering that still fits and drops those grown too small', () => {
    const shapes = [{ allocatable: [3] }, { allocatable: [6] }, { allocatable: [9] }];
    const offerings = [{ shape: 0 }, { shape: 1 }, { shape: 2 }];
    const withPods = (count: number) => {
      const [node] = greedy(aProblem({ shapes, offerings, items: [{ requests: [2], count }] })).nodes;
      return node && positionsOf(node.offerings);
    };
    expect([withPods(1), withPods(3), withPods(4)]).toEqual([[0, 1, 2], [1, 2], [2]]);
  });

  it('counts the DaemonSets of each offering, not of the pool', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ overheadGroup: 0 }, { overheadGroup: 1 }],
        overheadGroups: [{ requests: [1] }, { requests: [3] }],
        items: [{ requests: [4], count: 2 }],
      }),
    );
    expect(solution.nodes.map(({ offerings }) => positionsOf(offerings))).toEqual([[0]]);
    expect(solution.nodes.map(({ requests }) => [...requests])).toEqual([[9]]);
  });

  it('opens nodes of the first pool in rank order that accepts', () => {
    const solution = greedy(
      aProblem({
        shapes: [{ allocatable: [4] }, { allocatable: [8] }],
        offerings: [
          { pool: 0, shape: 1 },
          { pool: 1, shape: 0 },
        ],
        pools: [{ rank: 1 }, { rank: 0 }],
        items: [{ requests: [5] }, { requests: [4] }],
      }),
    );
    expect(solution.nodes.map(({ pool }) => pool)).toEqual([0, 1]);
  });

  it('never mixes label variants in one node', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ variant: 0 }, { variant: 1 }],
        items: [
          { levels: [{ alternatives: [{ offerings: [1] }] }] },
          { levels: [{ alternatives: [{ offerings: [0, 1] }] }] },
          { levels: [{ alternatives: [{ offerings: [0] }] }] },
        ],
      }),
    );
    expect(podsPerNode(solution)).toEqual([[0, 1], [2]]);
    expect(solution.nodes.map(({ offerings }) => positionsOf(offerings))).toEqual([[1], [0]]);
  });

  it('relaxes a pod only when no bin, planned node or new node takes it as it is', () => {
    const levels = [{ alternatives: [{ offerings: [1], bins: [] }] }, {}];
    const place = (price: number) =>
      greedy(
        aProblem({
          shapes: [{ allocatable: [10] }, { allocatable: [price] }],
          offerings: [{ shape: 0 }, { shape: 1 }],
          bins: [{}],
          items: [{ requests: [4], levels }],
        }),
      );
    expect(place(5).nodes[0]?.placements).toEqual([{ item: 0, order: 0, level: 0 }]);
    expect(place(3).onBins).toEqual([{ item: 0, order: 0, level: 1, bin: 0 }]);
  });

  it('takes the first of several alternatives that works', () => {
    const solution = greedy(
      aProblem({
        shapes: [{ allocatable: [1] }, { allocatable: [5] }],
        offerings: [{ shape: 0 }, { shape: 1 }, { shape: 1 }],
        items: [
          {
            requests: [3],
            levels: [{ alternatives: [{ offerings: [0] }, { offerings: [2] }, { offerings: [1] }] }],
          },
        ],
      }),
    );
    expect(solution.nodes.map(({ offerings }) => positionsOf(offerings))).toEqual([[2]]);
  });

  it('retries a failed pod after others made room for it', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ domains: [0] }, { domains: [1] }],
        topologyDomains: [2],
        groups: [{ key: 0, kind: 'together' }],
        items: [
          { levels: [{ owned: [{ group: 0 }] }] },
          { counted: [0], levels: [{ alternatives: [{ offerings: [1] }] }] },
        ],
      }),
    );
    expect(podsPerNode(solution)).toEqual([[1, 0]]);
  });
});

describe('host ports and volumes', () => {
  it('keeps two pods with one port on separate nodes', () => {
    const solution = greedy(aProblem({ items: [{ ports: [80], count: 2 }, { ports: [443] }] }));
    expect(podsPerNode(solution)).toEqual([[0, 2], [1]]);
  });

  it('leaves out offerings whose DaemonSets hold the port', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ overheadGroup: 0 }, { overheadGroup: 1 }],
        overheadGroups: [{ requests: [0], ports: [80] }, { requests: [0] }],
        items: [{ ports: [80] }],
      }),
    );
    expect(solution.nodes.map(({ offerings }) => positionsOf(offerings))).toEqual([[1]]);
  });

  it('does not place a pod on a bin that uses its port', () => {
    const solution = greedy(aProblem({ bins: [{ ports: [80] }, {}], items: [{ ports: [80] }] }));
    expect(solution.onBins.map(({ bin }) => bin)).toEqual([1]);
  });

  it('attaches a shared volume once and others up to the limit', () => {
    const volume = (handle: number) => [{ driver: 0, handle }];
    const solution = greedy(
      aProblem({
        bins: [{ volumeLimits: [[0, 1]], volumes: volume(7) }],
        items: [{ volumes: volume(7) }, { volumes: volume(1), count: 2 }, { volumes: volume(2) }],
      }),
    );
    expect(solution.onBins.map(({ order }) => order)).toEqual([0, 1, 2]);
    expect(podsPerNode(solution)).toEqual([[3]]);
  });

  const volumes = (...handles: number[]) => handles.map((handle) => ({ driver: 0, handle }));

  it('opens another node when a new one can attach no more volumes, counting a shared one once', () => {
    const solution = greedy(
      aProblem({
        shapes: [{ allocatable: [10], volumeLimits: [2] }],
        items: [{ volumes: volumes(1, 2) }, { volumes: volumes(2) }, { volumes: volumes(3) }, {}],
      }),
    );
    expect(podsPerNode(solution)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('drops offerings from a new node that attach too few, and keeps those without a limit', () => {
    const shapes = [[2], [3], [-1], []].map((volumeLimits) => ({ allocatable: [10], volumeLimits }));
    const offerings = shapes.map((_, shape) => ({ shape }));
    const left = (...handles: number[]) =>
      greedy(
        aProblem({
          shapes,
          offerings,
          items: [{ volumes: volumes(1, 2) }, { volumes: volumes(...handles) }],
        }),
      ).nodes.map((node) => positionsOf(node.offerings));
    expect(left(2)).toEqual([[0, 1, 2, 3]]);
    expect(left(3)).toEqual([[1, 2, 3]]);
    expect(left(3, 4)).toEqual([[2, 3]]);
  });

  it('counts volumes of each driver against its own limit', () => {
    const solution = greedy(
      aProblem({
        shapes: [{ allocatable: [10], volumeLimits: [1, 1] }],
        items: [0, 1, 1, 2, 2].map((driver, handle) => ({ volumes: [{ driver, handle }] })),
      }),
    );
    expect(podsPerNode(solution)).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });
});

describe('what nodes share', () => {
  it('is one mask where they can become the same', () => {
    const [first, second] = greedy(aProblem({ items: [{ requests: [6], count: 2 }] })).nodes;
    expect(first?.offerings).toBe(second?.offerings);
  });

  it('is nothing that one of them later loses alone', () => {
    const shapes = [{ allocatable: [6] }, { allocatable: [10] }];
    const offerings = [{ shape: 0 }, { shape: 1 }];
    const solution = greedy(
      aProblem({ shapes, offerings, items: [{ requests: [6], count: 2 }, { requests: [3] }] }),
    );
    expect(solution.nodes.map((node) => positionsOf(node.offerings))).toEqual([[1], [0, 1]]);
  });
});
