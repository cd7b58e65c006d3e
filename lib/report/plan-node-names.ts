import type { PlannedNode } from '../planning/types.ts';

export interface NamedNode {
  /** `<pool>-<n>`, n from 1 in the order the plan opened the pool's nodes: the same plan gives the same names. */
  readonly name: string;
  readonly node: PlannedNode;
}

/** A dry run buys nothing, so its nodes have no claim names; these let two outputs of one plan be compared. */
export function namedNodes(nodes: readonly PlannedNode[]): NamedNode[] {
  const counts = new Map<string, number>();
  return nodes.map((node) => {
    const pool = node.nodePool.name;
    const n = (counts.get(pool) ?? 0) + 1;
    counts.set(pool, n);
    return { name: `${pool}-${n}`, node };
  });
}
