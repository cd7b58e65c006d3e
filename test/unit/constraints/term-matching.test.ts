import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, MatcherIndex, matchesPod, type PodMatcher } from '../../../lib/constraints/term-matching.ts';

const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b', ''), { maxKeys: 2 });
const expressions = fc.array(
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('In' as const, 'NotIn' as const, 'Exists' as const, 'DoesNotExist' as const),
    values: fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 2 }),
  }),
  { maxLength: 2 },
);
const matchers: fc.Arbitrary<PodMatcher> = fc.record({
  namespaces: fc.oneof(fc.constant('all' as const), fc.subarray(['one', 'two'])),
  selector: fc.option(fc.record({ matchLabels: labels, matchExpressions: expressions }), { nil: undefined }),
});
const pods = fc.record({ namespace: fc.constantFrom('one', 'two'), labels });

describe('many matchers', () => {
  it('find for a pod those that count it, as each alone would', () => {
    void fc.assert(
      fc.property(fc.array(matchers, { maxLength: 8 }), pods, (list, pod) => {
        const index = new MatcherIndex();
        for (const matcher of list) index.add(matcher);
        const alone = [...list.keys()].filter((at) => list[at] !== undefined && matchesPod(list[at], pod));
        expect(index.matching(pod)).toEqual(alone);
      }),
    );
  });

  it('joined into one count the pods that each of them counts', () => {
    void fc.assert(
      fc.property(fc.array(matchers, { minLength: 1, maxLength: 3 }), pods, (list, pod) => {
        expect(matchesPod(allOf(list), pod)).toBe(list.every((matcher) => matchesPod(matcher, pod)));
      }),
    );
  });
});
