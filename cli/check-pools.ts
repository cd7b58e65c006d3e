// Finds NodePools whose own requirements no instance type meets, and says which requirement is to blame.
import {
  EMBEDDED_REGIONS,
  type EmbeddedCatalog,
  offlineNodeClass,
} from '../lib/adapters/memory/embedded-catalog.ts';
import { DEFAULT_NODE_CLASS } from '../lib/config/defaults.ts';
import type { Finding } from '../lib/config/finding.ts';
import type { LoadedDocuments } from '../lib/config/load.ts';
import { type LocatedObject, parseSource } from '../lib/config/located.ts';
import type { SourceFile } from '../lib/config/source.ts';
import { requirementText } from '../lib/constraints/requirements.ts';
import type { NodePool } from '../lib/model/node-pool.ts';
import type { InstanceType } from '../lib/model/offering.ts';
import type { Requirement } from '../lib/model/requirement.ts';
import { offeringTable } from '../lib/planning/compile/offerings.ts';

/**
 * An error per NodePool that could not buy one node in any of the catalogues' regions. Static pools are not asked. The
 * files are read a second time, only when something is wrong, to say where.
 */
export async function poolsWithoutTypes(
  documents: LoadedDocuments,
  files: readonly SourceFile[],
  catalogs: readonly EmbeddedCatalog[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const pool of documents.nodePools.filter(({ replicas }) => replicas === undefined)) {
    const types: (readonly InstanceType[])[] = [];
    for (const catalog of catalogs) {
      const { nodeClass: wanted } = pool.template;
      const nodeClass = documents.nodeClasses.find(({ name }) => name === wanted) ?? DEFAULT_NODE_CLASS;
      types.push(await catalog.instanceTypes(nodeClass, offlineNodeClass(nodeClass, catalog.market)));
    }
    if (!types.some((list) => buys(pool, list))) {
      findings.push(explain(pool, types, files, catalogs));
    }
  }
  return findings;
}

const buys = (pool: NodePool, types: readonly InstanceType[]): boolean =>
  offeringTable({ nodePools: [pool], instanceTypes: { [pool.name]: types }, unavailable: {} }, new Map()).rows
    .length > 0;

function explain(
  pool: NodePool,
  types: readonly (readonly InstanceType[])[],
  files: readonly SourceFile[],
  catalogs: readonly EmbeddedCatalog[],
): Finding {
  const { requirements } = pool.template;
  const at = requirements.findIndex((_, index) => types.some((list) => buys(without(pool, index), list)));
  const guilty = requirements[at];
  const regions = catalogs.map(({ market }) => market.region).join(', ');
  const message =
    guilty === undefined
      ? `NodePool "${pool.name}" selects no instance type in ${regions}: its requirements exclude each other; loosen more than one`
      : `NodePool "${pool.name}" selects no instance type in ${regions}: no type meets ${requirementText(guilty)} beside the others${advice(guilty, catalogs)}`;
  const path = ['spec', 'template', 'spec', 'requirements', ...(guilty === undefined ? [] : [at])];
  const object = objectOf(pool, files);
  if (object !== undefined) return object.finding(path, message);
  return { file: files[0]?.name ?? '', line: 1, column: 1, path: '', message, severity: 'error' };
}

function without(pool: NodePool, index: number): NodePool {
  const requirements = pool.template.requirements.filter((_, other) => other !== index);
  return { ...pool, template: { ...pool.template, requirements } };
}

/** A zone of another region is the likeliest reason. */
function advice({ key }: Requirement, catalogs: readonly EmbeddedCatalog[]): string {
  if (!key.endsWith('/zone') && !key.endsWith('/zone-id') && !key.endsWith('/region')) return '';
  const asked = catalogs.length === 1 ? 'use --region' : 'there are prices for these regions only';
  return `; ${asked} (${EMBEDDED_REGIONS.join(', ')})`;
}

function objectOf(pool: NodePool, files: readonly SourceFile[]): LocatedObject | undefined {
  return files
    .flatMap((file) => parseSource(file).objects)
    .find(({ kind, value }) => kind === 'NodePool' && nameOf(value) === pool.name);
}

const nameOf = (value: unknown): unknown => (value as { metadata?: { name?: unknown } }).metadata?.name;
