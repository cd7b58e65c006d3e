// What a pod asks for that excludes itself: such a pod has no place on any node, now or ever.
import { isEmptyDomain } from '../constraints/label-domain.ts';
import { stableKey } from '../constraints/label-keys.ts';
import {
  areContradictory,
  intersectRequirements,
  requirementsOf,
  requirementsOfLabels,
  requirementText,
} from '../constraints/requirements.ts';
import { affinityMatcher, matchesPod } from '../constraints/term-matching.ts';
import type { VolumePlaces } from '../constraints/volumes.ts';
import { listed } from '../model/listed.ts';
import type { Pod, PodSpec } from '../model/pod.ts';
import type { Requirement } from '../model/requirement.ts';
import { stableJson } from '../model/stable-json.ts';

/** One sentence without the pod's name, or undefined when there is a node that could satisfy it all. */
export function contradictionOf(pod: Pod, places: VolumePlaces): string | undefined {
  const { nodeSelector, affinity } = pod.spec;
  const selects = affinity.nodeRequired.length > 0 || Object.keys(nodeSelector).length > 0;
  // Most pods ask for nothing that could contradict itself, and every plan asks about every pod.
  if (!selects && affinity.podAntiRequired.length === 0) return undefined;
  return (
    selectionContradiction(pod.spec) ?? volumeContradiction(pod.spec, places) ?? affinityContradiction(pod)
  );
}

/** Per required term: nodeSelector and term, ANDed. */
function waysOf({ nodeSelector, affinity }: PodSpec): Requirement[][] {
  const selector = requirementsOfLabels(nodeSelector);
  const terms = affinity.nodeRequired.map(({ matchExpressions }) => [...selector, ...matchExpressions]);
  return terms.length === 0 ? [selector] : terms;
}

function selectionContradiction(spec: PodSpec): string | undefined {
  const ways = waysOf(spec);
  const conflicts = ways.map(conflictIn);
  const texts = conflicts.flatMap((conflict) => (conflict === undefined ? [] : [conflict]));
  if (texts.length < ways.length) return undefined;
  const all = ways.length > 1 ? `, as do all ${ways.length} terms of its required node affinity` : '';
  return `it contradicts itself: no node has ${texts[0]}${all}: remove one of them`;
}

/** `a In [x] and a In [y]`: the requirements on the first key that no label value meets. */
function conflictIn(list: readonly Requirement[]): string | undefined {
  for (const [key, domain] of requirementsOf(list)) {
    if (!isEmptyDomain(domain)) continue;
    return list
      .filter((requirement) => stableKey(requirement.key) === key)
      .map(requirementText)
      .join(' and ');
  }
  return undefined;
}

/** Each volume can be reached somewhere, but nowhere that the pod would go. */
function volumeContradiction(spec: PodSpec, places: VolumePlaces): string | undefined {
  if (places.kind === 'refused') return undefined;
  const meets = waysOf(spec).some((way) =>
    places.alternatives.some((place) => !areContradictory(intersectRequirements(requirementsOf(way), place))),
  );
  if (meets) return undefined;
  const asked = waysOf(spec).map((way) => way.map(requirementText).join(', '));
  const claims = spec.volumeClaims.join(', ');
  return `it contradicts itself: its volumes ${claims} can be used only ${placesText(places)}, but it asks for ${asked.join(' or ')}`;
}

/** `in topology.kubernetes.io/zone us-east-1a or us-east-1b`: where volumes are. */
export function placesText({ alternatives }: Extract<VolumePlaces, { kind: 'places' }>): string {
  const texts = alternatives.map((place) =>
    [...place]
      .map(([key, { values, complement }]) => `${complement ? 'not ' : ''}in ${key} ${listed([...values])}`)
      .join(' and '),
  );
  return [...new Set(texts)].join(' or ');
}

/**
 * Affinity and anti-affinity that pick the same pods of the same domains. A pod that picks itself is left to planning:
 * the first of its kind may start where no other is.
 */
function affinityContradiction(pod: Pod): string | undefined {
  const { podRequired, podAntiRequired } = pod.spec.affinity;
  for (const term of podRequired) {
    const matcher = affinityMatcher(term, pod, []);
    const same = podAntiRequired.some(
      (anti) =>
        stableKey(anti.topologyKey) === stableKey(term.topologyKey) &&
        stableJson(anti.namespaceSelector ?? null) === stableJson(term.namespaceSelector ?? null) &&
        stableJson(affinityMatcher(anti, pod, [])) === stableJson(matcher),
    );
    if (same && !matchesPod(matcher, pod)) {
      return `it contradicts itself: its pod affinity and its pod anti-affinity on ${term.topologyKey} pick the same pods: remove one of them`;
    }
  }
  return undefined;
}
