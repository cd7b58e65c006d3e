// Sets of places (offering rows and nodes) that labels, taints and selectors leave open. Every answer is remembered,
// because thousands of pods ask the same few questions: equal questions are answered by the very same object.
import { type Requirements, requirementsOf, requirementsOfLabels } from '../../constraints/requirements.ts';
import { HARD_EFFECTS } from '../../constraints/taints.ts';
import type { NodeSelectorTerm } from '../../model/affinity.ts';
import { LABEL } from '../../model/labels.ts';
import type { Requirement } from '../../model/requirement.ts';
import { compareText, stableJson } from '../../model/stable-json.ts';
import type { TaintEffect, Toleration } from '../../model/taint.ts';
import { andInto, createMask, fullMask, isSame, type Mask, orInto } from '../../solver/index.ts';
import type { PlanningNode } from '../types.ts';
import { type Column, Labelled } from './labelled.ts';
import type { StandingNode } from './located.ts';
import { type OfferingTable, rowLabel } from './offerings.ts';

/** Bitsets over offering rows, over nodes that take pods, and over nodes that take none but are there. Never written. */
export interface Places {
  readonly offerings: Mask;
  readonly bins: Mask;
  readonly others: Mask;
}

const KINDS = ['offerings', 'bins', 'others'] as const;

/** What registration adds; DaemonSets that select it are still to come to a node in flight. */
const REGISTERED: Readonly<Record<string, string>> = {
  [LABEL.registered]: 'true',
  [LABEL.initialized]: 'true',
};

export class PlaceIndex {
  readonly #kinds: Readonly<Record<keyof Places, Labelled>>;
  readonly #everywhere: Places;
  readonly #remembered = new Map<string, Places>();
  readonly #both = new WeakMap<Places, WeakMap<Places, Places>>();

  /** `bins` are `nodes` with their labels by stable key; `others` are nodes whose labels make domains. */
  constructor(
    table: OfferingTable,
    nodes: readonly PlanningNode[],
    bins: readonly StandingNode[],
    others: readonly StandingNode[],
  ) {
    const { rows, pools } = table;
    this.#kinds = {
      offerings: new Labelled(
        rows.length,
        (row, key) => rowLabelAt(table, row, key),
        (row) => pools[rows[row]?.pool ?? 0]?.template.taints ?? [],
      ),
      bins: new Labelled(
        bins.length,
        (bin, key) => bins[bin]?.labels[key] ?? (nodes[bin]?.inFlight === true ? REGISTERED[key] : undefined),
        (bin) => bins[bin]?.taints ?? [],
      ),
      others: new Labelled(
        others.length,
        (other, key) => others[other]?.labels[key],
        (other) => others[other]?.taints ?? [],
      ),
    };
    this.#everywhere = this.#each(({ size }) => fullMask(size));
  }

  everywhere(): Places {
    return this.#everywhere;
  }

  /** Labels of one stable key: per row, per bin and per other node. */
  labelsOf(key: string): {
    readonly rows: Column;
    readonly bins: Column;
    readonly others: Column;
  } {
    const { offerings, bins, others } = this.#kinds;
    return { rows: offerings.column(key), bins: bins.column(key), others: others.column(key) };
  }

  /** Places whose labels meet all of the list. */
  meeting(list: readonly Requirement[]): Places {
    if (list.length === 0) return this.#everywhere;
    return this.#remember(`meeting ${stableJson(list)}`, () => this.#admittedBy(requirementsOf(list)));
  }

  /** The same for requirements that are combined already. */
  admittedBy(requirements: Requirements): Places {
    if (requirements.size === 0) return this.#everywhere;
    return this.#remember(`admitted ${requirementsName(requirements)}`, () => this.#admittedBy(requirements));
  }

  /** Places that a nodeSelector and any of the required terms choose. */
  selectedBy(spec: {
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly affinity: { readonly nodeRequired: readonly NodeSelectorTerm[] };
  }): Places {
    const selector = requirementsOfLabels(spec.nodeSelector);
    const terms = spec.affinity.nodeRequired.map(({ matchExpressions }) => [
      ...selector,
      ...matchExpressions,
    ]);
    if (terms.length < 2) return this.meeting(terms[0] ?? selector);
    return this.#remember(`any ${stableJson(terms)}`, () => {
      const any = this.#each(({ size }) => createMask(size));
      for (const term of terms) {
        const places = this.meeting(term);
        for (const kind of KINDS) orInto(any[kind], places[kind]);
      }
      return any;
    });
  }

  /** Places none of whose taints keeps such a pod away; with `soft`, PreferNoSchedule taints count too. */
  tolerated(tolerations: readonly Toleration[], soft: boolean): Places {
    return this.#remember(`tolerated ${soft} ${stableJson(tolerations)}`, () => {
      const effects: readonly TaintEffect[] = soft ? [...HARD_EFFECTS, 'PreferNoSchedule'] : HARD_EFFECTS;
      return this.#each((labelled) => labelled.tolerating(tolerations, effects));
    });
  }

  /** In both. */
  both(a: Places, b: Places): Places {
    if (a === this.#everywhere) return b;
    if (b === this.#everywhere) return a;
    const ofA = this.#both.get(a) ?? new WeakMap<Places, Places>();
    this.#both.set(a, ofA);
    const known = ofA.get(b);
    if (known !== undefined) return known;
    const common = this.#each(({ size }) => createMask(size));
    for (const kind of KINDS) andInto(common[kind], a[kind], b[kind]);
    const places = this.#shared(common);
    ofA.set(b, places);
    return places;
  }

  #admittedBy(requirements: Requirements): Places {
    return this.#each((labelled) => labelled.meeting(requirements));
  }

  #each(answer: (labelled: Labelled) => Mask): Places {
    const { offerings, bins, others } = this.#kinds;
    return { offerings: answer(offerings), bins: answer(bins), others: answer(others) };
  }

  /** One object stands for all places, by which whoever combines answers knows that nothing is excluded. */
  #shared(places: Places): Places {
    return KINDS.every((kind) => isSame(places[kind], this.#everywhere[kind])) ? this.#everywhere : places;
  }

  #remember(question: string, answer: () => Places): Places {
    const known = this.#remembered.get(question);
    if (known !== undefined) return known;
    const places = this.#shared(answer());
    this.#remembered.set(question, places);
    return places;
  }
}

function rowLabelAt({ rows }: OfferingTable, at: number, key: string): string | undefined {
  const row = rows[at];
  return row === undefined ? undefined : rowLabel(row, key);
}

/** Equal for requirements that admit the same labels, in whatever order they were combined. */
export const requirementsName = (requirements: Requirements): string =>
  stableJson(
    [...requirements]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, domain]) => [key, { ...domain, values: [...domain.values].sort(compareText) }]),
  );
