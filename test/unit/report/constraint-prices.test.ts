import { describe, expect, it } from 'vitest';
import type { Constraint } from '../../../lib/planning/price-constraints/relaxation.ts';
import type { ConstraintPrice } from '../../../lib/planning/price-constraints.ts';
import { constraintPriceLines, constraintPricesDocument } from '../../../lib/report/constraint-prices.ts';

const SPREAD: Constraint = {
  kind: 'topologySpread',
  object: 'Deployment shop/checkout',
  detail: 'maxSkew 1 by zone',
};

const price = (atLeast: number, atMost: number, constraint: Partial<Constraint> = {}): ConstraintPrice => ({
  constraint: { ...SPREAD, ...constraint },
  savesPerHour: { atLeast, atMost },
  pods: { before: 0, after: 0 },
});

const linesOf = (...prices: ConstraintPrice[]): string[] =>
  constraintPriceLines({ prices, free: 0, notTried: 0 });

describe('the sentence about a constraint', () => {
  it('gives a range in cents, rounded outwards', () => {
    expect(linesOf(price(800_000, 840_000), price(809_999, 830_001))).toEqual([
      'maxSkew 1 by zone on Deployment shop/checkout costs $0.80–0.84/h',
      'maxSkew 1 by zone on Deployment shop/checkout costs $0.80–0.84/h',
    ]);
  });

  it('gives one amount where both ends agree', () => {
    expect(linesOf(price(1_100_000, 1_100_000))).toEqual([
      'maxSkew 1 by zone on Deployment shop/checkout costs $1.10/h',
    ]);
  });

  it('says "at most" where less than a cent is proven, and "nothing" below half a cent only', () => {
    expect(linesOf(price(9_999, 50_000), price(0, 5_000), price(0, 4_999))).toEqual([
      'maxSkew 1 by zone on Deployment shop/checkout costs at most $0.05/h',
      'maxSkew 1 by zone on Deployment shop/checkout costs at most $0.01/h',
      'maxSkew 1 by zone on Deployment shop/checkout costs nothing',
    ]);
  });

  it('offers what a document does not allow yet', () => {
    const pool = { object: 'NodePool general' };
    expect(
      linesOf(
        price(1_100_000, 1_100_000, { ...pool, kind: 'value', detail: 'instance-family r8g' }),
        price(0, 300_000, { ...pool, kind: 'weight', detail: '' }),
      ),
    ).toEqual([
      'allowing instance-family r8g in NodePool general would save $1.10/h',
      'trying NodePool general first would save at most $0.30/h',
    ]);
  });

  it('names settings without an object', () => {
    expect(
      linesOf(
        price(50_000, 50_000, { kind: 'setting', object: '', detail: 'the 32 vCPU cap' }),
        price(0, 20_000, { kind: 'setting', object: '', detail: '15 alternatives for spot' }),
      ),
    ).toEqual(['the 32 vCPU cap costs $0.05/h', '15 alternatives for spot cost at most $0.02/h']);
  });

  it('says how many pods would get a place in place of a price', () => {
    const limit = { kind: 'limit' as const, object: 'NodePool general', detail: 'the limit cpu 4' };
    expect(linesOf({ constraint: limit, pods: { before: 4, after: 1 } })).toEqual([
      'giving up the limit cpu 4 on NodePool general would give 3 more pods a place',
    ]);
  });

  it('says what is known of the others', () => {
    expect(constraintPriceLines({ prices: [price(0, 4_999)], free: 1, notTried: 12 })).toEqual([
      'maxSkew 1 by zone on Deployment shop/checkout costs nothing',
      '1 other constraint costs nothing',
      'not tried: 12 constraints',
    ]);
  });

  it('calls none other where none is told before', () => {
    expect(constraintPriceLines({ prices: [], free: 9, notTried: 0 })).toEqual([
      'no constraint costs anything',
    ]);
    expect(constraintPriceLines({ prices: [], free: 9, notTried: 1 })).toEqual([
      '9 constraints cost nothing',
      'not tried: 1 constraint',
    ]);
  });
});

describe('the prices as a document', () => {
  it('gives amounts in dollars, leaves them out where there are none, and counts the rest', () => {
    const prices = [price(800_000, 840_000), { constraint: SPREAD, pods: { before: 2, after: 0 } }];
    expect(constraintPricesDocument({ prices, free: 3, notTried: 4 })).toEqual({
      prices: [
        { constraint: SPREAD, savesPerHour: { atLeast: 0.8, atMost: 0.84 }, pods: { before: 0, after: 0 } },
        { constraint: SPREAD, pods: { before: 2, after: 0 } },
      ],
      free: 3,
      notTried: 4,
    });
  });
});
