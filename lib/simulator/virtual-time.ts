/**
 * Virtual time: a queue of events keyed (time, sequence), so that two events of the same millisecond run in the order
 * in which they were asked for. Nothing here reads a real clock.
 *
 * Control code is asynchronous. After each event it must have run as far as it can before the next event is taken, or
 * the order of its port calls would depend on how promises happen to interleave. Each event therefore has a callback of
 * `setImmediate` of its own: those fire only when the microtask queue is empty, also between two of one turn of the event
 * loop, and all of this code's promises are resolved by events of this queue. It is the only use of a real timer in the
 * simulator, and it measures nothing.
 */
import { setImmediate } from 'node:timers';
import type { Clock } from '../ports/clock.ts';
import { EventHeap } from './event-heap.ts';

/** A turn of the real event loop takes longer than most events do. */
const EVENTS_PER_TURN = 16;

export class VirtualTime implements Clock {
  readonly startMs: number;
  readonly #heap = new EventHeap();
  #nowMs: number;
  #events = 0;

  constructor(startMs: number) {
    this.startMs = startMs;
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Events run so far. */
  get events(): number {
    return this.#events;
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.after(durationMs, resolve));
  }

  /** Runs `action` after `durationMs`; a negative duration counts as zero. */
  after(durationMs: number, action: () => void): void {
    this.#heap.push({ timeMs: this.#nowMs + Math.max(0, Math.ceil(durationMs)), action });
  }

  /** Runs `action` at `timeMs`, or as the next event if that is past. */
  at(timeMs: number, action: () => void): void {
    this.after(timeMs - this.#nowMs, action);
  }

  /** Runs events up to and including `untilMs`, or until `isDone` says so; the clock stands there afterwards. */
  run(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false;
      const step = (): void => {
        if (over) return;
        try {
          over = isDone() || !this.#runNext(untilMs);
        } catch (error) {
          over = true;
          reject(error);
        }
        if (over) resolve();
      };
      const turn = (): void => {
        if (over) return;
        for (let count = 0; count < EVENTS_PER_TURN; count++) setImmediate(step);
        setImmediate(turn);
      };
      turn();
    });
  }

  /** False when no event is left until then. */
  #runNext(untilMs: number): boolean {
    const next = this.#heap.peek();
    if (next === undefined || next.timeMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#heap.pop();
    this.#nowMs = next.timeMs;
    this.#events += 1;
    next.action();
    return true;
  }
}
