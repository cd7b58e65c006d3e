import { describe, expect, it } from 'vitest';
import { matchesSelector } from '../../../lib/constraints/label-selector.ts';
import type { LabelSelectorExpression } from '../../../lib/model/selector.ts';
import { matching } from '../../support/builders.ts';

const picks = (
  operator: LabelSelectorExpression['operator'],
  values: string[],
  labels: Record<string, string>,
  key = 'app',
): boolean => matchesSelector({ matchLabels: {}, matchExpressions: [{ key, operator, values }] }, labels);

describe('a label selector', () => {
  it('picks everything when it is empty and nothing when it is absent', () => {
    expect(matchesSelector(matching({}), {})).toBe(true);
    expect(matchesSelector(undefined, { app: 'web' })).toBe(false);
  });

  it('wants every label it names', () => {
    expect(matchesSelector(matching({ app: 'web', tier: '' }), { app: 'web', tier: '' })).toBe(true);
    expect(matchesSelector(matching({ app: 'web', tier: '' }), { app: 'web' })).toBe(false);
  });

  it.each<[LabelSelectorExpression['operator'], string[], boolean, boolean, boolean]>([
    ['In', ['web', 'api'], true, false, false],
    ['NotIn', ['web', 'api'], false, true, true],
    ['Exists', [], true, true, false],
    ['DoesNotExist', [], false, false, true],
  ])('reads %s %j', (operator, values, web, database, none) => {
    expect(picks(operator, values, { app: 'web' })).toBe(web);
    expect(picks(operator, values, { app: 'db' })).toBe(database);
    expect(picks(operator, values, {})).toBe(none);
  });

  it('does not take what every object inherits for a label', () => {
    expect(picks('Exists', [], {}, 'constructor')).toBe(false);
    expect(picks('DoesNotExist', [], {}, 'constructor')).toBe(true);
  });
});
