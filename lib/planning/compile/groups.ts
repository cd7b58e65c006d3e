// Topology spread and pod (anti-)affinity as the solver's groups: who is bound by one, who counts in it, and what is
// already there. Source: karpenter `scheduling/topology.go`, `topologygroup.go`, `topologynodefilter.go`.
import { stableKey } from '../../constraints/label-keys.ts';
import {
  affinityMatcher,
  allOf,
  MatcherIndex,
  type PodMatcher,
  spreadMatcher,
} from '../../constraints/term-matching.ts';
import { NO_AFFINITY, type PodAffinityTerm, type TopologySpreadConstraint } from '../../model/affinity.ts';
import { LABEL } from '../../model/labels.ts';
import type { Pod } from '../../model/pod.ts';
import type { Namespace } from '../../model/snapshot.ts';
import { compareText, stableJson } from '../../model/stable-json.ts';
import type { Toleration } from '../../model/taint.ts';
import { type Group, HOST_KEY, type OwnedGroup } from '../../solver/index.ts';
import type { RelaxationLevel } from '../relaxation.ts';
import type { PodClass } from './classes.ts';
import type { LocatedPods } from './located.ts';
import type { PlaceIndex, Places } from './places.ts';
import { type SpreadFilter, Tally } from './tally.ts';
import type { TopologyKeys } from './topology.ts';

/** What makes two constraints the same group. `minDomains` is part of it, as in Kubernetes; Karpenter lets the first win. */
interface Definition {
  readonly key: number;
  /** The label behind `key`. */
  readonly label: string;
  readonly kind: Group['kind'];
  readonly matcher: PodMatcher;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** Whose policies say which nodes count: a spread group is shared only by pods with the same answer. */
  readonly filter?: SpreadFilter;
}

interface Named {
  readonly name: string;
  readonly definition: Definition;
}

export class GroupTable {
  readonly #index: PlaceIndex;
  readonly #keys: TopologyKeys;
  readonly #namespaces: readonly Namespace[];
  readonly #positions = new Map<string, number>();
  readonly #definitions: Definition[] = [];
  /** Positions are those of `#definitions`. */
  readonly #matchers = new MatcherIndex();
  readonly #terms = new Map<string, Named>();
  /** Per definition. */
  #tallies: readonly Tally[] = [];

  constructor(index: PlaceIndex, keys: TopologyKeys, namespaces: readonly Namespace[]) {
    this.#index = index;
    this.#keys = keys;
    this.#namespaces = namespaces;
  }

  /** Groups that bind a class's pods at one level; of a spread with the domains that its policies leave to be counted. */
  ownedAt(level: RelaxationLevel, { exemplar, tolerations }: PodClass): OwnedGroup[] {
    const { podRequired, podAntiRequired } = exemplar.spec.affinity;
    const preferred = level.together.filter((term) => !podRequired.includes(term));
    const owned = [
      ...level.spread.map((spread) => this.#ownedSpread(spread, exemplar, tolerations)),
      ...this.#requiredTogether(exemplar).map((named) => ({ group: this.#intern(named) })),
      ...preferred.map((term) => ({ group: this.#intern(this.#term('together', term, exemplar)) })),
      ...level.apart.map((term) => ({ group: this.#intern(this.#term('apart', term, exemplar)) })),
      // Only what is required repels others; preferences of a pod say nothing to its neighbours.
      ...podAntiRequired.map((term) => ({
        group: this.#intern(this.#term('apart-inverse', term, exemplar)),
      })),
    ];
    return [...new Map(owned.map((entry) => [entry.group, entry])).values()];
  }

  /** Adds the groups by which pods that already run keep some of these pods away. */
  addExistingOwners(located: readonly LocatedPods[], classes: readonly PodClass[]): void {
    const repelling = new Set<Named>();
    for (const { pods } of located) {
      for (const pod of pods) {
        for (const term of pod.spec.affinity.podAntiRequired) {
          repelling.add(this.#term('apart-inverse', term, pod));
        }
      }
    }
    const matchers = new MatcherIndex();
    for (const { definition } of repelling) matchers.add(definition.matcher);
    const concerned = new Set(classes.flatMap(({ exemplar }) => matchers.matching(exemplar)));
    for (const [at, named] of [...repelling].entries()) if (concerned.has(at)) this.#intern(named);
  }

  /**
   * Counts what is already there. Call it when every class has been asked for, and before anything below.
   */
  count(located: readonly LocatedPods[], bins: number): void {
    this.#tallies = this.#definitions.map(
      (definition) => new Tally(definition, this.#countingPlaces(definition.filter), this.#keys, bins),
    );
    if (this.#tallies.length === 0) return;
    for (const where of located) for (const pod of where.pods) this.#countPod(pod, where);
  }

  /** Groups in which a class's pods count, ascending. */
  countedIn({ exemplar }: PodClass): number[] {
    const barred = this.#notToStart(exemplar);
    return this.#matchers.matching(exemplar).filter((group) => !barred.includes(group));
  }

  groups(): Group[] {
    return this.#definitions.map(({ key, kind, maxSkew, minDomains, filter }, group) => {
      const { counts = new Int32Array(0), binCounts = new Int32Array(0) } = this.#tallies[group] ?? {};
      const places = this.#countingPlaces(filter);
      const masks =
        places === this.#index.everywhere()
          ? {}
          : { countingOfferings: places.offerings, countingBins: places.bins };
      return { key, kind, maxSkew, minDomains, counts, binCounts, ...masks };
    });
  }

  #countPod(pod: Pod, where: LocatedPods): void {
    for (const group of this.#matchers.matching(pod)) {
      if (this.#definitions[group]?.kind !== 'apart-inverse') this.#tallies[group]?.add(where);
    }
    for (const term of pod.spec.affinity.podAntiRequired) {
      const group = this.#positions.get(this.#term('apart-inverse', term, pod).name);
      if (group !== undefined) this.#tallies[group]?.add(where);
    }
  }

  /**
   * The solver lets a pod that counts in its own group start it where it sees none of it. That is wrong where company for
   * any of the pod's terms runs on a node that the solver does not see, or that lacks another term's label: then the pod
   * must not count, so that it only joins.
   */
  #notToStart(pod: Pod): number[] {
    const groups = this.#requiredTogether(pod).map((named) => this.#intern(named));
    const hasCompany = groups.some((group) => this.#tallies[group]?.hasAny() === true);
    return hasCompany ? groups.filter((group) => this.#tallies[group]?.isSeen() === false) : [];
  }

  #having(labels: readonly string[]): Places {
    return this.#index.meeting(labels.map((key) => ({ key, operator: 'Exists', values: [] })));
  }

  #countingPlaces({ labels = [], affinity, tolerations }: SpreadFilter = {}): Places {
    const having = this.#having(labels);
    const selected =
      affinity === undefined ? having : this.#index.both(having, this.#index.selectedBy(affinity));
    if (tolerations === undefined) return selected;
    return this.#index.both(selected, this.#index.tolerated(tolerations, false));
  }

  #ownedSpread(
    spread: TopologySpreadConstraint,
    exemplar: Pod,
    tolerations: readonly Toleration[],
  ): OwnedGroup {
    const named = this.#spread(spread, exemplar, tolerations);
    const group = this.#intern(named);
    const everywhere =
      spread.nodeAffinityPolicy === 'Honor'
        ? this.#index.selectedBy(exemplar.spec)
        : this.#index.everywhere();
    const tolerated =
      spread.nodeTaintsPolicy === 'Honor'
        ? this.#index.both(everywhere, this.#index.tolerated(tolerations, false))
        : everywhere;
    const places = this.#index.both(tolerated, this.#having(named.definition.filter?.labels ?? []));
    const eligible = this.#keys.reachable(named.definition.key, places);
    return eligible === undefined ? { group } : { group, eligible };
  }

  /**
   * Only a pod that meets all the required terms is company for any of them, and a pod may start its group only where
   * there is no company at all. Source: Kubernetes `interpodaffinity` plugin (`podMatchesAllAffinityTerms`); Karpenter
   * takes each term alone.
   */
  #requiredTogether(pod: Pod): Named[] {
    const terms = pod.spec.affinity.podRequired.map((term) => this.#term('together', term, pod));
    if (terms.length < 2) return terms;
    const matcher = allOf(terms.map(({ definition }) => definition.matcher));
    return terms.map(({ definition }) => nameOf({ ...definition, matcher }));
  }

  #spread(spread: TopologySpreadConstraint, pod: Pod, tolerations: readonly Toleration[]): Named {
    const label = stableKey(spread.topologyKey);
    const { nodeSelector, affinity } = pod.spec;
    const honorsAffinity =
      spread.nodeAffinityPolicy === 'Honor' &&
      Object.keys(nodeSelector).length + affinity.nodeRequired.length > 0;
    const labels = otherSpreadKeys(pod, label);
    const filter: SpreadFilter = {
      ...(labels.length > 0 ? { labels } : {}),
      ...(honorsAffinity
        ? { affinity: { nodeSelector, affinity: { ...NO_AFFINITY, nodeRequired: affinity.nodeRequired } } }
        : {}),
      ...(spread.nodeTaintsPolicy === 'Honor' ? { tolerations } : {}),
    };
    const key = this.#keys.indexOf(label);
    return nameOf({
      key,
      label,
      kind: 'spread',
      matcher: spreadMatcher(spread, pod),
      maxSkew: spread.maxSkew,
      // A new node is always one more host domain, empty: the least is zero whatever `minDomains` says.
      minDomains: key === HOST_KEY ? 0 : (spread.minDomains ?? 0),
      ...(Object.keys(filter).length === 0 ? {} : { filter }),
    });
  }

  /** Thousands of running pods ask for the same few terms. */
  #term(kind: 'together' | 'apart' | 'apart-inverse', term: PodAffinityTerm, pod: Pod): Named {
    const keyed = [...term.matchLabelKeys, ...term.mismatchLabelKeys].map((key) => pod.labels[key] ?? null);
    const text = `${kind} ${pod.namespace} ${JSON.stringify(term)} ${JSON.stringify(keyed)}`;
    const known = this.#terms.get(text);
    if (known !== undefined) return known;
    const label = stableKey(term.topologyKey);
    const matcher = affinityMatcher(term, pod, this.#namespaces);
    const key = this.#keys.indexOf(label);
    const result = nameOf({ key, label, kind, matcher, maxSkew: 0, minDomains: 0 });
    this.#terms.set(text, result);
    return result;
  }

  #intern({ name, definition }: Named): number {
    const known = this.#positions.get(name);
    if (known !== undefined) return known;
    this.#positions.set(name, this.#definitions.length);
    this.#matchers.add(definition.matcher);
    return this.#definitions.push(definition) - 1;
  }
}

const nameOf = (definition: Definition): Named => ({ name: stableJson(definition), definition });

/** Keys of the pod's hard constraints beside this one; every node has a host name. */
function otherSpreadKeys({ spec }: Pod, own: string): string[] {
  const hard = spec.topologySpread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
  const keys = new Set(hard.map(({ topologyKey }) => stableKey(topologyKey)));
  return [...keys].filter((key) => key !== own && key !== LABEL.hostname).sort(compareText);
}
