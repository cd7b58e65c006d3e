import type { NodeClass, ResolvedNodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';

/** The published, valid documents. A document that vanished is simply not there: launches stop, nodes stay. */
export interface Documents {
  nodePools(): Promise<readonly NodePool[]>;
  nodeClasses(): Promise<readonly NodeClass[]>;
  /** What EC2 says a NodeClass names today; undefined while it is not ready, with launches of its pools held back. */
  resolvedNodeClass(name: string): Promise<ResolvedNodeClass | undefined>;
}
