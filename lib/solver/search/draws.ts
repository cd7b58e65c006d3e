/** Seeded draws that come out alike on every machine: xorshift over 32 bits. */
export class Draws {
  private state: number;

  constructor(seed: number) {
    const mixed = Math.imul((seed ^ (seed >>> 16)) + 0x7f4a7c15, 0x45d9f3b);
    // Zero is the one state that it could never leave.
    this.state = mixed ^ (mixed >>> 15) || 1;
  }

  /** At least 0 and below 1. */
  share(): number {
    let { state } = this;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return (state >>> 0) / 2 ** 32;
  }

  /** A whole number, at least 0 and below `end`. */
  below(end: number): number {
    return Math.floor(this.share() * end);
  }
}
