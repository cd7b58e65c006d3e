// Topology spread and pod (anti-)affinity as the solver's groups: who is bound by one, who counts in it, and what is
// already there. Source: karpenter `scheduling/topology.go`, `topologygroup.go`, `topologynodefilter.go`.
import { stableKey } from '../../constraints/label-keys.ts';
import { matchesNodeSelector } from '../../constraints/node-selector.ts';
import { HARD_EFFECTS, untoleratedTaint } from '../../constraints/taints.ts';
import {
  affinityMatcher,
  matchesPod,
  type PodMatcher,
  spreadMatcher,
} from '../../constraints/term-matching.ts';
import type { PodAffinityTerm, TopologySpreadConstraint } from '../../model/affinity.ts';
import type { Pod } from '../../model/pod.ts';
import type { Namespace } from '../../model/snapshot.ts';
import { stableJson } from '../../model/stable-json.ts';
import { countBits, type Group, HOST_KEY, hasBit, type OwnedGroup } from '../../solver/index.ts';
import type { RelaxationLevel } from '../relaxation.ts';
import type { PodClass } from './classes.ts';
import type { Located } from './located.ts';
import { bothPlaces, type PlaceIndex, type Places } from './places.ts';
import type { TopologyKeys } from './topology.ts';

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

interface SpreadFilter {
  readonly affinity?: Pick<Pod['spec'], 'nodeSelector' | 'affinity'>;
  readonly tolerations?: Pod['spec']['tolerations'];
}

export class GroupTable {
  readonly #index: PlaceIndex;
  readonly #keys: TopologyKeys;
  readonly #namespaces: readonly Namespace[];
  readonly #positions = new Map<string, number>();
  readonly #definitions: Definition[] = [];

  constructor(index: PlaceIndex, keys: TopologyKeys, namespaces: readonly Namespace[]) {
    this.#index = index;
    this.#keys = keys;
    this.#namespaces = namespaces;
  }

  /** Groups that bind a class's pods at one level, with the domains that their strict requirements leave open. */
  ownedAt(level: RelaxationLevel, { exemplar, tolerations }: PodClass): OwnedGroup[] {
    const strict = this.#index.meeting(level.strict);
    const owned = [
      ...level.spread.map((spread) => {
        const everywhere = spread.nodeAffinityPolicy === 'Honor' ? strict : this.#index.everywhere();
        const tolerated = this.#index.tolerated(tolerations, false);
        const places = spread.nodeTaintsPolicy === 'Honor' ? bothPlaces(everywhere, tolerated) : everywhere;
        return this.#owned(this.#spread(spread, exemplar), places);
      }),
      ...level.together.map((term) => this.#owned(this.#term('together', term, exemplar), strict)),
      ...level.apart.map((term) => this.#owned(this.#term('apart', term, exemplar), strict)),
      // Only what is required repels others; preferences of a pod say nothing to its neighbours.
      ...exemplar.spec.affinity.podAntiRequired.map((term) => ({
        group: this.#intern(this.#term('apart-inverse', term, exemplar)),
      })),
    ];
    return [...new Map(owned.map((entry) => [entry.group, entry])).values()];
  }

  /** Adds the groups by which pods that already run keep some of these pods away. */
  addExistingOwners(located: readonly Located[], classes: readonly PodClass[]): void {
    for (const { pod } of located) {
      for (const term of pod.spec.affinity.podAntiRequired) {
        const definition = this.#term('apart-inverse', term, pod);
        if (classes.some(({ exemplar }) => matchesPod(definition.matcher, exemplar)))
          this.#intern(definition);
      }
    }
  }

  /** Groups in which a pod counts, ascending. */
  countedIn(pod: Pod): number[] {
    return [...this.#definitions.keys()].filter((group) => {
      const definition = this.#definitions[group];
      return definition !== undefined && matchesPod(definition.matcher, pod);
    });
  }

  /** The groups with what is there already. Call it when every class has been asked for. */
  build(located: readonly Located[], bins: number): Group[] {
    const owners = this.#ownersOf(located);
    return this.#definitions.map((definition, group) => {
      const counting = definition.kind === 'apart-inverse' ? (owners.get(group) ?? []) : located;
      return this.#group(definition, counting, bins);
    });
  }

  #group(definition: Definition, located: readonly Located[], bins: number): Group {
    const { key, kind, maxSkew, minDomains, filter, matcher } = definition;
    const places = filter === undefined ? undefined : this.#countingPlaces(filter);
    const counts = new Int32Array(key === HOST_KEY ? 0 : this.#keys.size(key));
    const binCounts = new Int32Array(key === HOST_KEY ? bins : 0);
    for (const { pod, bin, node } of located) {
      if (kind !== 'apart-inverse' && !matchesPod(matcher, pod)) continue;
      if (places !== undefined && filter !== undefined) {
        if (bin >= 0 ? !hasBit(places.bins, bin) : !countsOn(filter, node)) continue;
      }
      const at = key === HOST_KEY ? bin : this.#keys.domainOf(key, node.labels[definition.label]);
      const tally = key === HOST_KEY ? binCounts : counts;
      if (at >= 0) tally[at] = (tally[at] ?? 0) + 1;
    }
    const masks =
      places === undefined || this.#isEverywhere(places)
        ? {}
        : { countingOfferings: places.offerings, countingBins: places.bins };
    return { key, kind, maxSkew, minDomains, counts, binCounts, ...masks };
  }

  #ownersOf(located: readonly Located[]): Map<number, Located[]> {
    const owners = new Map<number, Located[]>();
    for (const where of located) {
      for (const term of where.pod.spec.affinity.podAntiRequired) {
        const group = this.#positions.get(nameOf(this.#term('apart-inverse', term, where.pod)));
        if (group === undefined) continue;
        const list = owners.get(group);
        if (list === undefined) owners.set(group, [where]);
        else list.push(where);
      }
    }
    return owners;
  }

  #countingPlaces(filter: SpreadFilter): Places {
    const selected =
      filter.affinity === undefined ? this.#index.everywhere() : this.#index.selectedBy(filter.affinity);
    if (filter.tolerations === undefined) return selected;
    return bothPlaces(selected, this.#index.tolerated(filter.tolerations, false));
  }

  #isEverywhere(places: Places): boolean {
    const all = this.#index.everywhere();
    return (
      countBits(places.offerings) === countBits(all.offerings) &&
      countBits(places.bins) === countBits(all.bins)
    );
  }

  #owned(definition: Definition, places: Places): OwnedGroup {
    const eligible = this.#keys.reachable(definition.key, places);
    const group = this.#intern(definition);
    return eligible === undefined ? { group } : { group, eligible };
  }

  #spread(spread: TopologySpreadConstraint, pod: Pod): Definition {
    const label = stableKey(spread.topologyKey);
    const { nodeSelector, affinity } = pod.spec;
    const honorsAffinity =
      spread.nodeAffinityPolicy === 'Honor' &&
      Object.keys(nodeSelector).length + affinity.nodeRequired.length > 0;
    const filter: SpreadFilter = {
      ...(honorsAffinity ? { affinity: { nodeSelector, affinity } } : {}),
      ...(spread.nodeTaintsPolicy === 'Honor' ? { tolerations: pod.spec.tolerations } : {}),
    };
    return {
      key: this.#keys.indexOf(label),
      label,
      kind: 'spread',
      matcher: spreadMatcher(spread, pod),
      maxSkew: spread.maxSkew,
      // A new node is always one more host domain, empty: the least is zero whatever `minDomains` says.
      minDomains: this.#keys.indexOf(label) === HOST_KEY ? 0 : (spread.minDomains ?? 0),
      ...(Object.keys(filter).length === 0 ? {} : { filter }),
    };
  }

  #term(kind: 'together' | 'apart' | 'apart-inverse', term: PodAffinityTerm, pod: Pod): Definition {
    const label = stableKey(term.topologyKey);
    const matcher = affinityMatcher(term, pod, this.#namespaces);
    return { key: this.#keys.indexOf(label), label, kind, matcher, maxSkew: 0, minDomains: 0 };
  }

  #intern(definition: Definition): number {
    const name = nameOf(definition);
    const known = this.#positions.get(name);
    if (known !== undefined) return known;
    this.#positions.set(name, this.#definitions.length);
    return this.#definitions.push(definition) - 1;
  }
}

const nameOf = (definition: Definition): string => stableJson(definition);

/** The filter on a node that is no bin, by the same rules. */
function countsOn(filter: SpreadFilter, node: Located['node']): boolean {
  if (filter.affinity !== undefined && !matchesNodeSelector(filter.affinity, node)) return false;
  return (
    filter.tolerations === undefined ||
    untoleratedTaint(node.taints, filter.tolerations, HARD_EFFECTS) === undefined
  );
}
