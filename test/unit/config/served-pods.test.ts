import { describe, expect, it } from 'vitest';
import { parseLabelSelector, servedPodsSchema } from '../../../lib/config/served-pods.ts';
import { matchesSelector } from '../../../lib/constraints/label-selector.ts';

describe('a label selector as text', () => {
  it.each([
    ['team=x', 'In', ['x']],
    ['team==x', 'In', ['x']],
    ['team = x', 'In', ['x']],
    ['team=', 'In', ['']],
    ['team!=x', 'NotIn', ['x']],
    ['team in (x, y)', 'In', ['x', 'y']],
    ['team notin (x,y)', 'NotIn', ['x', 'y']],
    ['team', 'Exists', []],
    ['!team', 'DoesNotExist', []],
  ])('reads %s', (text, operator, values) => {
    expect(parseLabelSelector(text).matchExpressions).toEqual([{ key: 'team', operator, values }]);
  });

  it('demands all of its parts', () => {
    const selector = parseLabelSelector('team in (x,y),!legacy, example.com/tier!=test');
    expect(matchesSelector(selector, { team: 'y' })).toBe(true);
    expect(matchesSelector(selector, { team: 'z' })).toBe(false);
    expect(matchesSelector(selector, { team: 'x', legacy: '' })).toBe(false);
    expect(matchesSelector(selector, { team: 'x', 'example.com/tier': 'test' })).toBe(false);
  });

  it.each([
    '',
    ',',
    'team=x,',
    'team=x,,b',
    'team in (x',
    'team in x',
    'team=x=y',
    '!',
    '-a',
    'a b',
    'team>3',
    'team=b c',
  ])('refuses %j and says so', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/invalid selector/);
  });
});

describe('whose pods are served, as text', () => {
  it('leaves nothing out where nothing is said', () => {
    expect(servedPodsSchema.parse({})).toEqual({});
  });

  it.each([
    [{ namespaces: [] }],
    [{ namespaces: ['Shop'] }],
    [{ namespaces: [''] }],
    [{ podSelector: `team=${'x'.repeat(64)}` }],
    [{ namespaceSelector: '(' }],
    [{ pods: 'team=x' }],
  ])('refuses %j', (text) => {
    expect(servedPodsSchema.safeParse(text).success).toBe(false);
  });
});
