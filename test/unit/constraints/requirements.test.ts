import { describe, expect, it } from 'vitest';
import { domainOf } from '../../../lib/constraints/label-domain.ts';
import { requirementProblem } from '../../../lib/constraints/requirements.ts';
import type { Operator } from '../../../lib/model/requirement.ts';
import { stableJson } from '../../../lib/model/stable-json.ts';

const problem = (operator: Operator, values: string[], key = 'size'): string | undefined =>
  requirementProblem({ key, operator, values });

describe('what is wrong with a requirement', () => {
  it.each<[Operator, string[], string]>([
    ['In', [], 'size In needs at least one value'],
    ['NotIn', [], 'size NotIn needs at least one value'],
    ['Exists', ['a'], 'size Exists takes no values, got a'],
    ['DoesNotExist', ['a'], 'size DoesNotExist takes no values, got a'],
    ['Gt', ['a'], 'size Gt needs one integer, got [a]'],
    ['Lt', ['1', '2'], 'size Lt needs one integer, got [1, 2]'],
    ['Gte', ['9223372036854775808'], 'size Gte needs one integer, got [9223372036854775808]'],
    ['Lte', ['-1'], 'size Lte: "-1" is no label value'],
    ['In', ['a', 'b c'], 'size In: "b c" is no label value'],
    ['NotIn', ['x'.repeat(64)], `size NotIn: "${'x'.repeat(64)}" is no label value`],
  ])('is told of %s %j', (operator, values, message) => {
    expect(problem(operator, values)).toBe(message);
  });

  it.each(['two words', '', '/name', 'Example.com/name', `${'x'.repeat(64)}`])(
    'is told of the key %j',
    (key) => {
      expect(problem('Exists', [], key)).toContain('is not a qualified name');
    },
  );

  it.each<[Operator, string[]]>([
    ['In', ['', 'a']],
    ['Gt', ['007']],
    ['Lte', ['9223372036854775807']],
    ['Exists', []],
  ])('is nothing with %s %j', (operator, values) => {
    expect(problem(operator, values)).toBeUndefined();
  });
});

describe('a bound', () => {
  it('beyond what JSON holds exactly still has a text of its own', () => {
    const text = (value: string) => stableJson(domainOf({ key: 'size', operator: 'Gte', values: [value] }));
    expect(text('9007199254740993')).not.toBe(text('9007199254740992'));
  });
});
