// Requirements of a pod, a NodePool or a volume as one domain per label key, and what they say about nodes.
import type { Requirement } from '../model/requirement.ts';
import { compareText } from '../model/stable-json.ts';
import {
  admits,
  domainOf,
  integerOf,
  intersectDomains,
  isEmptyDomain,
  type LabelDomain,
} from './label-domain.ts';
import { stableKey, withStableKeys } from './label-keys.ts';

/** One domain per stable key; a key that is not there admits anything. */
export type Requirements = ReadonlyMap<string, LabelDomain>;

/** All of the list ANDed, aliases of label keys read as their stable key. */
export function requirementsOf(list: readonly Requirement[]): Requirements {
  const result = new Map<string, LabelDomain>();
  for (const requirement of list) {
    const key = stableKey(requirement.key);
    const previous = result.get(key);
    const domain = domainOf(requirement);
    result.set(key, previous === undefined ? domain : intersectDomains(previous, domain));
  }
  return result;
}

/** A node selector or a label set as requirements: each key In its one value. */
export const requirementsOfLabels = (labels: Readonly<Record<string, string>>): Requirement[] =>
  Object.entries(labels)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => ({ key, operator: 'In', values: [value] }));

/** Both ANDed. */
export function intersectRequirements(a: Requirements, b: Requirements): Requirements {
  const result = new Map(a);
  for (const [key, domain] of b) {
    const previous = result.get(key);
    result.set(key, previous === undefined ? domain : intersectDomains(previous, domain));
  }
  return result;
}

/** No node can meet them. */
export const areContradictory = (requirements: Requirements): boolean =>
  [...requirements.values()].some(isEmptyDomain);

/** Whether a node with exactly these labels meets them all. Aliases among the labels count under their stable key. */
export function admitsLabels(requirements: Requirements, labels: Readonly<Record<string, string>>): boolean {
  const stable = withStableKeys(labels);
  for (const [key, domain] of requirements) if (!admits(domain, stable[key])) return false;
  return true;
}

const PREFIX = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * What is wrong with a requirement, or undefined. `In` and `NotIn` need values, bounds need one integer, existence takes
 * none, and every value must be one that a label can have, so that there are no negative bounds.
 * Source: Kubernetes `labels.NewRequirement`, `ValidateNodeSelectorRequirement`.
 */
export function requirementProblem({ key, operator, values }: Requirement): string | undefined {
  if (!isQualifiedName(key)) return `label key "${key}" is not a qualified name`;
  switch (operator) {
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0 ? undefined : `${key} ${operator} takes no values, got ${values.join(', ')}`;
    case 'In':
    case 'NotIn':
      if (values.length === 0) return `${key} ${operator} needs at least one value`;
      break;
    default:
      if (values.length !== 1 || integerOf(values[0] ?? '') === undefined) {
        return `${key} ${operator} needs one integer, got [${values.join(', ')}]`;
      }
  }
  const odd = values.find((value) => value !== '' && !NAME.test(value));
  return odd === undefined ? undefined : `${key} ${operator}: "${odd}" is no label value`;
}

function isQualifiedName(key: string): boolean {
  const slash = key.indexOf('/');
  return slash < 0 ? NAME.test(key) : PREFIX.test(key.slice(0, slash)) && NAME.test(key.slice(slash + 1));
}

/** `key In [a, b]`: how people write it. */
export function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'Exists' || operator === 'DoesNotExist') return `${key} ${operator}`;
  return `${key} ${operator} [${values.join(', ')}]`;
}
