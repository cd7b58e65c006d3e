import { frozenJson } from '../adapters/memory/frozen-json.ts';
import { stableJson, textHash } from '../model/stable-json.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Values longer than this stand in the trace as their hash: a snapshot in every line would make it unreadable. */
const MAX_VALUE_CHARACTERS = 400;

/**
 * Everything that happens, as JSON lines in the order it happens. Without a sink nothing is formatted, so that a run
 * without a trace pays nothing for it.
 */
export class Trace {
  readonly #time: VirtualTime;
  readonly #sink: ((line: string) => void) | undefined;

  constructor(time: VirtualTime, sink: ((line: string) => void) | undefined) {
    this.#time = time;
    this.#sink = sink;
  }

  get enabled(): boolean {
    return this.#sink !== undefined;
  }

  write(kind: 'call' | 'event' | 'fault' | 'world', record: Readonly<Record<string, unknown>>): void {
    if (this.#sink === undefined) return;
    const short = Object.fromEntries(Object.entries(record).map(([key, value]) => [key, shortened(value)]));
    this.#sink(stableJson({ atMs: this.#time.nowMs() - this.#time.startMs, kind, ...short }));
  }
}

function shortened(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  const text = frozenJson(value);
  return text.length <= MAX_VALUE_CHARACTERS ? value : `#${textHash(text)}`;
}
