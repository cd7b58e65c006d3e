// `dovetail simulate SCENARIO`: runs a scenario in virtual time and tells what happens. A thin shell over lib/simulator.
import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  EMBEDDED_REGIONS,
  EmbeddedCatalog,
  isEmbeddedRegion,
} from '../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import { isGood, summaryLines } from '../../lib/report/simulation-summary.ts';
import { type LoadedScenario, loadScenario } from '../../lib/simulator/load-scenario.ts';
import type { ReadRelative } from '../../lib/simulator/read-beside.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { EXIT } from '../exit-code.ts';
import { readInputs } from '../input-files.ts';
import { writeErrLines, writeOut } from '../output.ts';
import { Screen } from '../screen.ts';
import { UserError } from '../user-error.ts';

export interface SimulateArgs {
  readonly scenario: string;
  readonly seed?: number;
  /** File for the trace, as JSON lines. */
  readonly trace?: string;
  /** The summary as JSON instead of the story. */
  readonly json?: boolean;
}

/** Lines of the trace that are written at once. */
const TRACE_CHUNK_LINES = 1_000;

/** `EXIT.unmet` when a check failed or a pod has no place. Throws a `UserError` with every problem of the input. */
export async function simulateCommand(args: SimulateArgs): Promise<number> {
  const { scenario, catalog } = await readScenario(args.scenario);
  const trace = openTrace(args.trace);
  const screen = new Screen({
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    nowMs: () => performance.now(),
    endMs: scenario.endMs,
  });
  const summary = await simulate({
    scenario,
    catalog,
    seed: args.seed ?? scenario.seed,
    ...(args.json === true ? {} : { print: (line) => screen.print(line) }),
    ...(trace === undefined ? {} : { trace: (line) => trace.write(line) }),
    onProgress: (elapsedMs) => screen.progress(elapsedMs),
  });
  trace?.close();
  screen.clear();
  await writeOut(
    args.json === true
      ? `${JSON.stringify(summary, undefined, 2)}\n`
      : `\n${summaryLines(summary).join('\n')}\n`,
  );
  return isGood(summary) ? EXIT.good : EXIT.unmet;
}

async function readScenario(path: string): Promise<LoadedScenario> {
  const { files, problems } = readInputs([path]);
  const [file, second] = files;
  if (problems.length > 0) throw new UserError(problems);
  if (file === undefined || second !== undefined) {
    throw new UserError([`${path}: is a directory: want one scenario file`]);
  }
  const read = loadScenario(file, {
    readRelative: (relative) => readOne(join(dirname(path), relative)),
    catalogOf: (region) => (isEmbeddedRegion(region) ? new EmbeddedCatalog(region) : undefined),
    regions: EMBEDDED_REGIONS,
  });
  const lines = read.findings.map(formatFinding);
  if (!read.ok) throw new UserError(lines);
  await writeErrLines(lines);
  return read.loaded;
}

function readOne(path: string): ReturnType<ReadRelative> {
  const { files, problems } = readInputs([path]);
  const [file] = files;
  const [problem] = problems;
  if (problem !== undefined) return { problem };
  return file?.name === path ? file : { problem: `${path}: is a directory` };
}

/** A trace can have a million lines, so it goes to the file as it comes. */
function openTrace(path: string | undefined) {
  if (path === undefined) return undefined;
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch {
    throw new UserError([`${path}: cannot be written: choose another file for the trace`]);
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
