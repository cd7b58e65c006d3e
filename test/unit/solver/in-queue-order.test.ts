import { describe, expect, it } from 'vitest';
import { greedy, HOST_KEY, MONEY_ALONE, type Problem, solve, verify } from '../../../lib/solver/index.ts';
import { orderKeeper, strandedPods } from '../../../lib/solver/optimal/in-queue-order.ts';
import { aProblem, type GroupSpec } from '../../support/solver-builders.ts';

const SPREAD: GroupSpec = { key: HOST_KEY, kind: 'spread', maxSkew: 1 };

/** One pod that is counted and not bound, and one that is both, each half of a node. */
function onePodOfEach(bystander: number, owner: number, group: GroupSpec = SPREAD): Problem {
  return aProblem({
    groups: [group],
    items: [
      { requests: [5], order: [bystander], counted: [0] },
      { requests: [5], order: [owner], counted: [0], levels: [{ owned: [{ group: 0 }] }] },
    ],
  });
}

/** The greedy's plan for another order of the same two pods, which has them on one node, named by the keys given. */
function onOneNode(bystander: number, owner: number) {
  const { nodes, onBins, unplaced, pricePerHour } = greedy(onePodOfEach(1, 0));
  const keys = [bystander, owner];
  const renamed = nodes.map((node) => ({
    ...node,
    placements: node.placements.map((pod) => ({ ...pod, order: keys[pod.item] ?? -1 })),
  }));
  return { nodes: renamed, onBins, unplaced, pricePerHour };
}

describe('plans whose rules hold as the pods come', () => {
  it('has a pod wait that finds its node filled by one that the rule counts and does not bind', () => {
    const problem = onePodOfEach(0, 1);
    const plan = onOneNode(0, 1);
    expect(plan.nodes).toHaveLength(1);
    expect(verify(problem, plan)).toEqual([]);
    expect(strandedPods(problem, plan)).toBe(1);
    expect(orderKeeper(problem, greedy(problem))(plan)).toBe(false);
  });

  it('lets the bound pod come first and the other one after it', () => {
    const problem = onePodOfEach(1, 0);
    expect(strandedPods(problem, onOneNode(1, 0))).toBe(0);
    expect(orderKeeper(problem, greedy(problem))(onOneNode(1, 0))).toBe(true);
  });

  it('has a pod wait that must keep away from one that came before it, and not the other way round', () => {
    const apart: GroupSpec = { key: HOST_KEY, kind: 'apart' };
    expect(strandedPods(onePodOfEach(0, 1, apart), onOneNode(0, 1))).toBe(1);
    expect(strandedPods(onePodOfEach(1, 0, apart), onOneNode(1, 0))).toBe(0);
  });

  it('keeps counted pods away from owners that came before them', () => {
    const inverse: GroupSpec = { key: HOST_KEY, kind: 'apart-inverse' };
    const problem = (counted: number, owner: number) =>
      aProblem({
        groups: [inverse],
        items: [
          { requests: [5], order: [counted], counted: [0] },
          { requests: [5], order: [owner], levels: [{ owned: [{ group: 0 }] }] },
        ],
      });
    expect(strandedPods(problem(1, 0), onOneNode(1, 0))).toBe(1);
    expect(strandedPods(problem(0, 1), onOneNode(0, 1))).toBe(0);
  });

  it('counts pods that were on a bin before', () => {
    const problem = (before: number) =>
      aProblem({
        bins: [{ free: [10] }],
        groups: [{ ...SPREAD, binCounts: [before] }],
        items: [{ order: [0], levels: [{ owned: [{ group: 0 }] }] }],
      });
    const plan = {
      nodes: [],
      onBins: [{ item: 0, order: 0, level: 0, bin: 0 }],
      unplaced: [],
      pricePerHour: 0,
    };
    expect(strandedPods(problem(2), plan)).toBe(1);
    expect(strandedPods(problem(1), plan)).toBe(0);
  });

  it('has pods of a zone wait until the other zones have caught up, and then come', () => {
    const owned = [{ owned: [{ group: 0 }] }];
    const problem = aProblem({
      topologyDomains: [2],
      bins: [
        { free: [10], domain: [0] },
        { free: [10], domain: [1] },
      ],
      groups: [{ key: 0, kind: 'spread', maxSkew: 1 }],
      items: [
        { order: [0, 1, 2, 3], counted: [0], levels: owned },
        { order: [4], levels: owned },
      ],
    });
    const onBins = (bins: readonly number[]) =>
      bins.map((bin, order) => ({ item: order === 4 ? 1 : 0, order, level: 0, bin }));
    const plan = (bins: readonly number[]) => ({
      nodes: [],
      onBins: onBins(bins),
      unplaced: [],
      pricePerHour: 0,
    });
    expect(strandedPods(problem, plan([0, 0, 1, 1, 0]))).toBe(0);
    expect(strandedPods(problem, plan([0, 0, 0, 1, 0]))).toBe(1);
    expect(strandedPods(problem, plan([0, 0, 0, 0, 1]))).toBe(3);
  });

  it('does not pay for fewer nodes with pods that wait', () => {
    const problem = onePodOfEach(0, 1);
    const { solution } = solve(problem, {
      solver: 'optimal',
      objective: MONEY_ALONE,
      iterations: 2_000,
      seed: 1,
    });
    expect(solution.nodes).toHaveLength(2);
    expect(strandedPods(problem, solution)).toBe(0);
  });
});
