import { describe, expect, it } from 'vitest';
import { FEATURES, featuresOf, INSTANCES, smallProblem } from '../../oracle/instances.ts';

const seeds = Array.from({ length: INSTANCES }, (_, at) => at + 1);

describe('the small problems', () => {
  it('are the same for the same seed', () => {
    for (const seed of [1, 2, INSTANCES]) expect(smallProblem(seed)).toEqual(smallProblem(seed));
    expect(smallProblem(1, ['bins'])).not.toEqual(smallProblem(2, ['bins']));
  });

  it('have every feature in a sixth of them, and seldom none', () => {
    const drawn = seeds.map(featuresOf);
    for (const feature of FEATURES) {
      const share = drawn.filter((features) => features.includes(feature)).length / INSTANCES;
      expect(share, feature).toBeGreaterThan(0.13);
      expect(share, feature).toBeLessThan(0.2);
    }
    expect(drawn.filter((features) => features.length === 0).length).toBeLessThan(0.1 * INSTANCES);
  });

  it('have what was asked for and nothing else', () => {
    const plain = smallProblem(1, []);
    expect(plain).toMatchObject({ bins: [], groups: [], reservations: [] });
    expect(smallProblem(1, ['bins']).bins.length).toBeGreaterThan(0);
    expect(smallProblem(1, ['zone-spread']).groups).toMatchObject([{ kind: 'spread', key: 0 }]);
    expect(smallProblem(1, ['apart-others']).groups).toMatchObject([
      { kind: 'apart' },
      { kind: 'apart-inverse' },
    ]);
  });

  it('are small', () => {
    for (const seed of seeds) {
      const { items, offerings } = smallProblem(seed);
      expect(items.length).toBeLessThanOrEqual(5);
      expect(offerings.count).toBeLessThanOrEqual(9);
    }
  });
});
