// Binds the pods of a plan one after the other, as kube-scheduler would: a pod may go to its node as soon as topology
// spread, pod affinity and both directions of anti-affinity allow it. A pod that never may is a mistake of the plan.
import type { PodAffinityTerm, TopologySpreadConstraint } from '../../lib/model/affinity.ts';
import { type Pod, podKey } from '../../lib/model/pod.ts';
import type { Namespace } from '../../lib/model/snapshot.ts';
import type { Taint } from '../../lib/model/taint.ts';
import { type Labels, repelled, selects, wantsNode } from './object-rules.ts';

export interface Site {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  /** There before. */
  readonly running: readonly Pod[];
  readonly planned: readonly Pod[];
}

/** Pods per value of one label. */
interface Tally {
  readonly key: string;
  readonly picks: (pod: Pod) => boolean;
  readonly counts: (site: Site) => boolean;
  readonly perDomain: Map<string, number>;
}

interface Rules {
  readonly spread: readonly { readonly tally: Tally; readonly rule: TopologySpreadConstraint }[];
  readonly near: readonly Tally[];
  readonly away: readonly Tally[];
}

/** Everything that no order of binding makes right, in words. */
export function replayProblems(sites: readonly Site[], namespaces: readonly Namespace[]): string[] {
  const replay = new Replay(sites, namespaces);
  const all = alternating(sites);
  let bound = all.filter(({ pod }) => hasRules(pod));
  let free = all.filter(({ pod }) => !hasRules(pod));
  // Pods without rules of their own wait until nothing else can go on: they only make spread harder to keep.
  for (;;) {
    bound = replay.bindAll(bound);
    if (bound.length === 0) free = replay.bindAll(free);
    const next = free.findIndex(({ pod, site }) => replay.tryBind(pod, site));
    if (next < 0) break;
    free.splice(next, 1);
  }
  return [...bound, ...free].map(
    ({ pod, site }) => `${podKey(pod)} on ${site.name}: ${replay.refusal(pod, site)}`,
  );
}

interface Binding {
  readonly pod: Pod;
  readonly site: Site;
}

const hasRules = ({ spec }: Pod): boolean =>
  spec.topologySpread.length + spec.affinity.podRequired.length > 0;

/** One pod of each site after the other, so that domains fill evenly. */
function alternating(sites: readonly Site[]): Binding[] {
  const longest = Math.max(0, ...sites.map(({ planned }) => planned.length));
  return Array.from({ length: longest }, (_, rank) =>
    sites.flatMap((site) => {
      const pod = site.planned[rank];
      return pod === undefined ? [] : [{ pod, site }];
    }),
  ).flat();
}

class Replay {
  readonly #sites: readonly Site[];
  readonly #namespaces: readonly Namespace[];
  readonly #bound = new Map<Site, Pod[]>();
  readonly #tallies = new Map<string, Tally>();
  readonly #rules = new Map<string, Rules>();
  readonly #classes = new WeakMap<object, string>();
  /** Where pods are that keep others away. */
  readonly #repelling = new Map<string, Omit<Tally, 'counts'> & { readonly owner: Pod }>();

  constructor(sites: readonly Site[], namespaces: readonly Namespace[]) {
    this.#sites = sites;
    this.#namespaces = namespaces;
    for (const site of sites) this.#bound.set(site, []);
    for (const site of sites) for (const pod of site.running.filter(isAlive)) this.#bind(pod, site);
  }

  /** Goes round until no pod is bound any more, and answers those that are not. */
  bindAll(bindings: readonly Binding[]): Binding[] {
    let waiting = [...bindings];
    for (let before = -1; waiting.length !== before; ) {
      before = waiting.length;
      waiting = waiting.filter(({ pod, site }) => !this.tryBind(pod, site));
    }
    return waiting;
  }

  tryBind(pod: Pod, site: Site): boolean {
    if (this.refusal(pod, site) !== undefined) return false;
    this.#bind(pod, site);
    return true;
  }

  refusal(pod: Pod, site: Site): string | undefined {
    const { spread, near, away } = this.#rulesOf(pod);
    const unspread = spread.find(({ tally, rule }) => !isEven(tally, rule, pod, site));
    if (unspread !== undefined) return `spread on ${unspread.rule.topologyKey} is not kept`;
    if (!this.#hasCompany(near, pod, site)) return 'pod affinity is not met';
    const lone = away.find(({ key, perDomain }) => (perDomain.get(site.labels[key] ?? '') ?? 0) > 0);
    if (lone !== undefined) return `pod anti-affinity on ${lone.key} is not kept`;
    const repelling = [...this.#repelling.values()].find(
      ({ key, perDomain, picks }) => (perDomain.get(site.labels[key] ?? '') ?? 0) > 0 && picks(pod),
    );
    return repelling === undefined ? undefined : `anti-affinity of ${podKey(repelling.owner)} is not kept`;
  }

  #bind(pod: Pod, site: Site): void {
    this.#bound.get(site)?.push(pod);
    for (const tally of this.#tallies.values()) add(tally, pod, site);
    for (const term of pod.spec.affinity.podAntiRequired) {
      const name = `${this.#classOf(pod)} ${JSON.stringify(term)}`;
      const picks = this.#picks(term, pod);
      const owners = this.#repelling.get(name) ?? {
        key: term.topologyKey,
        picks,
        perDomain: new Map(),
        owner: pod,
      };
      this.#repelling.set(name, owners);
      raise(owners.perDomain, site.labels[owners.key]);
    }
  }

  #rulesOf(pod: Pod): Rules {
    const name = this.#classOf(pod);
    const known = this.#rules.get(name);
    if (known !== undefined) return known;
    const { topologySpread, affinity } = pod.spec;
    const hard = topologySpread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
    const everyTerm = (other: Pod): boolean =>
      affinity.podRequired.every((term) => this.#picks(term, pod)(other));
    const rules: Rules = {
      spread: hard.map((rule, index) => {
        const picks = (other: Pod): boolean =>
          other.namespace === pod.namespace &&
          selects(rule.labelSelector, other.labels) &&
          sameLabels(rule.matchLabelKeys, pod, other);
        const counts = (site: Site): boolean => isCounting(site, rule, hard, pod);
        return { rule, tally: this.#tally(`${name} spread ${index}`, rule.topologyKey, picks, counts) };
      }),
      near: affinity.podRequired.map(({ topologyKey }, index) =>
        this.#tally(`${name} near ${index}`, topologyKey, everyTerm),
      ),
      away: affinity.podAntiRequired.map((term, index) =>
        this.#tally(`${name} away ${index}`, term.topologyKey, this.#picks(term, pod)),
      ),
    };
    this.#rules.set(name, rules);
    return rules;
  }

  /** Beside pods that all terms pick; the first pod of its kind may do without when it would be picked itself. */
  #hasCompany(near: readonly Tally[], pod: Pod, site: Site): boolean {
    if (near.some(({ key }) => site.labels[key] === undefined)) return false;
    if (near.every(({ key, perDomain }) => (perDomain.get(site.labels[key] ?? '') ?? 0) > 0)) return true;
    return near.every(({ perDomain, picks }) => perDomain.size === 0 && picks(pod));
  }

  #picks(term: PodAffinityTerm, owner: Pod): (other: Pod) => boolean {
    const { namespaces, namespaceSelector } = term;
    const everywhere =
      namespaceSelector !== undefined &&
      Object.keys(namespaceSelector.matchLabels).length + namespaceSelector.matchExpressions.length === 0;
    const picked = this.#namespaces.filter(({ labels }) => selects(namespaceSelector, labels));
    const named = [...namespaces, ...picked.map(({ name }) => name)];
    const own = named.length === 0 && namespaceSelector === undefined ? [owner.namespace] : named;
    return (other) =>
      (everywhere || own.includes(other.namespace)) &&
      selects(term.labelSelector, other.labels) &&
      sameLabels(term.matchLabelKeys, owner, other) &&
      term.mismatchLabelKeys.every(
        (key) => owner.labels[key] === undefined || owner.labels[key] !== other.labels[key],
      );
  }

  #tally(name: string, key: string, picks: Tally['picks'], counts: Tally['counts'] = () => true): Tally {
    const tally: Tally = { key, picks, counts, perDomain: new Map() };
    this.#tallies.set(name, tally);
    for (const site of this.#sites) {
      const domain = site.labels[key];
      if (name.includes(' spread ') && domain !== undefined && counts(site)) {
        tally.perDomain.set(domain, tally.perDomain.get(domain) ?? 0);
      }
      for (const pod of this.#bound.get(site) ?? []) add(tally, pod, site);
    }
    return tally;
  }

  /** Pods of one class have the same namespace, labels and specification. */
  #classOf({ namespace, labels, spec }: Pod): string {
    const text = (part: object): string => {
      const known = this.#classes.get(part) ?? JSON.stringify(part);
      this.#classes.set(part, known);
      return known;
    };
    return `${namespace} ${text(labels)} ${text(spec)}`;
  }
}

const isAlive = ({ phase, deletionAtMs }: Pod): boolean =>
  phase !== 'Succeeded' && phase !== 'Failed' && deletionAtMs === undefined;

/** Keys that the owner does not have add nothing. */
const sameLabels = (keys: readonly string[], owner: Pod, other: Pod): boolean =>
  keys.every((key) => owner.labels[key] === undefined || owner.labels[key] === other.labels[key]);

function add({ key, picks, counts, perDomain }: Tally, pod: Pod, site: Site): void {
  if (counts(site) && picks(pod)) raise(perDomain, site.labels[key]);
}

function raise(perDomain: Map<string, number>, domain: string | undefined): void {
  if (domain !== undefined) perDomain.set(domain, (perDomain.get(domain) ?? 0) + 1);
}

/** Only nodes with every key of the pod's constraints count, and those that the constraint's policies let it see. */
function isCounting(
  { labels, taints }: Site,
  rule: TopologySpreadConstraint,
  all: readonly TopologySpreadConstraint[],
  { spec }: Pod,
): boolean {
  if (all.some(({ topologyKey }) => labels[topologyKey] === undefined)) return false;
  if (rule.nodeAffinityPolicy === 'Honor' && !wantsNode(spec, labels)) return false;
  return rule.nodeTaintsPolicy === 'Ignore' || !repelled(taints, spec.tolerations);
}

function isEven(
  { key, perDomain, picks }: Tally,
  rule: TopologySpreadConstraint,
  pod: Pod,
  site: Site,
): boolean {
  const domain = site.labels[key];
  if (domain === undefined) return false;
  let least = Number.POSITIVE_INFINITY;
  for (const count of perDomain.values()) least = Math.min(least, count);
  if (perDomain.size < (rule.minDomains ?? 1)) least = 0;
  return (perDomain.get(domain) ?? 0) + (picks(pod) ? 1 : 0) - least <= rule.maxSkew;
}
