/**
 * The end-to-end lane: builds and starts the real components, deploys the real stack, runs what users run, and says what it
 * saw. `npm run e2e` runs all of it; `npm run e2e -- --only differential` a part of it, `--only scenarios --scenario GPU` less.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { installMiniStack } from './aws/ministack.ts';
import { startDifferentialPlane } from './differential/control-plane.ts';
import { runDifferential } from './differential/run.ts';
import { buildControlPlane } from './lane/build.ts';
import { cacheFolder } from './lane/cache.ts';
import { CHECKS, runChecks } from './lane/checks/run.ts';
import { missingTools } from './lane/tools.ts';
import { runDeployed } from './scenarios/run-deployed.ts';

const PARTS = ['checks', 'differential', 'scenarios'] as const;
/** Seeds that were tried give every refusal there is. */
const DIFFERENTIAL = { seed: 1, pods: 1_000 };

const startedMs = Date.now();

function say(line: string): void {
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  stdout.write(`[${clock.padStart(6)}] ${line}\n`);
}

async function main(): Promise<number> {
  const text = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({ args: argv.slice(2), options: { only: text, scenario: text } });
  const missing = await missingTools();
  if (missing.length > 0) {
    say(['the end-to-end lane is skipped, because something is missing:', ...missing].join('\n  '));
    return 0;
  }
  const binaries = await buildControlPlane(say);
  const failed: string[] = [];
  for (const part of PARTS) {
    if (values.only !== undefined && !values.only.includes(part)) continue;
    say(`== ${part}`);
    if (!(await passes(part, binaries, values.scenario))) failed.push(part);
  }
  say(failed.length === 0 ? 'everything holds' : `not everything holds in ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

function passes(
  part: (typeof PARTS)[number],
  binaries: string,
  scenarios: readonly string[] | undefined,
): Promise<boolean> {
  switch (part) {
    case 'checks':
      return runChecks(CHECKS, binaries, say);
    case 'differential':
      return differential(binaries);
    case 'scenarios':
      return deployed(binaries, scenarios);
  }
}

async function differential(binaries: string): Promise<boolean> {
  const plane = await startDifferentialPlane(binaries);
  try {
    const tally = await runDifferential({ ...plane, ...DIFFERENTIAL, say });
    for (const line of tally.lines()) say(line);
    return tally.agrees;
  } finally {
    await plane.stop();
  }
}

/** Logs and state are kept where something did not hold. */
async function deployed(binaries: string, scenarios: readonly string[] | undefined): Promise<boolean> {
  const tools = await installMiniStack(cacheFolder());
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-e2e-'));
  const holds = await runDeployed({ folder, binaries, tools, say }, scenarios);
  if (holds) await rm(folder, { recursive: true });
  else say(`logs are in ${folder}`);
  return holds;
}

exit(await main());
