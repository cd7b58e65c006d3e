import { describe, expect, it } from 'vitest';
import { proveSmall } from '../../../lib/solver/exact/prove-small.ts';
import { greedy, MONEY_ALONE, type Problem } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { exactOptimum } from '../../oracle/exact.ts';
import { featuresOf, smallProblem } from '../../oracle/instances.ts';
import { OracleRefusal } from '../../oracle/refusal.ts';

/** What is proven about a problem whose best known plan is the greedy's. */
function proven(problem: Problem) {
  const decided = greedy(problem);
  const { prices, lowerBoundMicroUsdPerHour } = fluidBound(problem);
  const model = modelOf(problem, decided, MONEY_ALONE, prices);
  const { start, count } = model.classes;
  const units = Int32Array.from({ length: count }, (_, c) => (start[c + 1] ?? 0) - (start[c] ?? 0));
  const best = { runs: [], cost: decided.pricePerHour, unplaced: 0 };
  const money = decided.pricePerHour;
  const budget = new Budget(100_000);
  const proof = proveSmall(problem, model, units, best, money, lowerBoundMicroUsdPerHour, budget);
  return { ...proof, model, money, fluid: lowerBoundMicroUsdPerHour };
}

async function optimumOf(problem: Problem): Promise<number | undefined> {
  try {
    const { optimumMicroUsdPerHour, proven: isProven } = await exactOptimum(problem);
    return isProven ? optimumMicroUsdPerHour : undefined;
  } catch (error) {
    if (error instanceof OracleRefusal) return undefined;
    throw error;
  }
}

/** Problems without bins, on which nothing would be proven, and what the exact solver says about each. */
async function judged(from: number, to: number, isPlain: boolean) {
  const found: (ReturnType<typeof proven> & { optimum: number })[] = [];
  for (let seed = from; seed <= to; seed++) {
    const features = isPlain ? (['overhead'] as const) : featuresOf(seed).filter((name) => name !== 'bins');
    const problem = smallProblem(seed, features);
    if (greedy(problem).unplaced.length > 0) continue;
    const optimum = await optimumOf(problem);
    if (optimum !== undefined) found.push({ ...proven(problem), optimum });
  }
  return found;
}

describe('the proof of small plans', () => {
  it('is never above the optimum, with every rule', async () => {
    const all = await judged(1, 14, false);
    expect(all.length).toBeGreaterThan(6);
    for (const { lowerBound, optimum } of all) expect(lowerBound).toBeLessThanOrEqual(optimum);
  }, 60_000);

  it('is the optimum, with a plan of that price, wherever it gets through, where only requests count', async () => {
    const all = await judged(100, 125, true);
    expect(all.length).toBeGreaterThan(15);
    const through = all.filter(({ lowerBound, money, packing }) => packing || lowerBound >= money);
    expect(through.length).toBeGreaterThan(0.7 * all.length);
    for (const { lowerBound, optimum, money, packing, model } of through) {
      expect(lowerBound).toBe(optimum);
      const runs = packing?.runs ?? [];
      const price = runs.reduce((sum, { kind, times }) => sum + times * (model.kinds.price[kind] ?? 0), 0);
      expect(packing ? price : money).toBe(optimum);
    }
    expect(through.filter(({ packing }) => packing).length).toBeGreaterThan(5);
    expect(through.filter(({ lowerBound, fluid }) => lowerBound > fluid).length).toBeGreaterThan(5);
  }, 60_000);
});
