/** A binary min-heap of events by (time, order of pushing). Ties are stable, which `VirtualTime` relies on. */
export interface TimedEvent {
  readonly timeMs: number;
  readonly action: () => void;
}

interface Entry extends TimedEvent {
  readonly sequence: number;
}

export class EventHeap {
  readonly #entries: Entry[] = [];
  #sequence = 0;

  get size(): number {
    return this.#entries.length;
  }

  push(event: TimedEvent): void {
    const entries = this.#entries;
    const entry = { ...event, sequence: this.#sequence++ };
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = entries[parent] as Entry;
      if (!isBefore(entry, above)) break;
      entries[index] = above;
      index = parent;
    }
    entries[index] = entry;
  }

  peek(): TimedEvent | undefined {
    return this.#entries[0];
  }

  pop(): TimedEvent | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    let index = 0;
    for (;;) {
      const child = smallerChild(entries, index);
      if (child === undefined || !isBefore(entries[child] as Entry, last)) break;
      entries[index] = entries[child] as Entry;
      index = child;
    }
    entries[index] = last;
    return first;
  }
}

function smallerChild(entries: readonly Entry[], index: number): number | undefined {
  const left = 2 * index + 1;
  if (left >= entries.length) return undefined;
  const right = left + 1;
  if (right >= entries.length) return left;
  return isBefore(entries[right] as Entry, entries[left] as Entry) ? right : left;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence);
}
