// Classes of pods as the solver's items.
import { stableJson } from '../../model/stable-json.ts';
import type { Item, Level, OwnedGroup } from '../../solver/index.ts';
import type { RelaxationLevel } from '../relaxation.ts';
import type { PodClass, PodRules } from './classes.ts';
import type { GroupTable } from './groups.ts';
import { type PlaceIndex, requirementsName } from './places.ts';
import type { PortIds } from './ports.ts';
import type { ResourceColumns } from './resources.ts';
import type { VolumeIds } from './volume-ids.ts';

export interface ItemParts {
  readonly columns: ResourceColumns;
  readonly index: PlaceIndex;
  readonly groups: GroupTable;
  readonly ports: PortIds;
  readonly volumes: VolumeIds;
}

/** A class with what binds its pods: its rules, and the groups per level. */
export interface BoundClass {
  readonly podClass: PodClass;
  readonly rules: PodRules;
  readonly owned: readonly (readonly OwnedGroup[])[];
}

/** What the solver sees of a class's pods beside their size and where they may go. */
type Traits = Pick<Item, 'priority' | 'counted' | 'ports' | 'volumes'>;

interface Draft {
  readonly shared: Omit<Item, 'requests' | 'order'>;
  readonly requests: Float64Array;
  readonly order: number[];
}

/**
 * Classes that differ in labels or names only, and so in nothing the solver sees, become one item; items that differ in
 * size only share everything else. Asking for the groups that a class owns creates them, so all classes must be bound
 * before any is counted here. Items in the order of their first pod.
 */
export function itemsOf(classes: readonly BoundClass[], parts: ItemParts): Item[] {
  const known = new Map<string, { shared: Draft['shared']; sizes: Map<string, Draft> }>();
  const drafts: Draft[] = [];
  for (const bound of classes) {
    const traits = traitsOf(bound, parts);
    const name = nameOf(bound, traits);
    const rule = known.get(name) ?? {
      shared: { ...traits, levels: levelsOf(bound, parts.index) },
      sizes: new Map<string, Draft>(),
    };
    known.set(name, rule);
    for (const { requests, order } of bound.podClass.sizes) {
      const row = parts.columns.row(requests);
      const size = row.join(' ');
      const draft = rule.sizes.get(size);
      if (draft !== undefined) for (const place of order) draft.order.push(place);
      else {
        const fresh = { shared: rule.shared, requests: row, order: [...order] };
        rule.sizes.set(size, fresh);
        drafts.push(fresh);
      }
    }
  }
  return drafts
    .map(({ shared, requests, order }) => ({ ...shared, requests, order: Int32Array.from(order).sort() }))
    .sort((a, b) => (a.order[0] ?? 0) - (b.order[0] ?? 0));
}

const traitsOf = ({ podClass, rules }: BoundClass, parts: ItemParts): Traits => ({
  priority: podClass.exemplar.spec.priority,
  counted: parts.groups.countedIn(podClass),
  ports: parts.ports.of(podClass.exemplar.spec.hostPorts),
  volumes: parts.volumes.of(rules.volumes.uses),
});

function nameOf({ podClass, rules, owned }: BoundClass, traits: Traits): string {
  const levels = rules.levels.map(({ requirements, toleratesSoftTaints }, level) => [
    requirements,
    toleratesSoftTaints,
    owned[level]?.map(({ group, eligible }) => [group, eligible && [...eligible]]),
  ]);
  const zones = rules.volumes.alternatives.map(requirementsName);
  return stableJson([traits, podClass.tolerations, levels, zones]);
}

const levelsOf = ({ podClass, rules, owned }: BoundClass, index: PlaceIndex): Level[] =>
  rules.levels.map((level, number) => ({
    alternatives: alternativesOf(level, podClass.tolerations, rules.volumes, index),
    owned: owned[number] ?? [],
  }));

function alternativesOf(
  level: RelaxationLevel,
  tolerations: PodClass['tolerations'],
  volumes: PodRules['volumes'],
  index: PlaceIndex,
): Level['alternatives'] {
  const tolerated = index.tolerated(tolerations, !level.toleratesSoftTaints);
  const open = index.both(index.meeting(level.requirements), tolerated);
  return volumes.alternatives.map((volume) => index.both(open, index.admittedBy(volume)));
}
