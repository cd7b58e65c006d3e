// Times of one process, and a fixed piece of plain work beside them: when both grow, the machine was busy.
const RUNS = 5;
/** Until the engine has compiled what is hot; a call of a few milliseconds takes several. */
const WARM_UPS = 5;

export interface Timing {
  readonly wallMs: number;
  /** Of all threads of the process: what a busy machine cannot stretch. */
  readonly cpuMs: number;
}

/** Medians of five calls after five that warm up. */
export function medianOf(work: () => unknown): Timing {
  for (let call = 0; call < WARM_UPS; call++) work();
  const timings = Array.from({ length: RUNS }, () => timed(work));
  const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  return {
    wallMs: median(timings.map(({ wallMs }) => wallMs)),
    cpuMs: median(timings.map(({ cpuMs }) => cpuMs)),
  };
}

function timed(work: () => unknown): Timing {
  const startMs = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1_000 };
}

/** Sums and mixes 4,096 integers 20,000 times; its answer keeps the engine from leaving it out. */
export function plainWork(): number {
  const cells = new Uint32Array(4096);
  for (let round = 0; round < 20_000; round++) {
    for (let at = 0; at < cells.length; at++) cells[at] = Math.imul((cells[at] ?? 0) + round, 31) ^ at;
  }
  return cells.reduce((sum, cell) => (sum + cell) >>> 0, 0);
}
