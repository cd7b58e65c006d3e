/** Host ports and volumes: what excludes pods from sharing a host. */
import { createMask, setBit } from './mask.ts';
import type { Bin, Item, Mask, Problem } from './problem.ts';

/** Size of a port set: one more than the largest port integer used. */
export function portCountOf(problem: Problem): number {
  let count = 0;
  for (const { ports } of [...problem.items, ...problem.overheadGroups, ...problem.bins]) {
    for (const port of ports) count = Math.max(count, port + 1);
  }
  return count;
}

export function portSet(portCount: number, ports: readonly number[]): Mask {
  const set = createMask(portCount);
  for (const port of ports) setBit(set, port);
  return set;
}

/** Volume handles attached to one bin while solving, counted once each against the driver's limit. */
export class VolumeSlots {
  private readonly attached: Set<string>;
  private readonly left: Map<number, number>;

  constructor(bin: Bin) {
    this.attached = new Set(bin.volumes.map(handleKey));
    this.left = new Map(bin.volumeLimits);
  }

  admits(item: Item): boolean {
    const needed = new Map<number, number>();
    for (const { driver } of this.missing(item)) needed.set(driver, (needed.get(driver) ?? 0) + 1);
    for (const [driver, count] of needed) {
      if (count > (this.left.get(driver) ?? Number.POSITIVE_INFINITY)) return false;
    }
    return true;
  }

  attach(item: Item): void {
    for (const volume of this.missing(item)) {
      this.attached.add(handleKey(volume));
      const left = this.left.get(volume.driver);
      if (left !== undefined) this.left.set(volume.driver, left - 1);
    }
  }

  private missing(item: Item): Item['volumes'] {
    const seen = new Set(this.attached);
    return item.volumes.filter((volume) => {
      const key = handleKey(volume);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }
}

function handleKey({ driver, handle }: { driver: number; handle: number }): string {
  return `${driver}/${handle}`;
}
