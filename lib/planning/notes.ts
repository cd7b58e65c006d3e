// What a person should know about a plan beside the plan itself.
import { stableKey } from '../constraints/label-keys.ts';
import { LABEL } from '../model/labels.ts';
import type { InstanceType, PricedOffering } from '../model/offering.ts';
import { compareText } from '../model/stable-json.ts';
import type { Compiled } from './compile.ts';
import { notReadyText } from './explain.ts';
import type { PlannedNode } from './types.ts';

/** Pools left out and why, burstable types in the plan, minValues that had to be lowered. Each once. */
export function notesOf({ table, input }: Compiled, nodes: readonly PlannedNode[]): string[] {
  const empty = table.pools.filter((_, index) => !table.rows.some(({ pool }) => pool === index));
  const typesOf = (node: PlannedNode): ReadonlyMap<string, InstanceType> =>
    new Map(input.instanceTypes[node.nodePool.name]?.map((type) => [type.name, type]));
  const notes = [
    ...table.notes,
    ...table.notReady.map(notReadyText),
    ...empty.map(({ name }) => `NodePool ${name}: no available offering meets its own requirements`),
    ...burstableNote(nodes.filter((node) => typesOf(node).get(node.instanceType)?.burstable === true)),
    ...nodes.flatMap((node) => loweredMinValues(node, typesOf(node))),
  ];
  return [...new Set(notes)];
}

function burstableNote(nodes: readonly PlannedNode[]): string[] {
  const types = [...new Set(nodes.map(({ instanceType }) => instanceType))].sort(compareText);
  if (types.length === 0) return [];
  return [`burstable: ${types.join(', ')} run on CPU credits, so their vCPUs are not there all the time`];
}

/** Under `BestEffort` a node may keep fewer distinct values than its pool asks for. */
function loweredMinValues(node: PlannedNode, types: ReadonlyMap<string, InstanceType>): string[] {
  return node.nodePool.template.requirements.flatMap(({ key, minValues }) => {
    if (minValues === undefined) return [];
    const values = new Set(node.offerings.map((offering) => labelValue(offering, types, stableKey(key))));
    values.delete(undefined);
    if (values.size >= minValues) return [];
    return [
      `NodePool ${node.nodePool.name}: minValues ${minValues} of ${key} was lowered to ${values.size} for a node`,
    ];
  });
}

function labelValue(
  offering: PricedOffering,
  types: ReadonlyMap<string, InstanceType>,
  key: string,
): string | undefined {
  if (key === LABEL.zone) return offering.zone;
  if (key === LABEL.capacityType) return offering.capacityType;
  return types.get(offering.instanceType)?.labels[key];
}
