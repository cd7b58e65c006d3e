// Topology spread and pod (anti-)affinity that leave a pod no new node: each rule with what it counted, domain by domain.
import { stableKey } from '../../constraints/label-keys.ts';
import {
  affinityMatcher,
  matchesPod,
  type PodMatcher,
  spreadMatcher,
} from '../../constraints/term-matching.ts';
import type { PodAffinityTerm, TopologySpreadConstraint } from '../../model/affinity.ts';
import { counted } from '../../model/counted.ts';
import { LABEL } from '../../model/labels.ts';
import { listed } from '../../model/listed.ts';
import { podKey } from '../../model/pod.ts';
import type { LabelSelector } from '../../model/selector.ts';
import { compareText } from '../../model/stable-json.ts';
import { didYouMean } from '../../model/suggest.ts';
import { positionsOf } from '../../solver/index.ts';

import type { PoolView } from './pool-view.ts';

/** Every rule that alone leaves no domain; where none does, the rules that do so together. */
export function topologyReason(view: PoolView): string {
  const { level } = view;
  const domains = new Domains(view);
  const failed = [
    ...level.spread.map((rule) => spreadFailure(rule, view, domains)),
    ...level.together.map((term) => togetherFailure(term, view, domains)),
    ...level.apart.map((term) => apartFailure(term, view, domains)),
    repelledFailure(view, domains),
  ].filter((text) => text !== undefined);
  if (failed.length > 0) return [...new Set(failed)].join('; ');
  const rules = [
    ...level.spread.map(({ topologyKey }) => `topology spread on ${topologyKey}`),
    ...level.together.map(({ topologyKey }) => `pod affinity on ${topologyKey}`),
    ...level.apart.map(({ topologyKey }) => `pod anti-affinity on ${topologyKey}`),
  ];
  const what = rules.length > 0 ? [...new Set(rules)].join(', ') : 'the anti-affinity of other pods';
  return `${what} leaves none of ${counted(view.fitting().length, 'offering')} that are large enough`;
}

/** Domains that a new node of the pool could be in, and pods per domain. */
class Domains {
  readonly #view: PoolView;

  constructor(view: PoolView) {
    this.#view = view;
  }

  /** Labels that the offerings large enough for the pod have. */
  open(key: string): string[] {
    return this.#view.values(key, this.#view.fitting());
  }

  /** Domains that the pod's strict requirements leave in any pool, and those that hold pods. */
  known(key: string, counts: ReadonlyMap<string, number>): string[] {
    const { places } = this.#view.compiled;
    const rows = positionsOf(places.meeting(this.#view.level.strict).offerings);
    return [...new Set([...this.#view.values(key, rows), ...counts.keys()])].sort(compareText);
  }

  /** Pods by the domain that they certainly are in. */
  counts(key: string, matcher: PodMatcher): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { pod, labels } of this.#view.outcome.placed()) {
      const [domain, ...others] = labels(stableKey(key));
      if (domain === undefined || others.length > 0 || !matchesPod(matcher, pod)) continue;
      counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
    return counts;
  }

  /** Domains that such pods are in, or may turn out to be in. */
  taken(key: string, matcher: PodMatcher): Set<string> {
    const placed = this.#view.outcome.placed().filter(({ pod }) => matchesPod(matcher, pod));
    return new Set(placed.flatMap(({ labels }) => labels(stableKey(key))));
  }

  matching(matcher: PodMatcher): number {
    return this.#view.outcome.placed().filter(({ pod }) => matchesPod(matcher, pod)).length;
  }
}

function spreadFailure(rule: TopologySpreadConstraint, view: PoolView, domains: Domains): string | undefined {
  const { topologyKey: key, maxSkew, minDomains = 0 } = rule;
  if (stableKey(key) === LABEL.hostname) return undefined;
  const missing = missingLabel(`topology spread`, key, view, domains);
  if (missing !== undefined) return missing;
  const matcher = spreadMatcher(rule, view.pod);
  const counts = domains.counts(key, matcher);
  const known = domains.known(key, counts);
  const fewest = Math.min(...known.map((domain) => counts.get(domain) ?? 0));
  const least = known.length < minDomains ? 0 : fewest;
  const self = matchesPod(matcher, view.pod) ? 1 : 0;
  const open = domains.open(key);
  if (open.some((domain) => (counts.get(domain) ?? 0) + self - least <= maxSkew)) return undefined;
  const few =
    known.length < minDomains ? `, minDomains ${minDomains} of which there are ${known.length}` : '';
  const pods = known.map((domain) => `${domain} ${counts.get(domain) ?? 0}`);
  return `topology spread on ${key} (maxSkew ${maxSkew}${few}) leaves no domain: it counts ${listed(pods)}; the NodePool can add to ${listed(open)}`;
}

function togetherFailure(term: PodAffinityTerm, view: PoolView, domains: Domains): string | undefined {
  const { topologyKey: key } = term;
  const missing = missingLabel('pod affinity', key, view, domains);
  if (missing !== undefined) return missing;
  const matcher = affinityMatcher(term, view.pod, view.compiled.input.cluster.namespaces);
  const matching = domains.matching(matcher);
  const picks = selectorText(term.labelSelector);
  if (matching === 0) {
    return matchesPod(matcher, view.pod)
      ? undefined
      : `pod affinity on ${key}: no pod with ${picks} runs or is planned ${namespacesText(matcher)}`;
  }
  const counts = domains.counts(key, matcher);
  if (stableKey(key) === LABEL.hostname) {
    return `pod affinity on ${key}: no node with one of ${counted(matching, 'pod')} with ${picks} has room for it, and a new node has no such pod`;
  }
  const open = domains.open(key);
  if (open.some((domain) => counts.has(domain))) return undefined;
  const where = counts.size === 0 ? 'domains not settled yet' : listed([...counts.keys()].sort(compareText));
  return `pod affinity on ${key}: ${counted(matching, 'pod')} with ${picks} ${matching === 1 ? 'is' : 'are'} in ${where}; the NodePool can add to ${listed(open)}`;
}

function apartFailure(term: PodAffinityTerm, view: PoolView, domains: Domains): string | undefined {
  const { topologyKey: key } = term;
  if (stableKey(key) === LABEL.hostname) return undefined;
  const missing = missingLabel('pod anti-affinity', key, view, domains);
  if (missing !== undefined) return missing;
  const matcher = affinityMatcher(term, view.pod, view.compiled.input.cluster.namespaces);
  const taken = domains.taken(key, matcher);
  const open = domains.open(key);
  if (open.some((domain) => !taken.has(domain))) return undefined;
  return `pod anti-affinity on ${key}: each of ${listed(open)} has or may get a pod with ${selectorText(term.labelSelector)}`;
}

/** Pods that keep this one away: the other direction of anti-affinity. */
function repelledFailure(view: PoolView, domains: Domains): string | undefined {
  const taken = new Map<
    string,
    { readonly key: string; readonly by: string; readonly domains: Set<string> }
  >();
  for (const { pod, labels } of view.outcome.placed()) {
    for (const term of pod.spec.affinity.podAntiRequired) {
      const key = stableKey(term.topologyKey);
      const matcher = affinityMatcher(term, pod, view.compiled.input.cluster.namespaces);
      if (key === LABEL.hostname || !matchesPod(matcher, view.pod)) continue;
      const entry = taken.get(key) ?? { key, by: podKey(pod), domains: new Set<string>() };
      for (const domain of labels(key)) entry.domains.add(domain);
      taken.set(key, entry);
    }
  }
  const full = [...taken.values()].find(({ key, domains: held }) =>
    domains.open(key).every((domain) => held.has(domain)),
  );
  if (full === undefined) return undefined;
  return `the anti-affinity of running and planned pods such as ${full.by} keeps it out of ${full.key} ${listed(domains.open(full.key))}`;
}

/** No offering that is large enough has the label that a rule counts by. */
function missingLabel(what: string, key: string, view: PoolView, domains: Domains): string | undefined {
  if (stableKey(key) === LABEL.hostname || domains.open(key).length > 0) return undefined;
  const { labels, requirements } = view.pool.template;
  const declared = [
    ...Object.keys(labels),
    ...requirements.map((requirement) => requirement.key),
    LABEL.zone,
  ];
  return `no offering has the label ${key}, on which its ${what} counts: add it to the NodePool${didYouMean(key, declared)}`;
}

const namespacesText = ({ namespaces }: PodMatcher): string =>
  namespaces === 'all' ? 'in any namespace' : `in namespace ${namespaces.join(', ')}`;

/** `app=web`: what a selector picks. */
function selectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'no label (it has no labelSelector)';
  const labels = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = selector.matchExpressions.map(
    ({ key, operator, values }) =>
      `${key} ${operator}${values.length === 0 ? '' : ` [${values.join(', ')}]`}`,
  );
  const all = [...labels, ...expressions];
  return all.length === 0 ? 'any labels' : all.join(', ');
}
