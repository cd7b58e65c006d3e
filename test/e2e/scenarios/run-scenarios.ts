import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dovetail } from '../aws/dovetail.ts';
import { CLUSTER, type World } from '../world/world.ts';
import { boutique } from './boutique.ts';
import { churn } from './churn.ts';
import { endsAtZero, removeWorkloads } from './cluster.ts';
import { latency } from './latency.ts';
import { antiAffinity, gpus, volumeInZone, zoneSpread } from './placement.ts';
import { type Finding, finding, type Scenario } from './scenario.ts';
import { badEdit, duplicates, killed, shortage } from './trouble.ts';
import { NAMESPACE } from './workloads.ts';
import { workshop } from './workshop.ts';

const SCENARIOS: readonly Scenario[] = [
  ...[workshop, boutique, zoneSpread, antiAffinity, volumeInZone, gpus],
  ...[shortage, duplicates, killed, badEdit, churn, latency],
];

/** Runs them in their order on one deployed stack. Gives whether everything held. */
export async function runScenarios(world: World, only?: readonly string[]): Promise<boolean> {
  await prepare(world);
  const chosen = SCENARIOS.filter(({ name }) => only?.some((part) => name.includes(part)) ?? true);
  let all = true;
  for (const scenario of chosen) {
    const startedMs = performance.now();
    const findings = await outcome(world, scenario);
    await removeWorkloads(world);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    all = tell(world, `${scenario.name} (${seconds} s)`, findings) && all;
  }
  const ends = [await endsAtZero(world), ...(await nothingLost(world))];
  return tell(world, 'in the end', ends) && all;
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
