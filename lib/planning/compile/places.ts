// Sets of places (offering rows and existing nodes) that labels, taints and selectors leave open. Every answer is
// remembered, because thousands of pods ask the same few questions.
import { admits } from '../../constraints/label-domain.ts';
import { withStableKeys } from '../../constraints/label-keys.ts';
import {
  admitsLabels,
  type Requirements,
  requirementsOf,
  requirementsOfLabels,
} from '../../constraints/requirements.ts';
import { HARD_EFFECTS, untoleratedTaint } from '../../constraints/taints.ts';
import type { NodeSelectorTerm } from '../../model/affinity.ts';
import { LABEL } from '../../model/labels.ts';
import type { Requirement } from '../../model/requirement.ts';
import { stableJson } from '../../model/stable-json.ts';
import type { TaintEffect, Toleration } from '../../model/taint.ts';

import { andInto, createMask, fullMask, type Mask, orInto, setBit } from '../../solver/index.ts';
import type { PlanningNode } from '../types.ts';
import { type OfferingTable, rowLabel } from './offerings.ts';

/** Bitsets over offering rows and over existing nodes. Shared: never written after they are handed out. */
export interface Places {
  readonly offerings: Mask;
  readonly bins: Mask;
}

interface Column {
  /** Distinct labels; undefined is "not there". */
  readonly labels: readonly (string | undefined)[];
  /** Per row, index into `labels`. */
  readonly index: Int32Array;
}

/** What registration adds; DaemonSets that select it are still to come to a node in flight. */
const REGISTERED = { [LABEL.registered]: 'true', [LABEL.initialized]: 'true' };

export class PlaceIndex {
  readonly #table: OfferingTable;
  readonly #nodes: readonly PlanningNode[];
  readonly #nodeLabels: readonly Readonly<Record<string, string>>[];
  readonly #columns = new Map<string, Column>();
  readonly #remembered = new Map<string, Places>();

  constructor(table: OfferingTable, nodes: readonly PlanningNode[]) {
    this.#table = table;
    this.#nodes = nodes;
    this.#nodeLabels = nodes.map(({ labels, inFlight }) =>
      withStableKeys(inFlight ? { ...REGISTERED, ...labels } : labels),
    );
  }

  everywhere(): Places {
    return { offerings: fullMask(this.#table.rows.length), bins: fullMask(this.#nodes.length) };
  }

  /** Labels of one key: per row and per existing node. */
  labelsOf(key: string): { readonly rows: Column; readonly nodes: readonly (string | undefined)[] } {
    return { rows: this.#column(key), nodes: this.#nodeLabels.map((labels) => labels[key]) };
  }

  /** Places whose labels meet all of the list. */
  meeting(list: readonly Requirement[]): Places {
    return this.#remember(`meeting ${stableJson(list)}`, () => this.admittedBy(requirementsOf(list)));
  }

  admittedBy(requirements: Requirements): Places {
    const places = this.everywhere();
    for (const [key, domain] of requirements) {
      const { labels, index } = this.#column(key);
      const admitted = labels.map((label) => admits(domain, label));
      if (admitted.every(Boolean)) continue;
      const mask = createMask(index.length);
      for (let row = 0; row < index.length; row++) if (admitted[index[row] ?? 0] === true) setBit(mask, row);
      andInto(places.offerings, places.offerings, mask);
    }
    const bins = createMask(this.#nodes.length);
    for (const [bin, labels] of this.#nodeLabels.entries()) {
      if (admitsLabels(requirements, labels)) setBit(bins, bin);
    }
    return { offerings: places.offerings, bins };
  }

  /** Places that a nodeSelector and any of the required terms choose. */
  selectedBy(spec: {
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly affinity: { readonly nodeRequired: readonly NodeSelectorTerm[] };
  }): Places {
    const selector = requirementsOfLabels(spec.nodeSelector);
    const terms = spec.affinity.nodeRequired;
    if (terms.length === 0) return this.meeting(selector);
    const any = { offerings: createMask(this.#table.rows.length), bins: createMask(this.#nodes.length) };
    for (const term of terms) {
      const places = this.meeting([...selector, ...term.matchExpressions]);
      orInto(any.offerings, places.offerings);
      orInto(any.bins, places.bins);
    }
    return any;
  }

  /** Places none of whose taints keeps such a pod away; with `soft`, PreferNoSchedule taints count too. */
  tolerated(tolerations: readonly Toleration[], soft: boolean): Places {
    return this.#remember(`tolerated ${soft} ${stableJson(tolerations)}`, () => {
      const effects: readonly TaintEffect[] = soft ? [...HARD_EFFECTS, 'PreferNoSchedule'] : HARD_EFFECTS;
      const open = this.#table.pools.map(
        ({ template }) => untoleratedTaint(template.taints, tolerations, effects) === undefined,
      );
      const offerings = createMask(this.#table.rows.length);
      for (const [row, { pool }] of this.#table.rows.entries())
        if (open[pool] === true) setBit(offerings, row);
      const bins = createMask(this.#nodes.length);
      for (const [bin, node] of this.#nodes.entries()) {
        if (untoleratedTaint(node.taints, tolerations, effects) === undefined) setBit(bins, bin);
      }
      return { offerings, bins };
    });
  }

  #remember(question: string, answer: () => Places): Places {
    const known = this.#remembered.get(question);
    if (known !== undefined) return known;
    const places = answer();
    this.#remembered.set(question, places);
    return places;
  }

  #column(key: string): Column {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const positions = new Map<string | undefined, number>();
    const index = Int32Array.from(this.#table.rows, (row) => {
      const label = rowLabel(row, key);
      const position = positions.get(label) ?? positions.size;
      positions.set(label, position);
      return position;
    });
    const column = { labels: [...positions.keys()], index };
    this.#columns.set(key, column);
    return column;
  }
}

/** In both. */
export function bothPlaces(a: Places, b: Places): Places {
  const offerings = a.offerings.slice();
  const bins = a.bins.slice();
  andInto(offerings, offerings, b.offerings);
  andInto(bins, bins, b.bins);
  return { offerings, bins };
}
