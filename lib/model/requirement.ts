/** Operators of node selector requirements; `Gte` and `Lte` are Karpenter's additions for NodePools. */
export const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Gte', 'Lte'] as const;
export type Operator = (typeof OPERATORS)[number];

/** One node selector requirement as written in a document. `minValues` (1–50) is Karpenter's, on NodePools only. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
  readonly minValues?: number;
}
