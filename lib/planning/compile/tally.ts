// What is already there of one group: its pods per domain or per node, and whether there are any at all.
import { isWellKnown } from '../../constraints/label-keys.ts';
import { matchesNodeSelector } from '../../constraints/node-selector.ts';
import { HARD_EFFECTS, untoleratedTaint } from '../../constraints/taints.ts';
import { LABEL } from '../../model/labels.ts';
import type { Pod } from '../../model/pod.ts';
import type { Toleration } from '../../model/taint.ts';
import { type Group, HOST_KEY, hasBit } from '../../solver/index.ts';
import type { LocatedPods, StandingNode } from './located.ts';
import type { Places } from './places.ts';
import type { TopologyKeys } from './topology.ts';

/** Which nodes count in a spread: those that meet all of it. */
export interface SpreadFilter {
  /** Labels that a node must have. Source: Kubernetes `podtopologyspread` (`nodeLabelsMatchSpreadConstraints`). */
  readonly labels?: readonly string[];
  readonly affinity?: Pick<Pod['spec'], 'nodeSelector' | 'affinity'>;
  readonly tolerations?: readonly Toleration[];
}

export interface Tallied {
  /** Topology key index, and the label behind it. */
  readonly key: number;
  readonly label: string;
  readonly kind: Group['kind'];
  readonly filter?: SpreadFilter;
}

export class Tally {
  /** Per domain of the key; empty for hosts. */
  readonly counts: Int32Array;
  /** Per bin; empty for other keys. */
  readonly binCounts: Int32Array;
  readonly #of: Tallied;
  readonly #places: Places | undefined;
  readonly #keys: TopologyKeys;
  #anywhere = false;

  /** `places` are those that the filter leaves; absent: all count. */
  constructor(of: Tallied, places: Places | undefined, keys: TopologyKeys, bins: number) {
    this.#of = of;
    this.#places = places;
    this.#keys = keys;
    this.counts = new Int32Array(of.key === HOST_KEY ? 0 : keys.size(of.key));
    this.binCounts = new Int32Array(of.key === HOST_KEY ? bins : 0);
  }

  /** One more pod of the group is there. */
  add({ node, bin }: LocatedPods): void {
    const { key, label, filter } = this.#of;
    if (filter !== undefined && !this.#counts(filter, node, bin)) return;
    if (isUnsettled(node, label)) {
      this.#anywhere = true;
      this.#addEverywhere();
      return;
    }
    if (label === LABEL.hostname || node.labels[label] !== undefined) this.#anywhere = true;
    const onHosts = key === HOST_KEY;
    const domain = bin >= 0 ? this.#keys.domainOfBin(key, bin) : this.#keys.domainOf(key, node.labels[label]);
    const at = onHosts ? bin : domain;
    const tally = onHosts ? this.binCounts : this.counts;
    if (at >= 0) tally[at] = (tally[at] ?? 0) + 1;
  }

  /**
   * The node may still come up in any domain. As for a node planned in this very solve, what repels does so in each of
   * them, and what attracts in none. Source: karpenter `scheduling/topology.go` (`Record`).
   */
  #addEverywhere(): void {
    const { kind } = this.#of;
    if (kind !== 'apart' && kind !== 'apart-inverse') return;
    for (let domain = 0; domain < this.counts.length; domain++) {
      this.counts[domain] = (this.counts[domain] ?? 0) + 1;
    }
  }

  /** A pod of the group runs on some node with the label, be it one that takes no pods. */
  hasAny(): boolean {
    return this.#anywhere;
  }

  /** One of them is where the solver sees it. */
  isSeen(): boolean {
    return [this.counts, this.binCounts].some((counts) => counts.some((count) => count > 0));
  }

  #counts(filter: SpreadFilter, node: StandingNode, bin: number): boolean {
    if (bin >= 0) return this.#places === undefined || hasBit(this.#places.bins, bin);
    if (filter.labels?.some((key) => node.labels[key] === undefined) === true) return false;
    if (filter.affinity !== undefined && !matchesNodeSelector(filter.affinity, node)) return false;
    return (
      filter.tolerations === undefined ||
      untoleratedTaint(node.taints, filter.tolerations, HARD_EFFECTS) === undefined
    );
  }
}

/** Labels of the instance are known once there is one; a node's own host is its own, whatever its name will be. */
const isUnsettled = ({ inFlight, labels }: StandingNode, label: string): boolean =>
  inFlight && label !== LABEL.hostname && isWellKnown(label) && labels[label] === undefined;
