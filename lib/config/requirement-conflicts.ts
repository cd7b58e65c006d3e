/**
 * Requirements and labels of one NodePool that exclude each other, so that no node could ever meet both. Karpenter takes
 * such a pool and finds no instance type for it.
 */
import {
  admits,
  domainOf,
  intersectDomains,
  isEmptyDomain,
  type LabelDomain,
} from '../constraints/label-domain.ts';
import { stableKey } from '../constraints/label-keys.ts';
import { requirementText } from '../constraints/requirements.ts';
import type { Requirement } from '../model/requirement.ts';
import type { Problem } from './kit.ts';

/** A requirement and its index in the list as written. */
export interface WrittenRequirement {
  readonly index: number;
  readonly requirement: Requirement;
}

interface Joined {
  readonly domain: LabelDomain;
  readonly from: readonly WrittenRequirement[];
}

/** Paths are within `spec.template`. A key is reported once, where its last value goes. */
export function requirementConflicts(
  requirements: readonly WrittenRequirement[],
  labels: Readonly<Record<string, string>>,
): Problem[] {
  const joined = new Map<string, Joined>();
  const problems: Problem[] = [];
  const excluded = new Set<string>();
  for (const written of requirements) {
    const key = stableKey(written.requirement.key);
    if (excluded.has(key)) continue;
    const earlier = joined.get(key);
    const own = domainOf(written.requirement);
    const domain = earlier === undefined ? own : intersectDomains(earlier.domain, own);
    if (admitsNothing(domain)) {
      excluded.add(key);
      problems.push(conflictOf(written, earlier?.from ?? []));
    }
    joined.set(key, { domain, from: [...(earlier?.from ?? []), written] });
  }
  for (const [label, value] of Object.entries(labels)) {
    const { domain, from } = joined.get(stableKey(label)) ?? { from: [] };
    if (domain === undefined || excluded.has(stableKey(label)) || admits(domain, value)) continue;
    const texts = from.map(({ requirement }) => requirementText(requirement)).join(' and ');
    const message = `label ${label}: ${value} is not in the requirement ${texts}: no node has both, change one of them`;
    problems.push({ path: ['metadata', 'labels', label], message });
  }
  return problems;
}

/** Label values are never negative numbers, so a bound below zero leaves nothing. */
const admitsNothing = (domain: LabelDomain): boolean =>
  isEmptyDomain(domain) || (!domain.absent && domain.max !== undefined && domain.max < 0);

function conflictOf(written: WrittenRequirement, earlier: readonly WrittenRequirement[]): Problem {
  const path = ['spec', 'requirements', written.index];
  const text = requirementText(written.requirement);
  const own = domainOf(written.requirement);
  if (earlier.length === 0 || admitsNothing(own)) {
    return { path, message: `requirement ${text} excludes every value: no node can meet it, change it` };
  }
  const opponent = earlier.find(({ requirement }) =>
    admitsNothing(intersectDomains(own, domainOf(requirement))),
  );
  const others = (opponent === undefined ? earlier : [opponent])
    .map(({ index, requirement }) => `${requirementText(requirement)} (requirements[${index}])`)
    .join(' and ');
  return { path, message: `requirement ${text} excludes ${others}: no node meets both, change one of them` };
}
