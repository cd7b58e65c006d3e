import type { NodeSelectorTerm } from './affinity.ts';
import { LABEL } from './labels.ts';
import type { Requirement } from './requirement.ts';

/** Labels by which volumes older than node affinity say where they are; `__` separates several places. */
const PLACE_LABELS = [
  LABEL.zone,
  LABEL.region,
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];

/** A volume's node affinity, with what its labels say ANDed to each term. Source: Kubernetes' scheduler plugin `volumezone`. */
export function withPlaceLabels(
  terms: readonly NodeSelectorTerm[],
  labels: Readonly<Record<string, string>>,
): readonly NodeSelectorTerm[] {
  const places = PLACE_LABELS.flatMap((key): Requirement[] => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: value.split('__') }];
  });
  if (places.length === 0) return terms;
  if (terms.length === 0) return [{ matchExpressions: places, matchFields: [] }];
  return terms.map(({ matchExpressions, matchFields }) => ({
    matchExpressions: [...matchExpressions, ...places],
    matchFields,
  }));
}
