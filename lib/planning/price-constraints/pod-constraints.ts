// What the documents of pods ask for, one relaxation each.
import { stableKey } from '../../constraints/label-keys.ts';
import { requirementsOfLabels, requirementText } from '../../constraints/requirements.ts';
import type { Affinity, NodeSelectorTerm, TopologySpreadConstraint } from '../../model/affinity.ts';
import { groupBy } from '../../model/group-by.ts';
import { listed } from '../../model/listed.ts';
import type { Pod, PodSpec } from '../../model/pod.ts';
import type { Requirement } from '../../model/requirement.ts';
import { compareText } from '../../model/stable-json.ts';
import type { ProvisioningInput } from '../types.ts';
import { type ConstraintKind, type Relaxation, shortKey, withSpecs } from './relaxation.ts';
import { type Workload, workloadsOf } from './workloads.ts';

/** One thing that a specification asks for. Findings of a workload's pods with the same kind and key are one constraint. */
interface Finding {
  readonly kind: ConstraintKind;
  readonly key: string;
  readonly detail: string;
  readonly without: (spec: PodSpec) => PodSpec;
}

export function podRelaxations({ pods, preferencePolicy }: ProvisioningInput): Relaxation[] {
  return workloadsOf(pods).flatMap((workload) =>
    ofWorkload(workload, (spec) => [
      ...spreads(spec),
      ...podTerms(spec, 'podRequired', 'podAffinity', 'affinity'),
      ...podTerms(spec, 'podAntiRequired', 'podAntiAffinity', 'anti-affinity'),
      ...nodeSelection(spec),
      ...hostPorts(spec),
      ...(preferencePolicy === 'Respect' ? preferences(spec) : []),
    ]),
  );
}

function ofWorkload(
  { name, pods }: Workload,
  findingsOf: (spec: PodSpec) => readonly Finding[],
): Relaxation[] {
  const known = new Map<PodSpec, readonly Finding[]>();
  const found = pods.flatMap((pod) => {
    const findings = known.get(pod.spec) ?? findingsOf(pod.spec);
    known.set(pod.spec, findings);
    return findings.map((finding) => ({ pod, finding }));
  });
  const constraints = groupBy(found, ({ finding }) => `${finding.kind} ${finding.key}`);
  return [...constraints.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const bound: Pod[] = [...new Set(all.map(({ pod }) => pod))];
    const { kind, detail, without } = first.finding;
    return [{ constraint: { kind, object: name, detail }, pods: bound, relaxed: withSpecs(bound, without) }];
  });
}

const isHard = ({ whenUnsatisfiable }: TopologySpreadConstraint): boolean =>
  whenUnsatisfiable === 'DoNotSchedule';

const spreads = ({ topologySpread }: PodSpec): Finding[] =>
  topologySpread.filter(isHard).map(({ topologyKey, maxSkew }) => {
    const key = stableKey(topologyKey);
    return {
      kind: 'topologySpread',
      key,
      detail: `maxSkew ${maxSkew} by ${shortKey(key)}`,
      without: (spec) => ({
        ...spec,
        topologySpread: spec.topologySpread.filter(
          (one) => !isHard(one) || stableKey(one.topologyKey) !== key,
        ),
      }),
    };
  });

const podTerms = (
  { affinity }: PodSpec,
  list: 'podRequired' | 'podAntiRequired',
  kind: ConstraintKind,
  word: string,
): Finding[] =>
  affinity[list].map(({ topologyKey }) => {
    const key = stableKey(topologyKey);
    return {
      kind,
      key,
      detail: `${word} by ${shortKey(key)}`,
      without: (spec) =>
        withAffinity(spec, {
          [list]: spec.affinity[list].filter((term) => stableKey(term.topologyKey) !== key),
        }),
    };
  });

const withAffinity = (spec: PodSpec, affinity: Partial<Affinity>): PodSpec => ({
  ...spec,
  affinity: { ...spec.affinity, ...affinity },
});

/** By label key, since a selector and an expression on the same key say one thing about nodes. */
function nodeSelection({ nodeSelector, affinity }: PodSpec): Finding[] {
  const asked = [
    ...requirementsOfLabels(nodeSelector),
    ...affinity.nodeRequired.flatMap(({ matchExpressions }) => matchExpressions),
  ];
  return [...groupBy(asked, ({ key }) => stableKey(key))].map(([key, requirements]) => ({
    kind: 'nodeSelection',
    key,
    detail: [...new Set(requirements.map(shortText))].join(' or '),
    without: (spec) => ({
      ...withAffinity(spec, { nodeRequired: withoutKey(spec.affinity.nodeRequired, key) }),
      nodeSelector: Object.fromEntries(
        Object.entries(spec.nodeSelector).filter(([label]) => stableKey(label) !== key),
      ),
    }),
  }));
}

/** With the label as people call it and the first few values. */
export const shortText = ({ values, ...requirement }: Requirement): string =>
  requirementText({
    ...requirement,
    key: shortKey(stableKey(requirement.key)),
    values: [listed(values)],
  });

/** Terms are ORed, so one that asks for nothing any more leaves no constraint; an empty term itself would match nothing. */
function withoutKey(terms: readonly NodeSelectorTerm[], key: string): readonly NodeSelectorTerm[] {
  const left = terms.map((term) => ({
    ...term,
    matchExpressions: term.matchExpressions.filter((one) => stableKey(one.key) !== key),
  }));
  const isFree = left.some(
    ({ matchExpressions, matchFields }) => matchExpressions.length + matchFields.length === 0,
  );
  return isFree ? [] : left;
}

const hostPorts = (spec: PodSpec): Finding[] =>
  spec.hostPorts.length === 0
    ? []
    : [
        {
          kind: 'hostPorts',
          key: '',
          detail: `host port ${[...new Set(spec.hostPorts.map(({ port }) => `${port}`))].sort(compareText).join(', ')}`,
          without: (other) => ({ ...other, hostPorts: [] }),
        },
      ];

/** All of them together: each is given up on its own where it cannot be met, so that no single one has a cost. */
function preferences({ affinity, topologySpread }: PodSpec): Finding[] {
  const { nodePreferred, podPreferred, podAntiPreferred } = affinity;
  const count =
    nodePreferred.length +
    podPreferred.length +
    podAntiPreferred.length +
    topologySpread.filter((one) => !isHard(one)).length;
  if (count === 0) return [];
  return [
    {
      kind: 'preferences',
      key: '',
      detail: 'the preferences',
      without: (spec) => ({
        ...withAffinity(spec, { nodePreferred: [], podPreferred: [], podAntiPreferred: [] }),
        topologySpread: spec.topologySpread.filter(isHard),
      }),
    },
  ];
}
