import type { Mask, Problem } from './problem.ts';

/**
 * What the checks look up for each pod, in flat arrays by item: items are many small objects, and a plan names them in an
 * order in which they are not in the processor's cache.
 */
export class ItemTable {
  /** Items × R. */
  readonly requests: Float64Array;
  readonly levelCount: Int32Array;
  /** 1 where the pods have ports or volumes. */
  readonly isSharing: Uint8Array;
  /** The offerings of an item that has one level with one alternative. */
  readonly soleOfferings: readonly (Mask | undefined)[];

  constructor({ items, resources }: Problem) {
    this.requests = new Float64Array(items.length * resources);
    this.levelCount = new Int32Array(items.length);
    this.isSharing = new Uint8Array(items.length);
    const sole: (Mask | undefined)[] = [];
    for (const [index, { requests, levels, ports, volumes }] of items.entries()) {
      this.requests.set(requests, index * resources);
      this.levelCount[index] = levels.length;
      this.isSharing[index] = ports.length + volumes.length > 0 ? 1 : 0;
      const isSole = levels.length === 1 && levels[0]!.alternatives.length === 1;
      sole.push(isSole ? levels[0]!.alternatives[0]!.offerings : undefined);
    }
    this.soleOfferings = sole;
  }

  hasLevel(item: number, level: number): boolean {
    return Number.isInteger(level) && level >= 0 && level < (this.levelCount[item] ?? 0);
  }
}
