// Jobs that arrive: the files that a scenario names, and the Job of its documents that each is made after.
import { frozenCopy } from '../adapters/memory/frozen.ts';
import type { Finding } from '../config/finding.ts';
import type { LocatedObject } from '../config/located.ts';
import type { SourceFile } from '../config/source.ts';
import type { Workload } from '../model/workload.ts';
import { type ArrivingJob, MAX_ARRIVING_PODS, readArrivals } from './arrivals-file.ts';
import { type ReadRelative, readBeside } from './read-beside.ts';
import type { Arrival } from './scenario.ts';
import type { ScenarioOutline } from './scenario-outline.ts';

export interface LoadedArrivals {
  readonly files: readonly SourceFile[];
  /** Of each entry, in the order of the scenario; empty where its file could not be read. */
  readonly jobs: readonly (readonly ArrivingJob[])[];
  readonly findings: readonly Finding[];
}

export function loadArrivals(
  object: LocatedObject,
  { arrivals = [], end }: ScenarioOutline,
  readRelative: ReadRelative,
): LoadedArrivals {
  const files: SourceFile[] = [];
  const findings: Finding[] = [];
  let pods = 0;
  const jobs = arrivals.map((entry, index) => {
    if (entry?.file === undefined) return [];
    const path = ['spec', 'arrivals', index, 'file'];
    const file = readBeside(entry.file, readRelative);
    if (typeof file === 'string') {
      findings.push(object.finding(path, file));
      return [];
    }
    files.push(file);
    const read = readArrivals(file, end);
    findings.push(...read.findings);
    const podsBefore = pods;
    pods += read.pods;
    if (podsBefore > 0 && podsBefore <= MAX_ARRIVING_PODS && pods > MAX_ARRIVING_PODS) {
      const message = `more than ${MAX_ARRIVING_PODS} pods with this file and those before it: leave some out`;
      findings.push(object.finding(path, message));
    }
    return read.jobs;
  });
  return { files, jobs, findings };
}

/** `jobs` as read for each of the entries. Runs of one name are numbered through, in the order of the file. */
export function arrivalsOf(
  entries: readonly { readonly job: string; readonly namespace?: string | undefined }[],
  jobs: readonly (readonly ArrivingJob[])[],
  workloads: readonly Workload[],
): readonly Arrival[] {
  const runs = new Map<string, number>();
  const arrivals = entries.flatMap((entry, index) => {
    const { job, namespace = 'default' } = entry;
    const model = workloads.find(
      (each) => each.kind === 'Job' && each.namespace === namespace && each.name === job,
    );
    return model === undefined ? [] : (jobs[index] ?? []).flatMap((each) => runsOf(each, model, runs));
  });
  return arrivals.sort((a, b) => a.atMs - b.atMs);
}

/** All runs of one line share its template. */
function runsOf(arriving: ArrivingJob, model: Workload, runs: Map<string, number>): Arrival[] {
  const { requests, nodeSelector, count: replicas, runTime } = arriving;
  const { namespace } = model;
  const name = arriving.name ?? model.name;
  const spec = {
    ...model.template.spec,
    requests: { ...model.template.spec.requests, ...requests },
    nodeSelector: { ...model.template.spec.nodeSelector, ...nodeSelector },
  };
  const template = frozenCopy({ ...model.template, spec });
  return arriving.arrivalsMs.map((atMs) => {
    const run = (runs.get(`${namespace}/${name}`) ?? 0) + 1;
    runs.set(`${namespace}/${name}`, run);
    const job: Workload = {
      kind: 'Job',
      uid: `Job/${namespace}/${name}-${run}`,
      namespace,
      name: `${name}-${run}`,
      replicas,
      template,
    };
    return { atMs, job, runTime };
  });
}
