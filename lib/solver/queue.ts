import type { Problem } from './problem.ts';

/** Karpenter's queue: pods in order, the failed ones at the back, until a full cycle placed nobody. */
export class PodRing {
  /** Per pod: its item and its order key. */
  readonly item: Int32Array;
  readonly order: Int32Array;
  /** A ring: it never holds more than all pods. */
  private readonly ring: Int32Array;
  private head = 0;
  private length: number;
  /** Per pod: the queue's length when it was last put back, itself included; 0 before. */
  private readonly lengthWhenPutBack: Int32Array;

  constructor(item: Int32Array, order: Int32Array) {
    this.item = item;
    this.order = order;
    this.ring = Int32Array.from(item.keys());
    this.length = item.length;
    this.lengthWhenPutBack = new Int32Array(item.length);
  }

  /** The next pod, or undefined when none is left or everybody behind it failed since it did. */
  pop(): number | undefined {
    if (this.length === 0) return undefined;
    const pod = this.ring[this.head]!;
    if (this.lengthWhenPutBack[pod] === this.length) return undefined;
    this.head = (this.head + 1) % this.ring.length;
    this.length--;
    return pod;
  }

  putBack(pod: number): void {
    this.ring[(this.head + this.length) % this.ring.length] = pod;
    this.length++;
    this.lengthWhenPutBack[pod] = this.length;
  }

  /** Pods still waiting, front first. */
  waiting(): number[] {
    return Array.from({ length: this.length }, (_, at) => this.ring[(this.head + at) % this.ring.length]!);
  }
}

/** Pods by their order keys, then by item. */
export class PodQueue extends PodRing {
  /** `without` are order keys of pods to leave out. */
  constructor({ items }: Problem, without: { has(order: number): boolean } = new Set<number>()) {
    const count = items.reduce((sum, { order }) => sum + order.length, 0);
    // One number per pod sorts without a comparison function.
    const keys = new Float64Array(count);
    let next = 0;
    for (const [item, { order }] of items.entries()) {
      for (const key of order) if (!without.has(key)) keys[next++] = key * items.length + item;
    }
    const sorted = keys.subarray(0, next).sort();
    super(
      Int32Array.from(sorted, (key) => key % items.length),
      Int32Array.from(sorted, (key) => Math.floor(key / items.length)),
    );
  }
}
