import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { type NodePoolSection, nodePoolWith } from '../../support/node-pool-sections.ts';

const notesOf = (section: NodePoolSection, ...pieces: readonly string[]): readonly string[] => {
  const { errors, notes } = loadText(nodePoolWith(section, ...pieces), { requireNodeClasses: false });
  expect(errors).toEqual([]);
  return notes.map((note) => note.replace('in.yaml:', ''));
};

describe('what a NodePool says and nothing acts on', () => {
  it.each([
    ['Exists', '9:50'],
    ['DoesNotExist', '9:56'],
  ])('is the values of operator %s, which Karpenter takes and does not read', (operator, position) => {
    const piece = `{ key: rack, operator: ${operator}, values: [x] }`;
    expect(notesOf('requirement', piece)).toEqual([
      `${position}: operator ${operator} takes no values, these have no effect: remove them, or write In (spec.template.spec.requirements[0].values)`,
    ]);
    const { documents } = loadText(nodePoolWith('requirement', piece), { requireNodeClasses: false });
    expect(documents.nodePools[0]?.template.requirements).toEqual([{ key: 'rack', operator, values: [] }]);
  });

  it.each<[section: NodePoolSection, piece: string, note: string]>([
    [
      'templateSpec',
      'expireAfter: 24h',
      '9:7: "expireAfter" is kept but not acted on yet: no node is replaced for its age (spec.template.spec.expireAfter)',
    ],
    [
      'templateSpec',
      'terminationGracePeriod: 1h',
      '9:7: "terminationGracePeriod" is kept but not acted on yet: drains wait for their pods (spec.template.spec.terminationGracePeriod)',
    ],
    [
      'disruption',
      'consolidationPolicy: WhenEmptyOrUnderutilized',
      '7:5: "consolidationPolicy" WhenEmptyOrUnderutilized is acted on in part only: empty nodes leave, under-used ones stay (spec.disruption.consolidationPolicy)',
    ],
    [
      'disruption',
      'consolidationPolicy: Balanced',
      '7:5: "consolidationPolicy" Balanced is acted on in part only: empty nodes leave, under-used ones stay (spec.disruption.consolidationPolicy)',
    ],
    [
      'spec',
      'replicas: 2',
      '6:3: "replicas" is kept but not acted on yet: no node is launched for it (spec.replicas)',
    ],
    [
      'budget',
      '{ nodes: "1", reasons: [Empty, Drifted] }',
      '8:40: budgets for Drifted are kept but not acted on yet: no node leaves for it (spec.disruption.budgets[0].reasons[1])',
    ],
    [
      'budget',
      '{ nodes: "1", reasons: [Underutilized] }',
      '8:33: budgets for Underutilized are kept but not acted on yet: no node leaves for it (spec.disruption.budgets[0].reasons[0])',
    ],
    [
      'requirement',
      '{ key: karpenter.sh/capacity-type, operator: In, values: [spot, ondemand] }',
      '9:75: "ondemand" is no capacity type and selects nothing: want spot, on-demand, reserved (spec.template.spec.requirements[0].values[1])',
    ],
  ])('is noted: in the %s, %s', (section, piece, note) => {
    expect(notesOf(section, piece)).toEqual([note]);
  });

  it.each<[section: NodePoolSection, piece: string]>([
    ['templateSpec', 'expireAfter: Never'],
    ['disruption', 'consolidationPolicy: WhenEmpty'],
    ['disruption', 'consolidateAfter: 1m'],
    ['budget', '{ nodes: "1", reasons: [Empty], schedule: "@daily", duration: 1h }'],
    ['templateSpec', 'startupTaints: [{ key: a, effect: NoExecute }]'],
    ['templateSpec', 'taints: [{ key: a, effect: NoExecute }]'],
    ['requirement', '{ key: node.kubernetes.io/instance-type, operator: Exists, minValues: 5 }'],
    ['label', 'team: a'],
    ['spec', 'weight: 10'],
    ['spec', 'limits: { cpu: 10, nodes: 3 }'],
  ])('does not include, in the %s, %s', (section, piece) => {
    expect(notesOf(section, piece)).toEqual([]);
  });
});

/** Sources that decide and act, by path. */
const SOURCES = ['lib/control/', 'lib/planning/', 'lib/planning/compile/'].flatMap((directory) => {
  const url = new URL(`../../../${directory}`, import.meta.url);
  return readdirSync(url)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: directory + name, text: readFileSync(new URL(name, url), 'utf8') }));
});

const readers = (word: RegExp): string[] =>
  SOURCES.filter(({ text }) => word.test(text)).map(({ path }) => path);

describe('the fields noted as not acted on', () => {
  // The claim keeps the first two; acting on them means that something else reads them, and then their notes must go.
  it.each([
    ['expireAfter', /\bexpireAfterMs\b/, ['lib/control/commitment.ts']],
    ['terminationGracePeriod', /\bterminationGracePeriodMs\b/, ['lib/control/commitment.ts']],
    ['consolidationPolicy', /\bconsolidationPolicy\b/, []],
    ['budgets for Drifted', /'Drifted'/, []],
    ['budgets for Underutilized', /'Underutilized'/, []],
  ])('are read by nothing that decides: %s', (_, word, expected) => {
    expect(readers(word)).toEqual(expected);
  });

  it('are read by nothing that launches: replicas', () => {
    expect(readers(/\breplicas\b/).filter((path) => path.startsWith('lib/control/'))).toEqual([]);
  });

  it.each([
    ['consolidateAfter', /\bconsolidateAfterMs\b/],
    ['budgets', /\bdisruption\.budgets\b/],
    ['budgets for Empty', /'Empty'/],
    ['startupTaints', /\btemplate\.startupTaints\b/],
    ['minValues', /\bminValues\b/],
    ['weight', /\bweight\b/],
    ['limits', /\{ limits \}: NodePool\b/],
    ['annotations', /\btemplate\.annotations\b/],
  ])('leave out what is read: %s', (_, word) => {
    expect(readers(word)).not.toEqual([]);
  });
});
