// From a scenario file and the documents it names to a `Scenario`, with everything that is wrong found at once.
import { type EmbeddedCatalog, offlineNodeClass } from '../adapters/memory/embedded-catalog.ts';
import type { Zone } from '../catalog/catalogue.ts';
import type { Finding } from '../config/finding.ts';
import { read } from '../config/kit.ts';
import { type LoadedDocuments, loadDocuments } from '../config/load.ts';
import { type LocatedObject, type Path, parseSource } from '../config/located.ts';
import type { SourceFile } from '../config/source.ts';
import { didYouMean } from '../config/suggest.ts';
import type { Workload } from '../model/workload.ts';
import { NO_FAULTS } from './faults.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';
import { type ScenarioDocument, scenarioDocument } from './scenario-schema.ts';
import { DEFAULT_BOOT_TIMES } from './world/kubelets.ts';

export const SCENARIO_API_VERSION = 'dovetail.sh/v1alpha1';

export interface ScenarioSources {
  /** A file beside the scenario, by the path written in it; undefined when it cannot be read. */
  readonly readRelative: (path: string) => SourceFile | undefined;
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
  const document = read(object, scenarioDocument);
  if (document.value === undefined) return { ok: false, findings: document.findings };
  return new ScenarioReader(file, object, document.value, sources).read(parsed.objects.length > 1);
}

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

class ScenarioReader {
  readonly #file: SourceFile;
  readonly #object: LocatedObject;
  readonly #document: ScenarioDocument;
  readonly #sources: ScenarioSources;
  readonly #findings: Finding[] = [];

  constructor(file: SourceFile, object: LocatedObject, document: ScenarioDocument, sources: ScenarioSources) {
    this.#file = file;
    this.#object = object;
    this.#document = document;
    this.#sources = sources;
  }

  read(hasOwnDocuments: boolean): ScenarioRead {
    const catalog = this.#catalog();
    const zones = catalog === undefined ? [] : this.#zones(catalog);
    const documents = this.#documents(hasOwnDocuments);
    const events = this.#events(documents);
    const findings = this.#findings;
    if (catalog === undefined || findings.some(({ severity }) => severity === 'error')) {
      return { ok: false, findings };
    }
    const scenario = this.#scenario(catalog, zones, documents, events);
    return { ok: true, loaded: { scenario, catalog }, findings };
  }

  #scenario(
    catalog: EmbeddedCatalog,
    zones: readonly Zone[],
    documents: LoadedDocuments,
    events: readonly ScenarioEvent[],
  ): Scenario {
    const { metadata, spec } = this.#document;
    const { nodePools, nodeClasses, workloads, cluster } = documents;
    const { drawn, ...rates } = spec.faults ?? {};
    const names = zones.map(({ name }) => name);
    return {
      name: metadata.name,
      seed: spec.seed ?? 1,
      cluster: { name: spec.cluster.name, region: spec.cluster.region, zones },
      nodePools,
      nodeClasses,
      resolved: nodeClasses.map((nodeClass) => offlineNodeClass(nodeClass, catalog.market, names)),
      workloads,
      objects: cluster,
      events,
      endMs: spec.end,
      endsEmpty: spec.endsEmpty ?? false,
      faultsEndMs: spec.end,
      faults: drawn === true ? 'drawn' : { ...NO_FAULTS, ...rates },
      outages: (spec.outages ?? []).map(({ from, until, ...rest }) => ({
        ...rest,
        fromMs: from,
        untilMs: until,
      })),
      times: timesOf(spec.times ?? {}),
    };
  }

  #problem(path: Path, message: string): void {
    this.#findings.push(this.#object.finding(['spec', ...path], message));
  }

  #catalog(): EmbeddedCatalog | undefined {
    const { region } = this.#document.spec.cluster;
    const catalog = this.#sources.catalogOf(region);
    if (catalog !== undefined) return catalog;
    const { regions } = this.#sources;
    const advice = didYouMean(region, regions) || `: use one of ${regions.join(', ')}`;
    this.#problem(['cluster', 'region'], `no prices for region "${region}"${advice}`);
    return undefined;
  }

  #zones(catalog: EmbeddedCatalog): readonly Zone[] {
    const { zones } = catalog.market;
    const known = zones.map(({ name }) => name);
    const wanted = this.#document.spec.cluster.zones ?? known;
    for (const [index, name] of wanted.entries()) {
      if (known.includes(name)) continue;
      const advice = didYouMean(name, known) || `: use some of ${known.join(', ')}`;
      this.#problem(['cluster', 'zones', index], `unknown zone "${name}"${advice}`);
    }
    return zones.filter(({ name }) => wanted.includes(name));
  }

  #documents(hasOwnDocuments: boolean): LoadedDocuments {
    const files: SourceFile[] = hasOwnDocuments ? [this.#file] : [];
    for (const [index, { file }] of (this.#document.spec.documents ?? []).entries()) {
      const source = this.#sources.readRelative(file);
      if (source === undefined) {
        this.#problem(['documents', index, 'file'], `cannot read "${file}": want a file beside the scenario`);
      } else files.push(source);
    }
    const { documents, findings } = loadDocuments(files);
    // The scenario itself is among the documents of its own file.
    this.#findings.push(...findings.filter(({ message }) => !message.includes('of kind Scenario (')));
    if (documents.nodePools.length === 0 && !findings.some(({ severity }) => severity === 'error')) {
      this.#problem(['documents'], 'no NodePool among the documents: a scenario needs at least one');
    }
    return documents;
  }

  #events(documents: LoadedDocuments): readonly ScenarioEvent[] {
    const { events, end } = this.#document.spec;
    const read = events.flatMap((event, index) => {
      if (event.at > end)
        this.#problem(['events', index, 'at'], 'the event is after the end of the scenario');
      return this.#event(event, index, documents);
    });
    return read.sort((a, b) => a.atMs - b.atMs);
  }

  #event(
    event: ScenarioDocument['spec']['events'][number],
    index: number,
    documents: LoadedDocuments,
  ): readonly ScenarioEvent[] {
    const { at: atMs, scale, loseInstance, market } = event;
    if (scale !== undefined) {
      const workloads = this.#workloads(scale, ['events', index, 'scale'], documents.workloads);
      return [{ atMs, kind: 'scale', workloads, replicas: scale.replicas }];
    }
    if (loseInstance !== undefined) {
      const { nodePool, count = 1 } = loseInstance;
      const known = documents.nodePools.map(({ name }) => name);
      if (!known.includes(nodePool)) {
        const path = ['events', index, 'loseInstance', 'nodePool'];
        this.#problem(path, `no NodePool "${nodePool}" among the documents${didYouMean(nodePool, known)}`);
      }
      return [{ atMs, kind: 'lose', nodePool, count }];
    }
    if (market === undefined) return [];
    const { instances, ...match } = market;
    return [{ atMs, kind: 'market', match, instances }];
  }

  #workloads(
    scale: NonNullable<ScenarioDocument['spec']['events'][number]['scale']>,
    path: Path,
    workloads: readonly Workload[],
  ): readonly Workload[] {
    if (scale.all === true) return workloads.filter(({ kind }) => kind !== 'Job');
    const field = (['deployment', 'statefulSet', 'replicaSet', 'job'] as const).find(
      (each) => scale[each] !== undefined,
    );
    if (field === undefined) return [];
    const kind = `${field[0]?.toUpperCase()}${field.slice(1)}`;
    const namespace = scale.namespace ?? 'default';
    const ofKind = workloads.filter((workload) => workload.kind === kind && workload.namespace === namespace);
    const name = scale[field] ?? '';
    const found = ofKind.filter((workload) => workload.name === name);
    if (found.length === 0) {
      const known = ofKind.map((workload) => workload.name);
      const message = `no ${kind} "${namespace}/${name}" among the documents${didYouMean(name, known)}`;
      this.#problem([...path, field], message);
    }
    return found;
  }
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
