/** What a check finds, line by line, said as it is found. */
import type { Say } from '../build.ts';

export class Findings {
  readonly #name: string;
  readonly #say: Say;
  #held = 0;
  #wrong = 0;

  constructor(name: string, say: Say) {
    this.#name = name;
    this.#say = say;
  }

  /** True where there were findings and all of them held. */
  get passed(): boolean {
    return this.#held > 0 && this.#wrong === 0;
  }

  /** A sentence that holds, or does not; then with what was seen. */
  holds(sentence: string, passed: boolean, seen?: unknown): void {
    if (passed) this.#held += 1;
    else this.#wrong += 1;
    const told = passed || seen === undefined ? '' : ` (seen: ${shown(seen)})`;
    this.#say(`${passed ? 'holds' : 'WRONG'}  ${this.#name}: ${sentence}${told}`);
  }

  /** Compares as JSON. */
  equals(sentence: string, seen: unknown, wanted: unknown): void {
    this.holds(sentence, JSON.stringify(seen) === JSON.stringify(wanted), { seen, wanted });
  }

  /** What was measured or passed on the way. */
  note(sentence: string): void {
    this.holds(sentence, true);
  }

  /** Runs a check, whose failure half-way is one more thing that does not hold. */
  async during(check: (findings: Findings) => Promise<void>): Promise<void> {
    await check(this).catch((error: unknown) => this.holds('the check comes to its end', false, error));
  }
}

const shown = (seen: unknown): string =>
  (seen instanceof Error ? seen.message : (JSON.stringify(seen) ?? 'nothing')).slice(0, 400);
