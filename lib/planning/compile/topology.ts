// Topology keys and the domains that offerings and existing nodes are in.
import { LABEL } from '../../model/labels.ts';
import { compareText } from '../../model/stable-json.ts';
import { createMask, HOST_KEY, type Mask, nextBit, setBit } from '../../solver/index.ts';
import type { Column } from './labelled.ts';
import type { PlaceIndex, Places } from './places.ts';

interface KeyDomains {
  /** Position of each domain's label. */
  readonly positions: ReadonlyMap<string, number>;
  /** Domain per place, -1 where the node would lack the label. */
  readonly rows: Int32Array;
  readonly bins: Int32Array;
  readonly others: Int32Array;
}

/** Keys get an index when they are first asked for; the host name is no key but `HOST_KEY`. */
export class TopologyKeys {
  readonly #index: PlaceIndex;
  readonly #keys = new Map<string, number>();
  readonly #domains: KeyDomains[] = [];
  readonly #reachable = new WeakMap<Places, Map<number, Mask>>();

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

  /** Domain of a bin, or -1 where it lacks the label. */
  domainOfBin(key: number, bin: number): number {
    return this.#domains[key]?.bins[bin] ?? -1;
  }

  /** Domain of a label, or -1 where nothing that is there or could be bought has it. */
  domainOf(key: number, label: string | undefined): number {
    return label === undefined ? -1 : (this.#domains[key]?.positions.get(label) ?? -1);
  }

  /** Domains that some of the places are in; undefined for the host name, whose domains are the nodes. */
  reachable(key: number, places: Places): Mask | undefined {
    const domains = this.#domains[key];
    if (domains === undefined) return undefined;
    const ofPlaces = this.#reachable.get(places) ?? new Map<number, Mask>();
    this.#reachable.set(places, ofPlaces);
    const known = ofPlaces.get(key);
    if (known !== undefined) return known;
    const mask = createMask(domains.positions.size);
    addDomains(mask, places.offerings, domains.rows);
    addDomains(mask, places.bins, domains.bins);
    addDomains(mask, places.others, domains.others);
    ofPlaces.set(key, mask);
    return mask;
  }

  #domainsOf(key: string): KeyDomains {
    const { rows, bins, others } = this.#index.labelsOf(key);
    const labels = [rows, bins, others].flatMap((column) =>
      column.labels.filter((label) => label !== undefined),
    );
    const positions = new Map([...new Set(labels)].sort(compareText).map((label, at) => [label, at]));
    const domains = (column: Column): Int32Array => {
      const byLabel = column.labels.map((label) => (label === undefined ? -1 : (positions.get(label) ?? -1)));
      return column.index.map((label) => byLabel[label] ?? -1);
    };
    return { positions, rows: domains(rows), bins: domains(bins), others: domains(others) };
  }
}

function addDomains(mask: Mask, places: Mask, domains: Int32Array): void {
  for (let at = nextBit(places, 0); at >= 0; at = nextBit(places, at + 1)) {
    const domain = domains[at] ?? -1;
    if (domain >= 0) setBit(mask, domain);
  }
}
