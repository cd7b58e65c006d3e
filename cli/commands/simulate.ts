// `dovetail simulate SCENARIO`: runs a scenario in virtual time and tells what happens. A thin shell over lib/simulator.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  EMBEDDED_REGIONS,
  EmbeddedCatalog,
  isEmbeddedRegion,
} from '../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import type { SourceFile } from '../../lib/config/source.ts';
import { clockTime, isGood, summaryLines } from '../../lib/report/simulation-summary.ts';
import { type LoadedScenario, loadScenario } from '../../lib/simulator/load-scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';

export interface SimulateArgs {
  readonly scenario: string;
  readonly seed?: number;
  /** File for the trace, as JSON lines. */
  readonly trace?: string;
  /** The summary as JSON instead of the story. */
  readonly json?: boolean;
}

const GOOD = 0;
const CHECK_FAILED = 1;
const BAD_INPUT = 2;

/** Lines of the trace that are written at once. */
const TRACE_CHUNK_LINES = 1_000;

/** 0 when every check holds and every pod has a place, 1 when not, 2 for bad input. */
export async function simulateCommand(args: SimulateArgs): Promise<number> {
  const loaded = readScenario(args.scenario);
  if (loaded === undefined) return BAD_INPUT;
  const trace = openTrace(args.trace);
  if (trace === 'failed') return BAD_INPUT;
  const screen = new Screen(loaded.scenario.endMs);
  const summary = await simulate({
    ...loaded,
    seed: args.seed ?? loaded.scenario.seed,
    ...(args.json === true ? {} : { print: (line) => screen.print(line) }),
    ...(trace === undefined ? {} : { trace: (line) => trace.write(line) }),
    onProgress: (elapsedMs) => screen.progress(elapsedMs),
  });
  trace?.close();
  screen.clear();
  if (args.json === true) process.stdout.write(`${JSON.stringify(summary, undefined, 2)}\n`);
  else process.stdout.write(`\n${summaryLines(summary).join('\n')}\n`);
  return isGood(summary) ? GOOD : CHECK_FAILED;
}

function readScenario(path: string): LoadedScenario | undefined {
  const file = readSource(path, path);
  if (file === undefined) {
    process.stderr.write(`${path}: cannot be read: want a scenario file\n`);
    return undefined;
  }
  const read = loadScenario(file, {
    readRelative: (relative) => readSource(join(dirname(path), relative), join(dirname(path), relative)),
    catalogOf: (region) => (isEmbeddedRegion(region) ? new EmbeddedCatalog(region) : undefined),
    regions: EMBEDDED_REGIONS,
  });
  for (const finding of read.findings) process.stderr.write(`${formatFinding(finding)}\n`);
  return read.ok ? read.loaded : undefined;
}

function readSource(path: string, name: string): SourceFile | undefined {
  try {
    return { name, bytes: readFileSync(path) };
  } catch {
    return undefined;
  }
}

/** A trace can have a million lines, so it goes to the file as it comes. */
function openTrace(path: string | undefined) {
  if (path === undefined) return undefined;
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch {
    process.stderr.write(`${path}: cannot be written: choose another file for the trace\n`);
    return 'failed';
  }
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  };
  return {
    write(line: string): void {
      if (lines.push(line) >= TRACE_CHUNK_LINES) flush();
    },
    close(): void {
      flush();
      closeSync(file);
    },
  };
}

/** The story on stdout; on a terminal, the virtual time on a line of its own below it. */
class Screen {
  readonly #endMs: number;
  #shown = false;

  constructor(endMs: number) {
    this.#endMs = endMs;
  }

  print(line: string): void {
    this.clear();
    process.stdout.write(`${line}\n`);
  }

  progress(elapsedMs: number): void {
    if (!process.stderr.isTTY) return;
    this.clear();
    process.stderr.write(`simulated ${clockTime(elapsedMs)} of at most ${clockTime(this.#endMs)}`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
    this.#shown = false;
  }
}
