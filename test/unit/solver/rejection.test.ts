import { describe, expect, it } from 'vitest';
import { greedy, HOST_KEY } from '../../../lib/solver/index.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

function reasons(spec: ProblemSpec) {
  return greedy(aProblem(spec)).unplaced.map(({ pools }) => pools);
}

describe('the reason why a pod has no place', () => {
  it('is requirements when no offering of the pool agrees, with the size of the pool', () => {
    const items = [{ levels: [{ alternatives: [{ offerings: [] }] }] }];
    expect(reasons({ offerings: [{}, {}], items })).toEqual([
      [{ pool: 0, reason: 'requirements', candidates: 2 }],
    ]);
  });

  it('is resources when no agreeing offering is large enough, with the column, the request and the largest', () => {
    const [pools] = reasons({
      resources: 2,
      shapes: [{ allocatable: [10, 4] }, { allocatable: [8, 6] }, { allocatable: [99, 99] }],
      offerings: [{ shape: 0 }, { shape: 1 }, { shape: 2 }],
      overheadGroups: [{ requests: [1, 2] }],
      items: [{ requests: [3, 5], levels: [{ alternatives: [{ offerings: [0, 1] }] }] }],
    });
    const resource = { column: 1, requested: 7, largest: 6 };
    expect(pools).toEqual([{ pool: 0, reason: 'resources', candidates: 2, resource }]);
  });

  it('is volumes when those large enough attach fewer, with the driver, what is asked and the most there is', () => {
    const [pools] = reasons({
      shapes: [
        { allocatable: [10], volumeLimits: [-1, 2] },
        { allocatable: [10], volumeLimits: [-1, 3] },
        { allocatable: [1], volumeLimits: [-1, 9] },
      ],
      offerings: [{ shape: 0 }, { shape: 1 }, { shape: 2 }],
      items: [
        {
          requests: [2],
          volumes: [0, 1, 2, 3].flatMap((handle) => [
            { driver: 0, handle },
            { driver: 1, handle },
          ]),
        },
      ],
    });
    const volumes = { driver: 1, asked: 4, most: 3 };
    expect(pools).toEqual([{ pool: 0, reason: 'volumes', candidates: 2, volumes }]);
  });

  it('is limits when those large enough exceed what is left', () => {
    const spec = { pools: [{ limits: [9] }], items: [{ requests: [5] }] };
    expect(reasons(spec)).toEqual([[{ pool: 0, reason: 'limits', candidates: 1 }]]);
    expect(reasons({ pools: [{ nodesLeft: 0 }] })).toEqual([[{ pool: 0, reason: 'limits', candidates: 1 }]]);
  });

  it('is ports when every offering has a DaemonSet on the port', () => {
    const overheadGroups = [{ requests: [0], ports: [53] }];
    expect(reasons({ overheadGroups, items: [{ ports: [53] }] })[0]?.[0]?.reason).toBe('ports');
  });

  it('is reservation when only used-up reservations are left', () => {
    const offerings = [{ purchase: 0, reservation: 0 }];
    expect(reasons({ offerings, reservations: [0] })[0]?.[0]?.reason).toBe('reservation');
  });

  it('is topology when affinity leaves no host', () => {
    const groups = [{ key: HOST_KEY, kind: 'together' as const }];
    expect(reasons({ groups, items: [{ levels: [{ owned: [{ group: 0 }] }] }] })).toEqual([
      [{ pool: 0, reason: 'topology', candidates: 1 }],
    ]);
  });

  it('is min-values when the pool asks for more types than fit', () => {
    const pools = [{ minValues: [{ key: 0, min: 2 }] }];
    expect(reasons({ offerings: [{ values: [0] }], pools })[0]?.[0]?.reason).toBe('min-values');
  });

  it('is given for each pool, in the order in which pools are tried', () => {
    const [pools] = reasons({
      offerings: [{ pool: 0 }, { pool: 1 }],
      pools: [{ rank: 1 }, { rank: 0 }],
      items: [{ requests: [11], levels: [{ alternatives: [{ offerings: [0] }] }] }],
    });
    expect(pools?.map(({ pool, reason }) => [pool, reason])).toEqual([
      [1, 'requirements'],
      [0, 'resources'],
    ]);
  });

  it('looks at the most relaxed level', () => {
    const levels = [{ alternatives: [{ offerings: [] }] }, {}];
    expect(reasons({ items: [{ requests: [11], levels }] })[0]?.[0]?.reason).toBe('resources');
  });
});
