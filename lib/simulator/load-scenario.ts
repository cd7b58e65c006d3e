// From a scenario file and the documents it names to a `Scenario`, with everything that is wrong found at once.
import { type EmbeddedCatalog, offlineNodeClass } from '../adapters/memory/embedded-catalog.ts';
import { type Finding, sortFindings } from '../config/finding.ts';
import { read } from '../config/kit.ts';
import type { LoadedDocuments } from '../config/load.ts';
import { type LocatedObject, type Path, parseSource } from '../config/located.ts';
import type { SourceFile } from '../config/source.ts';
import { didYouMean } from '../model/suggest.ts';
import type { Workload } from '../model/workload.ts';
import { NO_FAULTS } from './faults.ts';
import { arrivalsOf, loadArrivals } from './load-arrivals.ts';
import { type ReadRelative, readBeside } from './read-beside.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';
import { checkScenario, kindOfField, WORKLOAD_FIELDS } from './scenario-checks.ts';
import { type Declared, readScenarioDocuments } from './scenario-documents.ts';
import { outlineOf, type ScenarioOutline } from './scenario-outline.ts';
import { type EventDocument, MAX_PODS, type ScenarioDocument, scenarioDocument } from './scenario-schema.ts';
import type { SpotMarketSettings } from './spot-market.ts';
import { DEFAULT_BOOT_TIMES } from './world/kubelets.ts';

export const SCENARIO_API_VERSION = 'dovetail.sh/v1alpha1';

export interface ScenarioSources {
  readonly readRelative: ReadRelative;
  /** The catalogue of a region, or undefined when there is none. */
  readonly catalogOf: (region: string) => EmbeddedCatalog | undefined;
  readonly regions: readonly string[];
}

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly catalog: EmbeddedCatalog;
}

export type ScenarioRead =
  | { readonly ok: true; readonly loaded: LoadedScenario; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** `ok` is false when any finding is an error. */
export function loadScenario(file: SourceFile, sources: ScenarioSources): ScenarioRead {
  const parsed = parseSource(file);
  if (parsed.findings.length > 0) return { ok: false, findings: parsed.findings };
  const [object, ...others] = parsed.objects.filter(isScenario);
  if (object === undefined || others.length > 0) {
    return { ok: false, findings: [wrongNumber(file, parsed.objects, others)] };
  }
  const { value: document, findings: misspelt } = read(object, scenarioDocument);
  const outline = outlineOf(object.value);
  const region = outline.cluster?.region;
  const catalog = region === undefined ? undefined : sources.catalogOf(region);
  const own = parsed.objects.length > 1 ? [file] : [];
  const { files, findings: unreadable } = readFiles(object, outline, sources, own);
  const nothingRead = files.length === 0 && misspelt.length > 0;
  const { documents, declared, findings } = readScenarioDocuments(
    files,
    unreadable.length === 0 && !nothingRead,
  );
  const context = { market: catalog?.market, regions: sources.regions, declared };
  const arrivals = loadArrivals(object, outline, sources.readRelative);
  const all = sortFindings(
    [
      ...misspelt,
      ...unreadable,
      ...findings,
      ...withoutNodePool(object, declared),
      ...checkScenario(object, outline, context),
      ...arrivals.findings,
    ],
    [file, ...files, ...arrivals.files].map(({ name }) => name),
  );
  if (document === undefined || catalog === undefined || all.some(isError)) {
    return { ok: false, findings: all };
  }
  const scenario = {
    ...scenarioOf(document, catalog, documents),
    arrivals: arrivalsOf(document.spec.arrivals, arrivals.jobs, documents.workloads),
  };
  const tooLarge = checkSize(object, document, scenario);
  if (tooLarge.length > 0) return { ok: false, findings: [...all, ...tooLarge] };
  return { ok: true, loaded: { scenario, catalog }, findings: all };
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

const isScenario = ({ apiVersion, kind }: LocatedObject): boolean =>
  kind === 'Scenario' && apiVersion === SCENARIO_API_VERSION;

function wrongNumber(
  file: SourceFile,
  objects: readonly LocatedObject[],
  others: readonly LocatedObject[],
): Finding {
  const [second] = others;
  if (second !== undefined) return second.finding([], 'second Scenario in one file: keep one');
  const message = `want an object of apiVersion ${SCENARIO_API_VERSION} and kind Scenario`;
  const [first] = objects;
  if (first === undefined)
    return { file: file.name, line: 1, column: 1, path: '', message, severity: 'error' };
  const found = `found ${first.kind} of ${first.apiVersion}`;
  return first.finding(['kind'], `${message}, ${found}${didYouMean(first.kind, ['Scenario'])}`);
}

function readFiles(
  object: LocatedObject,
  { documents = [] }: ScenarioOutline,
  { readRelative }: ScenarioSources,
  own: readonly SourceFile[],
): { readonly files: readonly SourceFile[]; readonly findings: readonly Finding[] } {
  const files: SourceFile[] = [...own];
  const findings: Finding[] = [];
  for (const [index, entry] of documents.entries()) {
    if (entry?.file === undefined) continue;
    const source = readBeside(entry.file, readRelative);
    if (typeof source !== 'string') files.push(source);
    else findings.push(object.finding(['spec', 'documents', index, 'file'], source));
  }
  return { files, findings };
}

function withoutNodePool(object: LocatedObject, declared: Declared | undefined): Finding[] {
  if (declared === undefined || declared.nodePools.length > 0) return [];
  const message = 'no NodePool among the documents: a scenario needs at least one';
  return [object.finding(['spec', 'documents'], message)];
}

function scenarioOf(
  { metadata, spec }: ScenarioDocument,
  catalog: EmbeddedCatalog,
  documents: LoadedDocuments,
): Omit<Scenario, 'arrivals'> {
  const { nodePools, nodeClasses, workloads, cluster } = documents;
  const { drawn, ...rates } = spec.faults ?? {};
  const { market } = catalog;
  const zones = market.zones.filter(({ name }) => spec.cluster.zones?.includes(name) ?? true);
  const names = zones.map(({ name }) => name);
  return {
    name: metadata.name,
    seed: spec.seed ?? 1,
    cluster: { name: spec.cluster.name, region: spec.cluster.region, zones },
    nodePools,
    nodeClasses,
    resolved: nodeClasses.map((nodeClass) => offlineNodeClass(nodeClass, market, names)),
    workloads,
    objects: cluster,
    events: spec.events.flatMap((event) => eventOf(event, workloads)).sort((a, b) => a.atMs - b.atMs),
    endMs: spec.end,
    policies: {
      preferencePolicy: spec.preferencePolicy,
      minValuesPolicy: spec.minValuesPolicy,
      solver: spec.solver,
    },
    compare: spec.compare,
    endsEmpty: spec.endsEmpty ?? false,
    faultsEndMs: spec.end,
    faults: drawn === true ? 'drawn' : { ...NO_FAULTS, ...rates },
    outages: (spec.outages ?? []).map(({ from, until, ...rest }) => ({
      ...rest,
      fromMs: from,
      untilMs: until,
    })),
    ...(spec.spotMarket === undefined ? {} : { spotMarket: spotMarketOf(spec.spotMarket) }),
    times: timesOf(spec.times ?? {}),
  };
}

function eventOf(event: EventDocument, workloads: readonly Workload[]): readonly ScenarioEvent[] {
  const { at: atMs, scale, loseInstance, market } = event;
  if (scale !== undefined) {
    return [{ atMs, kind: 'scale', workloads: scaledBy(scale, workloads), replicas: scale.replicas }];
  }
  if (loseInstance !== undefined) {
    const { nodePool, count = 1 } = loseInstance;
    return [{ atMs, kind: 'lose', nodePool, count }];
  }
  if (market === undefined) return [];
  const { instances, ...match } = market;
  return [{ atMs, kind: 'market', match, instances }];
}

function scaledBy(
  scale: NonNullable<EventDocument['scale']>,
  workloads: readonly Workload[],
): readonly Workload[] {
  if (scale.all === true) return workloads.filter(({ kind }) => kind !== 'Job');
  const { namespace: wanted = 'default' } = scale;
  return workloads.filter(({ kind, namespace, name }) =>
    WORKLOAD_FIELDS.some(
      (field) => kind === kindOfField(field) && namespace === wanted && name === scale[field],
    ),
  );
}

/** Each number alone may be allowed and all of them together be too many. */
function checkSize(object: LocatedObject, { spec }: ScenarioDocument, scenario: Scenario): Finding[] {
  const replicas = new Map(scenario.workloads.map((workload) => [workload.uid, workload.replicas]));
  const podsNow = (): number => [...replicas.values()].reduce((sum, each) => sum + each, 0);
  const tooMany = (path: Path): Finding[] =>
    podsNow() <= MAX_PODS
      ? []
      : [
          object.finding(
            ['spec', ...path],
            `${podsNow()} pods in all from here on: a scenario holds at most ${MAX_PODS}, use fewer replicas`,
          ),
        ];
  const findings = tooMany(['documents']);
  const inOrder = [...spec.events.entries()].sort(([i, a], [j, b]) => a.at - b.at || i - j);
  for (const [index, event] of inOrder) {
    if (findings.length > 0) break;
    for (const each of eventOf(event, scenario.workloads)) {
      if (each.kind !== 'scale') continue;
      for (const { uid } of each.workloads) replicas.set(uid, each.replicas);
      findings.push(...tooMany(['events', index, 'scale', 'replicas']));
    }
  }
  return findings;
}

function spotMarketOf(market: NonNullable<ScenarioDocument['spec']['spotMarket']>): SpotMarketSettings {
  const [fewest, most] = market.vcpus;
  const [shortest, longest] = market.dryFor;
  return {
    everyMs: market.every,
    rangePercent: market.priceRange,
    swingPercent: market.priceSwing,
    vcpus: { min: fewest, max: most },
    dryRate: market.dryRate,
    dryForMs: { min: shortest, max: longest },
  };
}

function timesOf(times: NonNullable<ScenarioDocument['spec']['times']>): Scenario['times'] {
  const range = (given: readonly [number, number] | undefined, otherwise: { min: number; max: number }) =>
    given === undefined ? otherwise : { min: given[0], max: given[1] };
  return {
    bootMs: range(times.boot, DEFAULT_BOOT_TIMES.bootMs),
    readyMs: range(times.ready, DEFAULT_BOOT_TIMES.readyMs),
    startMs: range(times.start, DEFAULT_BOOT_TIMES.startMs),
  };
}
