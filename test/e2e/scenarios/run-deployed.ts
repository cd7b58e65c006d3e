import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dovetail } from '../aws/dovetail.ts';
import { CLUSTER, startWorld, type World, type WorldOptions } from '../world/world.ts';
import { boutique } from './boutique.ts';
import { churn } from './churn.ts';
import { endsAtZero, removeWorkloads } from './cluster.ts';
import { teardown, underIam } from './enforced.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { antiAffinity, gpus, volumeInZone, zoneSpread } from './placement.ts';
import { type Finding, finding, type Scenario } from './scenario.ts';
import { badEdit, duplicates, killed, shortage } from './trouble.ts';
import { NAMESPACE } from './workloads.ts';
import { workshop } from './workshop.ts';

const SCENARIOS: readonly Scenario[] = [
  ...[workshop, idle, boutique, zoneSpread, antiAffinity, volumeInZone, gpus],
  ...[shortage, duplicates, killed, badEdit, churn, latency],
];

/**
 * Deploys the stack, runs the scenarios on it, then goes on with the roles' policies enforced, and deletes the stack with
 * nodes in it. Gives whether everything held.
 */
export async function runDeployed(options: WorldOptions, only?: readonly string[]): Promise<boolean> {
  let world = await startWorld(options);
  try {
    await prepare(world);
    const chosen = SCENARIOS.filter(({ name }) => only?.some((part) => name.includes(part)) ?? true);
    let holds = true;
    for (const scenario of chosen) holds = (await runOne(world, scenario)) && holds;
    const ends = [await endsAtZero(world), ...(await nothingLost(world)), await doctorIsContent(world)];
    holds = tell(world, 'in the end', ends) && holds;
    if (only !== undefined) return holds;
    world = await world.enforceIam();
    for (const scenario of [underIam, teardown]) holds = (await runOne(world, scenario)) && holds;
    return holds;
  } finally {
    await world.stop();
  }
}

async function runOne(world: World, scenario: Scenario): Promise<boolean> {
  const startedMs = performance.now();
  const findings = await outcome(world, scenario);
  await removeWorkloads(world);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  return tell(world, `${scenario.name} (${seconds} s)`, findings);
}

async function outcome(world: World, scenario: Scenario): Promise<readonly Finding[]> {
  world.say(`${scenario.name} …`);
  try {
    return await scenario.run(world);
  } catch (error) {
    return [finding('it runs to its end', false, error instanceof Error ? error.message : String(error))];
  }
}

function tell({ say }: World, name: string, findings: readonly Finding[]): boolean {
  say(name);
  for (const { what, holds, seen } of findings) {
    say(`  ${holds ? 'holds' : 'FAILS'}  ${what}${seen === '' ? '' : `: ${seen}`}`);
  }
  return findings.every(({ holds }) => holds);
}

async function prepare({ plane, stack, ministack, folder, say }: World): Promise<void> {
  await plane.admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const account = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`;
  await plane.admin.until('the namespace', async () => plane.admin.get(account));
  const text = await readFile(new URL('documents.yaml', import.meta.url), 'utf8');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'documents.yaml');
  await writeFile(file, text.replaceAll('ROLE', stack.output('NodeRoles')));
  // The account is new; what else doctor has to say stands at the end.
  await dovetail(ministack, 'doctor', '--cluster', CLUSTER, '--create-service-linked-roles').catch(() => '');
  say((await dovetail(ministack, 'apply', '--cluster', CLUSTER, '-f', file, '--wait')).trim());
}

/** Dead letters are messages that nobody could handle. */
async function nothingLost({ stack, kubelets }: World): Promise<Finding[]> {
  const depths = Object.entries(await stack.queueDepths());
  const dead = depths.filter(([name, depth]) => depth > 0 && /dead|dlq/i.test(name));
  return [
    finding(
      'no message is in a dead-letter queue',
      dead.length === 0,
      dead.map((each) => each.join(' ')).join(', '),
    ),
    finding('every instance joined', kubelets.refused.length === 0, kubelets.refused.join('; ')),
  ];
}

/** Nothing that it checks has failed; what it warns of is told. */
async function doctorIsContent({ ministack, plane }: World): Promise<Finding> {
  const args = ['doctor', '--cluster', CLUSTER, '--kubeconfig', plane.kubeconfigPath];
  const said = await dovetail(ministack, ...args).catch((error: unknown) => String(error));
  const lines = said.split('\n').filter((line) => /^(failed|warning)/i.test(line.trim()));
  return finding(
    'doctor finds nothing that failed',
    !lines.some((line) => /^failed/i.test(line.trim())),
    lines.join(' | '),
  );
}
