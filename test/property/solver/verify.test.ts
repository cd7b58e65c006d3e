import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMask,
  greedy,
  nextBit,
  type Placement,
  type Problem,
  type Solution,
  setBit,
  verify,
} from '../../../lib/solver/index.ts';
import { randomProblem } from '../../support/solver-problems.ts';

/** Runs a check on random problems whose plan has a new node. */
function onPlans(check: (problem: Problem, solution: Solution) => void, numRuns = 300): void {
  void fc.assert(
    fc.property(fc.gen(), (gen) => {
      const problem = randomProblem(gen);
      const solution = greedy(problem);
      fc.pre(solution.nodes.length > 0);
      check(problem, solution);
    }),
    { numRuns },
  );
}

const rulesOf = (problem: Problem, solution: Solution) => verify(problem, solution).map(({ rule }) => rule);

/** The plan with its first node replaced. */
function withFirst(solution: Solution, change: Partial<Solution['nodes'][number]>): Solution {
  return { ...solution, nodes: solution.nodes.map((node, at) => (at === 0 ? { ...node, ...change } : node)) };
}

function firstPod(solution: Solution): Placement {
  const pod = solution.nodes[0]?.placements[0];
  if (!pod) throw new Error('a planned node has pods');
  return pod;
}

describe('the verifier on broken plans of random problems', () => {
  it('misses no pod that was dropped or doubled', () => {
    onPlans((problem, solution) => {
      const { placements } = solution.nodes[0] ?? { placements: [] };
      expect(rulesOf(problem, withFirst(solution, { placements: placements.slice(1) }))).toContain(
        'placement',
      );
      const doubled = withFirst(solution, { placements: [...placements, firstPod(solution)] });
      expect(rulesOf(problem, doubled)).toContain('placement');
    });
  });

  it('misses no mask that reaches into another pool or variant', () => {
    onPlans((problem, solution) => {
      const { offerings } = solution.nodes[0] ?? { offerings: createMask(0) };
      const { pool, variant, count } = problem.offerings;
      const own = nextBit(offerings, 0);
      const foreign = Array.from({ length: count }, (_, at) => at).find(
        (at) => pool[at] !== pool[own] || variant[at] !== variant[own],
      );
      fc.pre(foreign !== undefined);
      const wider = offerings.slice();
      setBit(wider, foreign ?? 0);
      expect(rulesOf(problem, withFirst(solution, { offerings: wider }))).toContain('alternatives');
    });
  });

  it('misses no shape that is one unit too small for its node', () => {
    onPlans((problem, solution) => {
      const [node] = solution.nodes;
      fc.pre(node !== undefined && (node.requests[0] ?? 0) > 0);
      const at = node?.ranked[0] ?? 0;
      const allocatable = problem.shapes.allocatable.slice();
      allocatable[(problem.offerings.shape[at] ?? 0) * problem.resources] = (node?.requests[0] ?? 0) - 1;
      const smaller = { ...problem, shapes: { ...problem.shapes, allocatable } };
      expect(rulesOf(smaller, solution)).toContain('resources');
    });
  });

  it('misses no pod on a node that its level does not allow', () => {
    onPlans((problem, solution) => {
      const pod = firstPod(solution);
      const alternatives = [
        { offerings: createMask(problem.offerings.count), bins: createMask(problem.bins.length) },
      ];
      const items = problem.items.map((item, at) =>
        at === pod.item
          ? { ...item, levels: item.levels.map((level) => ({ ...level, alternatives })) }
          : item,
      );
      expect(rulesOf({ ...problem, items }, solution)).toContain('requirements');
    });
  });

  it('misses no limit that the largest alternatives exceed by one unit', () => {
    onPlans((problem, solution) => {
      const pool = solution.nodes[0]?.pool ?? 0;
      const { shapes, offerings, resources } = problem;
      const largest = solution.nodes
        .filter((node) => node.pool === pool)
        .map((node) => {
          let most = 0;
          for (let at = nextBit(node.offerings, 0); at >= 0; at = nextBit(node.offerings, at + 1)) {
            most = Math.max(most, shapes.capacity[(offerings.shape[at] ?? 0) * resources] ?? 0);
          }
          return most;
        })
        .reduce((sum, most) => sum + most, 0);
      const withLimit = (limit: number) => ({
        ...problem,
        pools: problem.pools.map((one, at) =>
          at === pool ? { ...one, limits: Float64Array.from([limit, Number.POSITIVE_INFINITY]) } : one,
        ),
      });
      expect(rulesOf(withLimit(largest - 1), solution)).toContain('limits');
      expect(rulesOf(withLimit(largest), solution)).not.toContain('limits');
    });
  });

  it('misses no offering that attaches one volume fewer than the pods of its node have', () => {
    onPlans((problem, solution) => {
      const handlesOf = ({ placements }: Solution['nodes'][number]) =>
        placements.flatMap(({ item }) => problem.items[item]?.volumes ?? []);
      const node = solution.nodes.findIndex((one) => handlesOf(one).length > 0);
      const handles = solution.nodes.slice(node, node + 1).flatMap(handlesOf);
      fc.pre(handles.length > 0);
      const { driver } = handles[0] ?? { driver: 0 };
      const asked = new Set(handles.filter((one) => one.driver === driver).map(({ handle }) => handle)).size;
      const brokenAt = (limit: number) => {
        const volumeLimits = problem.shapes.volumeLimits.slice();
        volumeLimits[driver] = new Int32Array(problem.shapes.count).fill(limit);
        const shapes = { ...problem.shapes, volumeLimits };
        return verify({ ...problem, shapes }, solution).some(
          (one) => one.rule === 'volumes' && one.node === node,
        );
      };
      expect([brokenAt(asked - 1), brokenAt(asked)]).toEqual([true, false]);
    }, 60);
  });
});
