// Classes of pods as the solver's items.
import { stableJson } from '../../model/stable-json.ts';
import type { Alternative, Item, Level, OwnedGroup } from '../../solver/index.ts';
import type { RelaxationLevel } from '../relaxation.ts';
import type { PodClass } from './classes.ts';
import type { GroupTable } from './groups.ts';
import { bothPlaces, type PlaceIndex } from './places.ts';
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

/**
 * Classes that differ in labels or names only, and so in nothing the solver sees, become one item. `owned` is per class
 * and level: asking for it creates groups, so it must have been asked for all classes before any `countedIn`.
 */
export function itemsOf(
  classes: readonly PodClass[],
  owned: readonly (readonly OwnedGroup[][])[],
  parts: ItemParts,
): Item[] {
  const merged = new Map<string, { item: Omit<Item, 'order'>; order: number[] }>();
  for (const [at, podClass] of classes.entries()) {
    const { exemplar, levels, tolerations, volumes } = podClass;
    const item = {
      requests: parts.columns.row(exemplar.spec.requests),
      priority: exemplar.spec.priority,
      counted: parts.groups.countedIn(exemplar),
      ports: parts.ports.of(exemplar.spec.hostPorts),
      volumes: parts.volumes.of(volumes.uses),
    };
    const groups = owned[at] ?? [];
    const places = levels.map(({ requirements, toleratesSoftTaints }, level) => [
      requirements,
      toleratesSoftTaints,
      groups[level]?.map(({ group, eligible }) => [group, eligible && [...eligible]]),
    ]);
    const zones = volumes.alternatives.map((alternative) =>
      [...alternative].map(([key, domain]) => [key, { ...domain, values: [...domain.values] }]),
    );
    const name = stableJson([{ ...item, requests: [...item.requests] }, tolerations, places, zones]);
    const known = merged.get(name);
    if (known !== undefined) for (const order of podClass.order) known.order.push(order);
    else {
      const built = levels.map((level, number) =>
        levelOf(level, groups[number] ?? [], podClass, parts.index),
      );
      merged.set(name, { item: { ...item, levels: built }, order: [...podClass.order] });
    }
  }
  return [...merged.values()].map(({ item, order }) => ({
    ...item,
    order: Int32Array.from(order).sort(),
  }));
}

function levelOf(
  level: RelaxationLevel,
  owned: readonly OwnedGroup[],
  { tolerations, volumes }: PodClass,
  index: PlaceIndex,
): Level {
  const open = bothPlaces(
    index.meeting(level.requirements),
    index.tolerated(tolerations, !level.toleratesSoftTaints),
  );
  const alternatives: Alternative[] = volumes.alternatives.map((volume) =>
    volume.size === 0 ? open : bothPlaces(open, index.admittedBy(volume)),
  );
  return { alternatives, owned };
}
