import { describe, expect, it } from 'vitest';
import { greedy, HOST_KEY, positionsOf } from '../../../lib/solver/index.ts';
import { aProblem, type GroupSpec, type ItemSpec, podsPerNode } from '../../support/solver-builders.ts';

const ZONES = { offerings: [{ domains: [0] }, { domains: [1] }, { domains: [2] }], topologyDomains: [3] };
const OWNED = [{ owned: [{ group: 0 }] }];

function zoned(group: GroupSpec, items: ItemSpec[]) {
  return greedy(aProblem({ ...ZONES, groups: [{ key: 0, ...group }], items }));
}

function zonesOf(solution: ReturnType<typeof greedy>): number[][] {
  return solution.nodes.map(({ offerings }) => positionsOf(offerings));
}

describe('topology spread', () => {
  it('chooses the zone with the fewest pods and settles the node there', () => {
    const solution = zoned({ counts: [2, 1, 1] }, [{ requests: [9], counted: [0], levels: OWNED, count: 3 }]);
    expect(zonesOf(solution)).toEqual([[1], [2], [0]]);
  });

  it('allows a zone up to maxSkew over the smallest count', () => {
    const stuckIn = (maxSkew: number) =>
      zoned({ maxSkew }, [
        { counted: [0], levels: [{ ...OWNED[0], alternatives: [{ offerings: [0] }] }], count: 3 },
      ]);
    expect(stuckIn(1).unplaced).toHaveLength(2);
    expect(stuckIn(2).unplaced).toHaveLength(1);
  });

  it('compares only zones that the pod itself could use', () => {
    const owned = [{ group: 0, eligible: [0, 1] }];
    const solution = zoned({ counts: [3, 3, 0] }, [{ counted: [0], levels: [{ owned }] }]);
    expect(zonesOf(solution)).toEqual([[0]]);
  });

  it('takes the smallest count as zero while zones are fewer than minDomains', () => {
    const place = (minDomains: number) =>
      zoned({ counts: [1, 1, 1], minDomains }, [{ counted: [0], levels: OWNED }]).nodes.length;
    expect([place(3), place(4)]).toEqual([1, 0]);
  });

  it('does not add the pod itself where the selector leaves it out', () => {
    const solution = zoned({ counts: [1, 1, 0] }, [
      { levels: [{ ...OWNED[0], alternatives: [{ offerings: [0] }] }] },
    ]);
    expect(zonesOf(solution)).toEqual([[0]]);
  });

  it('does not count pods of nodes whose zone is still open', () => {
    const solution = zoned({}, [
      { requests: [9], counted: [0], count: 2 },
      { requests: [9], counted: [0], levels: OWNED, count: 2 },
    ]);
    expect(zonesOf(solution)).toEqual([[0, 1, 2], [0, 1, 2], [0], [1]]);
  });

  it('counts only pods on nodes that the constraint looks at', () => {
    const seen = zoned({ countingOfferings: [1, 2] }, [
      { requests: [9], counted: [0], levels: [{ alternatives: [{ offerings: [0] }] }] },
      { requests: [9], counted: [0], levels: OWNED },
    ]);
    expect(zonesOf(seen)).toEqual([[0], [0]]);
  });

  it('opens a node per maxSkew pods over hosts', () => {
    const solution = greedy(
      aProblem({
        groups: [{ key: HOST_KEY, maxSkew: 2, binCounts: [1] }],
        bins: [{}],
        items: [{ counted: [0], levels: OWNED, count: 5 }],
      }),
    );
    expect(solution.onBins.map(({ order }) => order)).toEqual([0]);
    expect(podsPerNode(solution)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('refuses a node that would lack the label', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ domains: [-1] }],
        topologyDomains: [1],
        groups: [{ key: 0 }],
        items: [{ counted: [0], levels: OWNED }],
      }),
    );
    expect(solution.unplaced.map(({ pools }) => pools[0]?.reason)).toEqual(['topology']);
  });
});

describe('pod affinity', () => {
  const together = { kind: 'together' as const };

  it('goes where counted pods are', () => {
    const solution = zoned({ ...together, counts: [0, 1, 1] }, [{ levels: OWNED }]);
    expect(zonesOf(solution)).toEqual([[1, 2]]);
  });

  it('starts in the first possible zone when pods attract themselves and none is there', () => {
    const solution = zoned(together, [{ requests: [9], counted: [0], levels: OWNED, count: 2 }]);
    expect(zonesOf(solution)).toEqual([[0], [0]]);
  });

  it('does not start where another zone it could use has a pod', () => {
    const levels = [{ ...OWNED[0], alternatives: [{ offerings: [0] }] }];
    expect(zoned({ ...together, counts: [0, 1, 0] }, [{ counted: [0], levels }]).unplaced).toHaveLength(1);
  });

  it('does not start for pods that do not attract themselves', () => {
    expect(zoned(together, [{ levels: OWNED }]).unplaced).toHaveLength(1);
  });

  it('keeps pods on one host', () => {
    const solution = greedy(
      aProblem({
        groups: [{ key: HOST_KEY, ...together }],
        items: [{ requests: [4], counted: [0], levels: OWNED, count: 3 }],
      }),
    );
    expect(podsPerNode(solution)).toEqual([[0, 1]]);
    expect(solution.unplaced.map(({ order }) => order)).toEqual([2]);
  });
});

describe('pod anti-affinity', () => {
  it('keeps pods on hosts of their own', () => {
    const solution = greedy(
      aProblem({
        groups: [{ key: HOST_KEY, kind: 'apart', binCounts: [1, 0] }],
        bins: [{}, {}],
        items: [{ counted: [0], levels: OWNED, count: 3 }],
      }),
    );
    expect(solution.onBins.map(({ bin }) => bin)).toEqual([1]);
    expect(podsPerNode(solution)).toEqual([[1], [2]]);
  });

  it('blocks every zone that a node without a settled zone could be in', () => {
    const solution = zoned({ kind: 'apart' }, [
      { requests: [9], counted: [0], levels: [{ alternatives: [{ offerings: [0, 1] }] }] },
      { requests: [9], levels: OWNED },
    ]);
    expect(zonesOf(solution)).toEqual([[0, 1], [2]]);
  });

  it('serialises self-repelling pods whose first node may be in any zone', () => {
    const solution = zoned({ kind: 'apart' }, [{ requests: [9], counted: [0], levels: OWNED, count: 2 }]);
    expect(zonesOf(solution)).toEqual([[0, 1, 2]]);
    expect(solution.unplaced).toHaveLength(1);
  });

  it('keeps counted pods away from earlier owners', () => {
    const owner = { requests: [1], levels: [{ ...OWNED[0], alternatives: [{ offerings: [0] }] }] };
    const solution = zoned({ kind: 'apart-inverse', counts: [0, 1, 0] }, [owner, { counted: [0] }, {}]);
    expect(zonesOf(solution)).toEqual([[0], [2]]);
    expect(podsPerNode(solution)).toEqual([[0, 2], [1]]);
  });
});

describe('several topology rules at once', () => {
  it('spreads among the zones that anti-affinity leaves', () => {
    const solution = greedy(
      aProblem({
        ...ZONES,
        groups: [
          { key: 0, kind: 'spread' },
          { key: 0, kind: 'apart', counts: [1, 0, 0] },
        ],
        items: [{ counted: [0], levels: [{ owned: [{ group: 0 }, { group: 1 }] }] }],
      }),
    );
    expect(zonesOf(solution)).toEqual([[1]]);
  });

  it('chooses a zone that every spread allows, not the one that the first likes best', () => {
    const solution = greedy(
      aProblem({
        ...ZONES,
        groups: [
          { key: 0, kind: 'spread', counts: [0, 1, 1] },
          { key: 0, kind: 'spread', counts: [2, 0, 1] },
        ],
        items: [{ counted: [1], levels: [{ owned: [{ group: 0 }, { group: 1 }] }] }],
      }),
    );
    expect(zonesOf(solution)).toEqual([[1]]);
  });

  it('chooses over one key among the offerings that a rule over another key leaves', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ domains: [0, 0] }, { domains: [1, 1] }],
        topologyDomains: [2, 2],
        groups: [
          { key: 0, kind: 'spread', counts: [0, 1] },
          { key: 1, kind: 'spread', counts: [2, 0] },
        ],
        items: [{ counted: [1], levels: [{ owned: [{ group: 0 }, { group: 1 }] }] }],
      }),
    );
    expect(zonesOf(solution)).toEqual([[1]]);
  });
});
