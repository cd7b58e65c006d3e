// The story of a run on stdout, and how far it is on stderr: on a terminal in a line of its own that is drawn over, else
// as a plain line now and then, so that a long run does not look hung in a log.
import { clockTime } from '../lib/report/simulation-summary.ts';

/** Real time between two signs of progress. */
const PAUSE_MS = { terminal: 200, plain: 10_000 } as const;

export interface ScreenOptions {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether stderr is one. */
  readonly terminal: boolean;
  /** Real time, from any start. */
  readonly nowMs: () => number;
  /** Where the run ends at the latest, in virtual time. */
  readonly endMs: number;
}

export class Screen {
  readonly #options: ScreenOptions;
  #shownAtMs: number;
  #drawn = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#shownAtMs = options.nowMs();
  }

  print(line: string): void {
    this.clear();
    this.#options.out(`${line}\n`);
  }

  /** Called as often as one likes, with the virtual time. */
  progress(elapsedMs: number): void {
    const { terminal, err, nowMs, endMs } = this.#options;
    const atMs = nowMs();
    if (atMs - this.#shownAtMs < (terminal ? PAUSE_MS.terminal : PAUSE_MS.plain)) return;
    this.#shownAtMs = atMs;
    this.clear();
    const text = `simulated ${clockTime(elapsedMs)} of at most ${clockTime(endMs)}`;
    err(terminal ? text : `${text}\n`);
    this.#drawn = terminal;
  }

  /** Takes the drawn line away. */
  clear(): void {
    if (this.#drawn) this.#options.err('\r\u001b[K');
    this.#drawn = false;
  }
}
