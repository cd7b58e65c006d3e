/** Host ports and volumes: what excludes pods from sharing a host. */
import { createMask, setBit } from './mask.ts';
import type { Item, Mask, Problem } from './problem.ts';

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

/** Volume handles attached to one host while solving, each counted once for its driver. */
export class Attachments {
  private readonly handles = new Set<string>();
  /** Per driver, how many. */
  readonly counts = new Map<number, number>();

  constructor(volumes: Item['volumes']) {
    this.attach(volumes);
  }

  /** Per driver of these volumes, how many handles there would be with them. */
  countsWith(volumes: Item['volumes']): Map<number, number> {
    const counts = new Map<number, number>();
    const added = new Set<string>();
    for (const volume of volumes) {
      const before = counts.get(volume.driver) ?? this.counts.get(volume.driver) ?? 0;
      const isNew = !this.handles.has(handleKey(volume)) && !added.has(handleKey(volume));
      counts.set(volume.driver, before + (isNew ? 1 : 0));
      added.add(handleKey(volume));
    }
    return counts;
  }

  attach(volumes: Item['volumes']): void {
    for (const [driver, count] of this.countsWith(volumes)) this.counts.set(driver, count);
    for (const volume of volumes) this.handles.add(handleKey(volume));
  }
}

function handleKey({ driver, handle }: Item['volumes'][number]): string {
  return `${driver}/${handle}`;
}
