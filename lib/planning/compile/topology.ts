// Topology keys and the domains that offerings and existing nodes are in.
import { LABEL } from '../../model/labels.ts';
import { compareText } from '../../model/stable-json.ts';
import { createMask, HOST_KEY, hasBit, type Mask, setBit } from '../../solver/index.ts';
import type { PlaceIndex, Places } from './places.ts';

interface KeyDomains {
  /** Position of each domain's label. */
  readonly positions: ReadonlyMap<string, number>;
  /** Domain per row, -1 where the node would lack the label. */
  readonly rows: Int32Array;
  /** Domain per existing node, -1 where it lacks the label. */
  readonly nodes: readonly number[];
}

/** Keys get an index when they are first asked for; the host name is no key but `HOST_KEY`. */
export class TopologyKeys {
  readonly #index: PlaceIndex;
  readonly #keys = new Map<string, number>();
  readonly #domains: KeyDomains[] = [];

  constructor(index: PlaceIndex) {
    this.#index = index;
  }

  /** `key` is a stable key. */
  indexOf(key: string): number {
    if (key === LABEL.hostname) return HOST_KEY;
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    this.#keys.set(key, this.#domains.length);
    return this.#domains.push(this.#domainsOf(key)) - 1;
  }

  all(): readonly KeyDomains[] {
    return this.#domains;
  }

  size(key: number): number {
    return this.#domains[key]?.positions.size ?? 0;
  }

  /** Domain of a label, or -1 where no offering and no existing node has it. */
  domainOf(key: number, label: string | undefined): number {
    return label === undefined ? -1 : (this.#domains[key]?.positions.get(label) ?? -1);
  }

  /** Domains that some of the places are in; undefined for the host name, whose domains are the nodes. */
  reachable(key: number, places: Places): Mask | undefined {
    const domains = this.#domains[key];
    if (domains === undefined) return undefined;
    const mask = createMask(domains.positions.size);
    for (let row = 0; row < domains.rows.length; row++) {
      const domain = domains.rows[row] ?? -1;
      if (domain >= 0 && hasBit(places.offerings, row)) setBit(mask, domain);
    }
    for (const [bin, domain] of domains.nodes.entries()) {
      if (domain >= 0 && hasBit(places.bins, bin)) setBit(mask, domain);
    }
    return mask;
  }

  #domainsOf(key: string): KeyDomains {
    const { rows, nodes } = this.#index.labelsOf(key);
    const labels = [...rows.labels, ...nodes].filter((label) => label !== undefined);
    const positions = new Map([...new Set(labels)].sort(compareText).map((label, at) => [label, at]));
    const positionOf = (label: string | undefined): number =>
      label === undefined ? -1 : (positions.get(label) ?? -1);
    const byLabel = rows.labels.map(positionOf);
    return {
      positions,
      rows: rows.index.map((label) => byLabel[label] ?? -1),
      nodes: nodes.map(positionOf),
    };
  }
}
