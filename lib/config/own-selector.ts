/**
 * A workload must select the pods of its own template; the API server refuses one that does not.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
 */
import { matchesSelector } from '../constraints/label-selector.ts';
import type { LabelSelector, LabelSelectorExpression } from '../model/selector.ts';
import type { Problem } from './kit.ts';

const NO_LABELS: Readonly<Record<string, string>> = {};

/** One problem per label and expression of the selector that the template's labels do not meet. */
export function ownSelectorProblems(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): Problem[] {
  const unmet = Object.entries(matchLabels).filter(([key, value]) => labels[key] !== value);
  return [
    ...unmet.map(([key, value]) => ({
      path: ['selector', 'matchLabels', key],
      message: `the selector wants label ${JSON.stringify(key)} to be ${JSON.stringify(value)}, the template ${havingOf(labels, key)}: make them equal`,
    })),
    ...matchExpressions.flatMap((expression, index) => expressionProblem(expression, index, labels)),
  ];
}

function expressionProblem(
  expression: LabelSelectorExpression,
  index: number,
  labels: Readonly<Record<string, string>>,
): Problem[] {
  if (matchesSelector({ matchLabels: NO_LABELS, matchExpressions: [expression] }, labels)) return [];
  const { key, operator, values } = expression;
  const wanted = values.length === 0 ? operator : `${operator} ${values.join(', ')}`;
  return [
    {
      path: ['selector', 'matchExpressions', index],
      message: `the selector wants label ${JSON.stringify(key)} ${wanted}, the template ${havingOf(labels, key)}: change one of them`,
    },
  ];
}

const havingOf = (labels: Readonly<Record<string, string>>, key: string): string =>
  labels[key] === undefined ? 'does not have it' : `has ${JSON.stringify(labels[key])}`;
