// `dovetail validate -f …`: everything that is wrong with the documents, at once.
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import type { LoadedDocuments } from '../../lib/config/load.ts';
import { checkPools } from '../check-pools.ts';
import { EXIT } from '../exit-code.ts';
import { loadInput, noteLine, throwErrors } from '../load-input.ts';
import { writeErrLines, writeOut } from '../output.ts';

export interface ValidateArgs {
  readonly paths: readonly string[];
}

/** Throws a `UserError` with every problem found. */
export async function validateCommand({ paths }: ValidateArgs): Promise<number> {
  const { files, documents, notes } = loadInput(paths);
  const catalogs = EMBEDDED_REGIONS.map((region) => new EmbeddedCatalog(region));
  const findings = await checkPools(documents, files, catalogs);
  throwErrors(findings);
  await writeErrLines([...notes, ...findings.map(noteLine)]);
  await writeOut(`${counts(documents)}: valid\n`);
  return EXIT.good;
}

function counts({ nodePools, nodeClasses, workloads, pods, cluster }: LoadedDocuments): string {
  const parts = [
    [nodePools.length, 'NodePool'],
    [nodeClasses.length, 'EC2NodeClass'],
    [workloads.length, 'workload'],
    [cluster.daemonSets.length, 'DaemonSet'],
    [pods.length, 'Pod'],
    [cluster.nodes.length, 'Node'],
  ] as const;
  const named = parts
    .filter(([count]) => count > 0)
    .map(([count, noun]) => `${count} ${plural(noun, count)}`);
  return named.length === 0 ? 'nothing to plan with' : named.join(', ');
}

const plural = (noun: string, count: number): string =>
  count === 1 ? noun : `${noun}${noun.endsWith('s') ? 'es' : 's'}`;
