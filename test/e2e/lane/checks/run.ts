/**
 * Runs the checks of the control plane, all of them or those that are named:
 * `npx tsx test/e2e/lane/checks/run.ts [token] [rights] [wire] [plan] [contract]`. Exits with 1 when a line does not hold.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installAwsCli } from '../aws-cli.ts';
import { buildControlPlane, type Say } from '../build.ts';
import { missingTools } from '../tools.ts';
import { checkAwsCliToken } from './aws-cli-token.ts';
import { Findings } from './check.ts';
import { checkContract } from './contract.ts';
import { type CheckedLane, startCheckedLane } from './lane.ts';
import { checkLivePlan } from './live-plan.ts';
import { checkRights } from './rights.ts';
import { checkWire } from './wire.ts';

export const CHECKS = ['token', 'rights', 'wire', 'plan', 'contract'] as const;
export type CheckName = (typeof CHECKS)[number];

/** Says every finding of the named checks. True where all of them hold; where not, their logs are kept. */
export async function runChecks(names: readonly CheckName[], binaries: string, say: Say): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-checks-'));
  const all = names.map((name) => ({ name, findings: new Findings(name, say) }));
  const shared = all.filter(({ name }) => name !== 'contract');
  if (shared.length > 0) {
    const lane = await startCheckedLane(binaries, join(folder, 'lane'));
    say(`control plane up in ${Math.round(lane.plane.startedInMs)} ms`);
    for (const { name, findings } of shared) {
      await findings.during(() => checkOnLane(name, findings, lane, say));
    }
    const fromMs = performance.now();
    await lane.stop();
    say(`and down in ${Math.round(performance.now() - fromMs)} ms`);
  }
  for (const { findings } of all.filter(({ name }) => name === 'contract')) {
    await findings.during(() => checkContract(findings, binaries, join(folder, 'contract')));
  }
  const passed = all.every(({ findings }) => findings.passed);
  if (passed) await rm(folder, { recursive: true });
  else say(`logs are in ${folder}`);
  return passed;
}

async function checkOnLane(name: CheckName, findings: Findings, lane: CheckedLane, say: Say): Promise<void> {
  if (name === 'token') await checkAwsCliToken(findings, lane, await installAwsCli(say));
  else if (name === 'rights') await checkRights(findings, lane);
  else if (name === 'plan') await checkLivePlan(findings, lane);
  else await checkWire(findings, lane);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const say: Say = (line) => process.stdout.write(`${line}\n`);
  const missing = await missingTools();
  if (missing.length > 0) say(['skipped, because something is missing:', ...missing].join('\n  '));
  else {
    const asked = CHECKS.filter((name) => process.argv.includes(name));
    const names = asked.length > 0 ? asked : CHECKS;
    process.exitCode = (await runChecks(names, await buildControlPlane(say), say)) ? 0 : 1;
  }
}
