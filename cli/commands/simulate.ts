// `dovetail simulate SCENARIO`: runs a scenario in virtual time and tells what happens. A thin shell over lib/simulator.
import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  EMBEDDED_REGIONS,
  EmbeddedCatalog,
  isEmbeddedRegion,
} from '../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import type { SolverName } from '../../lib/model/solver-settings.ts';
import { comparisonLines, type Variant } from '../../lib/report/run-comparison.ts';
import { isGood, summaryLines } from '../../lib/report/simulation-summary.ts';
import { type LoadedScenario, loadScenario } from '../../lib/simulator/load-scenario.ts';
import type { ReadRelative } from '../../lib/simulator/read-beside.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { simulateVariants } from '../../lib/simulator/variants.ts';
import { EXIT } from '../exit-code.ts';
import { readInputs } from '../input-files.ts';
import { writeErrLines, writeOut } from '../output.ts';
import { Screen } from '../screen.ts';
import { UserError } from '../user-error.ts';

export interface SimulateArgs {
  readonly scenario: string;
  readonly seed?: number;
  /** The scenario's own when absent. */
  readonly solver?: SolverName;
  /** What else to run it with, for comparison; the scenario's own when absent, nothing when false. */
  readonly compare?: readonly Variant[] | false;
  /** File for the trace, as JSON lines. */
  readonly trace?: string;
  /** The summary as JSON instead of the story. */
  readonly json?: boolean;
}

/** Lines of the trace that are written at once. */
const TRACE_CHUNK_LINES = 1_000;

/** `EXIT.unmet` when a check failed or a pod has no place. Throws a `UserError` with every problem of the input. */
export async function simulateCommand(args: SimulateArgs): Promise<number> {
  const { scenario: read, catalog } = await readScenario(args.scenario);
  const scenario = withSolver(read, args.solver);
  const trace = openTrace(args.trace);
  const screen = new Screen({
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    nowMs: () => performance.now(),
    endMs: scenario.endMs,
  });
  const options = {
    scenario,
    catalog,
    seed: args.seed ?? scenario.seed,
    onProgress: (elapsedMs: number) => screen.progress(elapsedMs),
  };
  const summary = await simulate({
    ...options,
    ...(args.json === true ? {} : { print: (line) => screen.print(line) }),
    ...(trace === undefined ? {} : { trace: (line) => trace.write(line) }),
  });
  trace?.close();
  const others = await simulateVariants(
    options,
    args.compare === false ? [] : (args.compare ?? scenario.compare),
  );
  screen.clear();
  await writeOut(
    args.json === true
      ? `${JSON.stringify({ ...summary, others }, undefined, 2)}\n`
      : `\n${[...summaryLines(summary), ...comparisonLines(summary, others)].join('\n')}\n`,
  );
  return isGood(summary) ? EXIT.good : EXIT.unmet;
}

const withSolver = (scenario: Scenario, solver: SolverName | undefined): Scenario =>
  solver === undefined
    ? scenario
    : {
        ...scenario,
        policies: { ...scenario.policies, solver: { ...scenario.policies.solver, solver } },
      };

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
