import { assertNever } from '../model/assert-never.ts';
import type { LabelSelector, LabelSelectorExpression } from '../model/selector.ts';

/**
 * Whether a selector picks an object with these labels. An absent selector picks nothing, an empty one everything.
 * Source: Kubernetes `metav1.LabelSelectorAsSelector`.
 */
export function matchesSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (selector === undefined) return false;
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  return selector.matchExpressions.every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(
  expression: LabelSelectorExpression,
  labels: Readonly<Record<string, string>>,
): boolean {
  // `constructor` is a label key like any other, and every object inherits one.
  const value = Object.hasOwn(labels, expression.key) ? labels[expression.key] : undefined;
  switch (expression.operator) {
    case 'In':
      return value !== undefined && expression.values.includes(value);
    case 'NotIn':
      return value === undefined || !expression.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return assertNever(expression.operator);
  }
}
