import type { NodeClass, ResolvedNodeClass } from '../../model/node-class.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { Documents } from '../../ports/documents.ts';
import { MemoryTable } from './table.ts';

export interface MemoryDocumentsOptions {
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly NodeClass[];
  readonly resolved: readonly ResolvedNodeClass[];
}

/** Published documents; `publish…` and `withdraw…` are the publisher's side. Lists are sorted by name. */
export class MemoryDocuments implements Documents {
  readonly #table = new MemoryTable();

  constructor(options: MemoryDocumentsOptions) {
    for (const pool of options.nodePools) this.publishNodePool(pool);
    for (const nodeClass of options.nodeClasses) this.publishNodeClass(nodeClass);
    for (const resolved of options.resolved) this.publishResolved(resolved);
  }

  async nodePools(): Promise<readonly NodePool[]> {
    return this.#table.query('pool#') as readonly NodePool[];
  }

  async nodeClasses(): Promise<readonly NodeClass[]> {
    return this.#table.query('class#') as readonly NodeClass[];
  }

  async resolvedNodeClass(name: string): Promise<ResolvedNodeClass | undefined> {
    return this.#table.get(`resolved#${name}`) as ResolvedNodeClass | undefined;
  }

  publishNodePool(pool: NodePool): void {
    this.#table.put(`pool#${pool.name}`, pool);
  }

  withdrawNodePool(name: string): void {
    this.#table.delete(`pool#${name}`);
  }

  publishNodeClass(nodeClass: NodeClass): void {
    this.#table.put(`class#${nodeClass.name}`, nodeClass);
  }

  publishResolved(resolved: ResolvedNodeClass): void {
    this.#table.put(`resolved#${resolved.name}`, resolved);
  }

  /** The class is no longer ready: what it selects is not there. */
  withdrawResolved(name: string): void {
    this.#table.delete(`resolved#${name}`);
  }
}
