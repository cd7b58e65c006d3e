// Finds NodePools whose own requirements no instance type meets, and says which requirement excludes the last one.
import {
  EMBEDDED_REGIONS,
  type EmbeddedCatalog,
  offlineNodeClass,
} from '../lib/adapters/memory/embedded-catalog.ts';
import { DEFAULT_NODE_CLASS } from '../lib/config/defaults.ts';
import type { Finding } from '../lib/config/finding.ts';
import type { LoadedDocuments } from '../lib/config/load.ts';
import { type LocatedObject, type Path, parseSource } from '../lib/config/located.ts';
import type { SourceFile } from '../lib/config/source.ts';
import { stableKey } from '../lib/constraints/label-keys.ts';
import { requirementText } from '../lib/constraints/requirements.ts';
import type { NodePool } from '../lib/model/node-pool.ts';
import type { InstanceType } from '../lib/model/offering.ts';
import { didYouMean } from '../lib/model/suggest.ts';
import { type OfferingRow, offeringTable, rowLabel } from '../lib/planning/compile/offerings.ts';
import { valueHint } from './value-hint.ts';

/** Requirements may list hundreds of types; the place in the file shows the rest. */
const MAX_STEP_CHARACTERS = 80;

/** The instance types of one region for one pool's class. */
type Types = readonly InstanceType[];

/**
 * An error per NodePool that could not buy one node in any of the catalogues' regions, and a note per NodePool that buys
 * none only because its `minValues` ask for more than there is: Karpenter's documentation has such a pool; and per limit
 * that never binds. Static pools are not asked. The files are read a second time, only when something is wrong, to say where.
 */
export async function checkPools(
  documents: LoadedDocuments,
  files: readonly SourceFile[],
  catalogs: readonly EmbeddedCatalog[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const pool of documents.nodePools.filter(({ replicas }) => replicas === undefined)) {
    const { nodeClass: wanted } = pool.template;
    const nodeClass = documents.nodeClasses.find(({ name }) => name === wanted) ?? DEFAULT_NODE_CLASS;
    const types: Types[] = [];
    for (const catalog of catalogs) {
      types.push(await catalog.instanceTypes(nodeClass, offlineNodeClass(nodeClass, catalog.market)));
    }
    const problem = problemOf(pool, types, catalogs);
    const problems = [...(problem === undefined ? [] : [problem]), ...idleLimits(pool, types)];
    findings.push(...problems.map((one) => located(one, pool, files)));
  }
  return findings;
}

interface PoolProblem {
  readonly path: Path;
  readonly message: string;
  readonly severity: Finding['severity'];
}

function problemOf(
  pool: NodePool,
  types: readonly Types[],
  catalogs: readonly EmbeddedCatalog[],
): PoolProblem | undefined {
  const regions = catalogs.map(({ market }) => market.region).join(', ');
  const rows = types.map((list) => rowsOf(pool, list));
  if (rows.every((list) => list.length === 0)) return excludingStep(pool, types, regions, catalogs);
  return tooFewValues(pool, rows, regions);
}

const rowsOf = (pool: NodePool, types: Types): readonly OfferingRow[] =>
  offeringTable({ nodePools: [pool], instanceTypes: { [pool.name]: types }, unavailable: {} }, new Map())
    .rows;

/** One requirement or template label, applied after those before it. */
interface Step {
  readonly path: Path;
  readonly text: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly pool: NodePool;
}

function stepsOf(pool: NodePool): Step[] {
  const { requirements, labels } = pool.template;
  const bare = { ...pool, template: { ...pool.template, labels: {} } };
  const entries = Object.entries(labels);
  return [
    ...requirements.map((requirement, index) => ({
      path: ['spec', 'template', 'spec', 'requirements', index],
      text: requirementText(requirement),
      key: requirement.key,
      values: requirement.values,
      pool: withRequirements(bare, requirements.slice(0, index + 1)),
    })),
    ...entries.map(([key, value], index) => ({
      path: ['spec', 'template', 'metadata', 'labels', key],
      text: `label ${key}: ${value}`,
      key,
      values: [value],
      pool: {
        ...pool,
        template: { ...pool.template, labels: Object.fromEntries(entries.slice(0, index + 1)) },
      },
    })),
  ];
}

const withRequirements = (pool: NodePool, requirements: NodePool['template']['requirements']): NodePool => ({
  ...pool,
  template: { ...pool.template, requirements },
});

/** The step after which no type is left, with how many each step before it left. */
function excludingStep(
  pool: NodePool,
  types: readonly Types[],
  regions: string,
  catalogs: readonly EmbeddedCatalog[],
): PoolProblem {
  const steps = stepsOf(pool);
  const bare = withRequirements({ ...pool, template: { ...pool.template, labels: {} } }, []);
  const counts = steps.map((step) => typeCount(step.pool, types));
  const first = typeCount(bare, types);
  // Burstable types join when a requirement names them, so a count can rise again; what follows the last count does not.
  const at = counts.findLastIndex((count) => count > 0) + 1;
  const guilty = steps[at];
  const selects = `NodePool "${pool.name}" selects no instance type in ${regions}`;
  if (guilty === undefined) {
    return {
      path: ['spec', 'template', 'spec', 'nodeClassRef', 'name'],
      message: `${selects}: EC2NodeClass "${pool.template.nodeClass}" leaves none that can run a pod`,
      severity: 'error',
    };
  }
  const ladder = steps
    .slice(0, at)
    .map(({ text }, index) => ({ text, count: counts[index] ?? 0, before: counts[index - 1] ?? first }))
    .filter(({ count, before }) => count !== before)
    .map(({ text, count }) => `${cut(text)} leaves ${count}, `)
    .join('');
  const message = `${selects}: of ${first} types, ${ladder}${cut(guilty.text)} leaves none${hintOf(guilty, steps[at - 1]?.pool ?? bare, types) || regionsHint(guilty.key, catalogs)}`;
  return { path: guilty.path, message, severity: 'error' };
}

const typeCount = (pool: NodePool, types: readonly Types[]): number =>
  new Set(types.flatMap((list) => rowsOf(pool, list).map(({ type }) => type.name))).size;

const cut = (text: string): string =>
  text.length > MAX_STEP_CHARACTERS ? `${text.slice(0, MAX_STEP_CHARACTERS)}…` : text;

/** `minValues` that no region's types reach: every launch would be refused. */
function tooFewValues(
  pool: NodePool,
  rows: readonly (readonly OfferingRow[])[],
  regions: string,
): PoolProblem | undefined {
  for (const [index, { key, minValues }] of pool.template.requirements.entries()) {
    if (minValues === undefined) continue;
    const most = Math.max(...rows.map((list) => distinctValues(list, stableKey(key))));
    if (most >= minValues) continue;
    const message = `NodePool "${pool.name}" can launch nothing in ${regions}: its types have ${most} values of ${key}, its minValues asks for ${minValues}; lower it or loosen the requirements`;
    const path = ['spec', 'template', 'spec', 'requirements', index, 'minValues'];
    return { path, message, severity: 'note' };
  }
  return undefined;
}

/** Limits of resources that no type has never bind; most are misspelt. */
function idleLimits(pool: NodePool, types: readonly Types[]): PoolProblem[] {
  const names = new Set(types.flatMap((list) => list.flatMap(({ capacity }) => Object.keys(capacity))));
  const known = ['nodes', ...names];
  return Object.keys(pool.limits)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ['spec', 'limits', name],
      message: `the limit of ${JSON.stringify(name)} never binds: no instance type has any${didYouMean(name, known)}`,
      severity: 'note',
    }));
}

/** One node's alternatives share their label variant, so values are counted within each. */
function distinctValues(rows: readonly OfferingRow[], key: string): number {
  const byVariant = new Map<number, Set<string>>();
  for (const row of rows) {
    const value = rowLabel(row, key);
    if (value === undefined) continue;
    const values = byVariant.get(row.variant) ?? new Set();
    byVariant.set(row.variant, values.add(value));
  }
  return Math.max(0, ...[...byVariant.values()].map(({ size }) => size));
}

/** Values of a label among what a pool selects. */
function valuesLeft(pool: NodePool, types: readonly Types[], key: string): string[] {
  const rows = types.flatMap((list) => rowsOf(pool, list));
  const values = new Set(rows.map((row) => rowLabel(row, stableKey(key))));
  return [...values].filter((value) => value !== undefined);
}

const isPlace = (key: string): boolean =>
  key.endsWith('/zone') || key.endsWith('/zone-id') || key.endsWith('/region');

/** What the types have instead that `pool`, all before the step, selects. */
function hintOf({ key, values }: Step, pool: NodePool, types: readonly Types[]): string {
  if (isPlace(key)) return '';
  // A value that some type has is excluded by an earlier step, not misspelt.
  const everywhere = types.flatMap((list) => list.map(({ labels }) => labels[stableKey(key)]));
  const misspelt = values.every((value) => !everywhere.includes(value));
  return valueHint(valuesLeft(pool, types, key), misspelt ? values : []);
}

/** A zone of another region is the likeliest reason. */
function regionsHint(key: string, catalogs: readonly EmbeddedCatalog[]): string {
  if (!isPlace(key)) return '';
  const asked = catalogs.length === 1 ? 'use --region' : 'there are prices for these regions only';
  return `; ${asked} (${EMBEDDED_REGIONS.join(', ')})`;
}

function located(
  { path, message, severity }: PoolProblem,
  pool: NodePool,
  files: readonly SourceFile[],
): Finding {
  const object = objectOf(pool, files);
  if (object !== undefined) return object.finding(path, message, severity);
  return { file: files[0]?.name ?? '', line: 1, column: 1, path: '', message, severity };
}

function objectOf(pool: NodePool, files: readonly SourceFile[]): LocatedObject | undefined {
  return files
    .flatMap((file) => parseSource(file).objects)
    .find(({ kind, value }) => kind === 'NodePool' && nameOf(value) === pool.name);
}

const nameOf = (value: unknown): unknown => (value as { metadata?: { name?: unknown } }).metadata?.name;
