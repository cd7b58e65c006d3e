import { describe, expect, it } from 'vitest';
import type { NodeSelectorTerm, PodAffinityTerm } from '../../../lib/model/affinity.ts';
import { relaxationLevels } from '../../../lib/planning/relaxation.ts';
import { anAffinity, aPodSpec, aSpread, matching } from '../../support/builders.ts';

const zone = (value: string): NodeSelectorTerm => ({
  matchFields: [],
  matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }],
});
const near = (app: string): PodAffinityTerm => ({
  topologyKey: 'zone',
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

const spec = aPodSpec({
  affinity: anAffinity({
    nodeRequired: [zone('r1'), zone('r2')],
    nodePreferred: [
      { weight: 1, preference: zone('light') },
      { weight: 9, preference: zone('heavy') },
    ],
    podRequired: [near('needed')],
    podPreferred: [{ weight: 1, term: near('wanted') }],
    podAntiPreferred: [{ weight: 1, term: near('noisy') }],
  }),
  topologySpread: [
    aSpread({ topologyKey: 'soft-1', whenUnsatisfiable: 'ScheduleAnyway' }),
    aSpread({ topologyKey: 'hard' }),
    aSpread({ topologyKey: 'soft-2', whenUnsatisfiable: 'ScheduleAnyway' }),
  ],
});

const summary = (level: ReturnType<typeof relaxationLevels>[number]): string =>
  [
    level.requirements.map(({ values }) => values[0]).join(','),
    level.together.map(({ labelSelector }) => labelSelector?.matchLabels['app']).join(','),
    level.apart.map(({ labelSelector }) => labelSelector?.matchLabels['app']).join(','),
    level.spread.map(({ topologyKey }) => topologyKey).join(','),
    level.toleratesSoftTaints ? 'tolerates' : '',
  ].join(' | ');

describe('relaxation', () => {
  it("gives up one thing at a time, in Karpenter's order", () => {
    expect(relaxationLevels(spec, { preferencePolicy: 'Respect', softTaints: true }).map(summary)).toEqual([
      'r1,heavy | needed,wanted | noisy | soft-1,hard,soft-2 | ',
      'r2,heavy | needed,wanted | noisy | soft-1,hard,soft-2 | ',
      'r2,heavy | needed | noisy | soft-1,hard,soft-2 | ',
      'r2,heavy | needed |  | soft-1,hard,soft-2 | ',
      'r2,light | needed |  | soft-1,hard,soft-2 | ',
      'r2 | needed |  | soft-1,hard,soft-2 | ',
      'r2 | needed |  | soft-2,hard | ',
      'r2 | needed |  | hard | ',
      'r2 | needed |  | hard | tolerates',
      // Beyond Karpenter: nothing else would find a node that only the first term allows.
      'r1 | needed |  | hard | tolerates',
    ]);
  });

  it('keeps soft taints to the end where no pool has any', () => {
    const levels = relaxationLevels(aPodSpec(), { preferencePolicy: 'Respect', softTaints: false });
    expect(levels.map(summary)).toEqual([' |  |  |  | ']);
  });

  it('never looks at preferences where they are to be ignored', () => {
    expect(relaxationLevels(spec, { preferencePolicy: 'Ignore', softTaints: false }).map(summary)).toEqual([
      'r1 | needed |  | hard | ',
      'r2 | needed |  | hard | ',
    ]);
  });

  it('leaves preferences out of the strict requirements', () => {
    const [first] = relaxationLevels(spec, { preferencePolicy: 'Respect', softTaints: false });
    expect(first?.strict.map(({ values }) => values[0])).toEqual(['r1']);
  });
});
