import type { NodePool } from '../model/node-pool.ts';
import type { InstanceType } from '../model/offering.ts';
import { offeringTable } from '../planning/compile/offerings.ts';
import type { Catalog } from '../ports/catalog.ts';

/**
 * The catalogue without the types that no NodePool may use. A plan leaves those out anyway, but goes through them every
 * time, and a day has thousands of plans; the NodePools of a scenario never change.
 */
export function usableTypes(catalog: Catalog, nodePools: readonly NodePool[]): Catalog {
  const usable = new WeakMap<readonly InstanceType[], readonly InstanceType[]>();
  return {
    async instanceTypes(nodeClass, resolved) {
      const all = await catalog.instanceTypes(nodeClass, resolved);
      const known = usable.get(all) ?? typesWithRows(all, nodePools);
      usable.set(all, known);
      return known;
    },
  };
}

function typesWithRows(
  types: readonly InstanceType[],
  nodePools: readonly NodePool[],
): readonly InstanceType[] {
  const instanceTypes = Object.fromEntries(nodePools.map(({ name }) => [name, types]));
  const { rows } = offeringTable({ nodePools, instanceTypes, unavailable: {} }, new Map());
  const named = new Set(rows.map(({ type }) => type.name));
  return types.filter(({ name }) => named.has(name));
}
