/**
 * The end-to-end lane: builds and starts the real components, deploys the real stack, runs what users run, and says what it
 * saw. `npm run e2e` runs all of it; `npm run e2e -- --only workshop,gpu` some scenarios of it.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { installMiniStack } from './aws/ministack.ts';
import { buildControlPlane } from './lane/build.ts';
import { cacheFolder } from './lane/cache.ts';
import { missingTools } from './lane/tools.ts';
import { runScenarios } from './scenarios/run-scenarios.ts';
import { startWorld } from './world/world.ts';

const startedMs = Date.now();

function say(line: string): void {
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  stdout.write(`[${clock.padStart(6)}] ${line}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: { only: { type: 'string' }, keep: { type: 'boolean' } },
  });
  const missing = await missingTools();
  if (missing.length > 0) {
    for (const sentence of missing) say(sentence);
    say('the end-to-end lane is skipped');
    return 0;
  }
  const binaries = await buildControlPlane(say);
  const tools = await installMiniStack(cacheFolder());
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-e2e-'));
  say(`logs and state are in ${folder}`);
  const world = await startWorld({ folder, binaries, tools, say });
  try {
    return (await runScenarios(world, values.only?.split(','))) ? 0 : 1;
  } finally {
    await world.stop();
  }
}

exit(await main());
