import type { LabelSelector } from './selector.ts';

/**
 * Which pods we buy nodes for, beside another autoscaler; absent parts leave nothing out. A namespace is one of ours when
 * it is named or its labels match, as in `namespaces` and `namespaceSelector` of a pod affinity term.
 */
export interface ServedPods {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}
