import type { NodeClass } from '../model/node-class.ts';
import type { NodeClassResolution } from '../model/published-document.ts';

/** What the account and the region have. */
export interface Discovery {
  /**
   * What the NodeClass names in EC2 today. Throws `DovetailError`: retry `never` when a person has to change something,
   * such as a selector that matches nothing; `same-request` when EC2 did not answer.
   */
  resolve(nodeClass: NodeClass): Promise<NodeClassResolution>;
  /** Finds out what the region sells and stores it under the hash of its content. A second call stores it again. */
  storeCatalogue(): Promise<{ readonly id: string; readonly types: number }>;
}
