// What a scenario names must exist: zones and instance types in the catalogue, NodePools and workloads among the
// documents. Works on the outline, so that a mistake elsewhere hides none of this.
import type { RegionMarket } from '../catalog/catalogue.ts';
import type { Finding } from '../config/finding.ts';
import type { LocatedObject, Path } from '../config/located.ts';
import { didYouMean } from '../model/suggest.ts';
import type { Declared } from './scenario-documents.ts';
import type { ArrivalsOutline, EventOutline, ScenarioOutline } from './scenario-outline.ts';

export interface ScenarioContext {
  /** Undefined when the region is unknown: its zones and types cannot be judged then. */
  readonly market: RegionMarket | undefined;
  readonly regions: readonly string[];
  /** Undefined when some document could not be read. */
  readonly declared: Declared | undefined;
}

export const WORKLOAD_FIELDS = ['deployment', 'statefulSet', 'replicaSet', 'job'] as const;
export type WorkloadField = (typeof WORKLOAD_FIELDS)[number];

export const kindOfField = (field: WorkloadField): string =>
  `${field.charAt(0).toUpperCase()}${field.slice(1)}`;

interface Problem {
  /** Below `spec`. */
  readonly path: Path;
  readonly message: string;
}

export function checkScenario(
  object: LocatedObject,
  outline: ScenarioOutline,
  context: ScenarioContext,
): Finding[] {
  const problems = [
    ...regionProblems(outline, context),
    ...clusterZoneProblems(outline, context.market),
    ...(outline.arrivals ?? []).flatMap((arrivals, index) =>
      jobProblems(arrivals, context.declared).map((message) => ({
        path: ['arrivals', index, 'job'],
        message,
      })),
    ),
    ...(outline.events ?? []).flatMap((event, index) =>
      eventProblems(event ?? {}, outline, context).map(({ path, message }) => ({
        path: ['events', index, ...path],
        message,
      })),
    ),
  ];
  return problems.map(({ path, message }) => object.finding(['spec', ...path], message));
}

function regionProblems({ cluster }: ScenarioOutline, { market, regions }: ScenarioContext): Problem[] {
  const region = cluster?.region;
  if (region === undefined || market !== undefined) return [];
  const advice = didYouMean(region, regions) || `: use one of ${regions.join(', ')}`;
  return [{ path: ['cluster', 'region'], message: `no prices for region "${region}"${advice}` }];
}

function clusterZoneProblems({ cluster }: ScenarioOutline, market: RegionMarket | undefined): Problem[] {
  if (market === undefined) return [];
  const known = market.zones.map(({ name }) => name);
  return (cluster?.zones ?? []).flatMap((zone, index) => {
    if (zone === undefined || known.includes(zone)) return [];
    const advice = didYouMean(zone, known) || `: use some of ${known.join(', ')}`;
    return [{ path: ['cluster', 'zones', index], message: `unknown zone "${zone}"${advice}` }];
  });
}

function eventProblems(event: EventOutline, outline: ScenarioOutline, context: ScenarioContext): Problem[] {
  const late = event.at !== undefined && outline.end !== undefined && event.at > outline.end;
  return [
    ...(late ? [{ path: ['at'], message: 'the event is after the end of the scenario' }] : []),
    ...workloadProblems(event.scale, context.declared),
    ...nodePoolProblems(event.loseInstance, context.declared),
    ...marketProblems(event.market, outline, context.market),
  ];
}

function jobProblems(arrivals: ArrivalsOutline, declared: Declared | undefined): string[] {
  const { job, namespace = 'default' } = arrivals ?? {};
  if (job === undefined || declared === undefined) return [];
  const known = declared.workloads
    .filter((workload) => workload.kind === 'Job' && workload.namespace === namespace)
    .map(({ name }) => name);
  if (known.includes(job)) return [];
  return [`no Job "${namespace}/${job}" among the documents${didYouMean(job, known)}`];
}

function workloadProblems(scale: EventOutline['scale'], declared: Declared | undefined): Problem[] {
  if (scale === undefined || declared === undefined) return [];
  const { namespace = 'default' } = scale;
  return WORKLOAD_FIELDS.flatMap((field) => {
    const name = scale[field];
    if (name === undefined) return [];
    const kind = kindOfField(field);
    const known = declared.workloads
      .filter((workload) => workload.kind === kind && workload.namespace === namespace)
      .map((workload) => workload.name);
    if (known.includes(name)) return [];
    const message = `no ${kind} "${namespace}/${name}" among the documents${didYouMean(name, known)}`;
    return [{ path: ['scale', field], message }];
  });
}

function nodePoolProblems(lose: EventOutline['loseInstance'], declared: Declared | undefined): Problem[] {
  const name = lose?.nodePool;
  if (name === undefined || declared === undefined || declared.nodePools.includes(name)) return [];
  const message = `no NodePool "${name}" among the documents${didYouMean(name, declared.nodePools)}`;
  return [{ path: ['loseInstance', 'nodePool'], message }];
}

/** A pool that does not exist would change nothing and say nothing. */
function marketProblems(
  match: EventOutline['market'],
  { cluster }: ScenarioOutline,
  market: RegionMarket | undefined,
): Problem[] {
  if (match === undefined || market === undefined) return [];
  const { instanceType, zone } = match;
  const problems: Problem[] = [];
  const listing = instanceType === undefined ? undefined : market.listings.get(instanceType);
  if (instanceType !== undefined && listing === undefined) {
    const advice =
      didYouMean(instanceType, [...market.listings.keys()]) || ': want a type that EC2 sells there';
    const message = `unknown instance type "${instanceType}" in ${market.region}${advice}`;
    problems.push({ path: ['market', 'instanceType'], message });
  }
  const zones = cluster?.zones?.filter((each) => each !== undefined) ?? market.zones.map(({ name }) => name);
  const zoneId = market.zones.find(({ name }) => name === zone)?.id;
  if (zone !== undefined && !zones.includes(zone)) {
    const advice = didYouMean(zone, zones) || `: use one of ${zones.join(', ')}`;
    problems.push({ path: ['market', 'zone'], message: `zone "${zone}" is not the cluster's${advice}` });
  } else if (listing !== undefined && zoneId !== undefined && !listing.zoneIds.has(zoneId)) {
    const message = `"${instanceType}" is not sold in zone "${zone}": choose another zone or type`;
    problems.push({ path: ['market', 'zone'], message });
  }
  return problems;
}
