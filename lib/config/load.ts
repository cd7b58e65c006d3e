/**
 * Any mix of documents, to what planning reads. All that is wrong is found at once; when a finding is an error the
 * documents must not be used.
 */
import type { NodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';
import { type Pod, podKey } from '../model/pod.ts';
import type { ClusterState, Namespace } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';
import { didYouMean } from '../model/suggest.ts';
import type { Workload } from '../model/workload.ts';
import { kindOf } from './api-version.ts';
import { namespaceNamed } from './cluster-objects.ts';
import { type Collected, collect, isReadKind, type Located } from './collect.ts';
import { expandWorkloads } from './expand.ts';
import { type Finding, sortFindings } from './finding.ts';
import { isRecord, type LocatedObject, parseSource } from './located.ts';
import { type Outstanding, outstandingOf } from './ownership.ts';
import type { SourceFile } from './source.ts';
import { ASSUMED_DEFAULT_CLASS, claimsOfPod, completeVolumes } from './volumes.ts';

export interface LoadedDocuments {
  /** Sorted by name. */
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly NodeClass[];
  /** Sorted by namespace/name and kind; `replicas` are those without a pod among `pods`. Expand them together. */
  readonly workloads: readonly Workload[];
  /** Every Pod document, bound or not, sorted by namespace/name. */
  readonly pods: readonly Pod[];
  /** Nodes, bound pods and everything else that planning reads of a cluster. */
  readonly cluster: ClusterState;
}

export interface LoadOptions {
  /** Whether a NodePool's EC2NodeClass must be among the documents. Default true. */
  readonly requireNodeClasses?: boolean;
}

export function loadDocuments(
  files: readonly SourceFile[],
  { requireNodeClasses = true }: LoadOptions = {},
): { readonly documents: LoadedDocuments; readonly findings: readonly Finding[] } {
  const parsed = files.map(parseSource);
  const objects = parsed.flatMap((file) => file.objects);
  const collected = collect(objects);
  const outstanding = outstandingOf(
    collected.workloads.map(({ value }) => value),
    collected.pods.map(({ value }) => value.pod),
  );
  const { documents, findings } = assemble(collected, outstanding);
  const all = [
    ...parsed.flatMap((file) => file.findings),
    ...collected.findings,
    ...duplicates(objects),
    ...(requireNodeClasses ? missingNodeClasses(objects) : []),
    ...ownershipNotes(collected, outstanding),
    ...findings,
  ];
  const names = files.map(({ name }) => name);
  return { documents, findings: sortFindings(all, names) };
}

function assemble(collected: Collected, outstanding: readonly Outstanding[]) {
  const pods = values(collected.pods)
    .map(({ pod }) => pod)
    .sort((a, b) => compareText(podKey(a), podKey(b)));
  const workloads = outstanding
    .filter(({ kind }) => kind === 'planned')
    .map(({ workload }) => workload)
    .sort((a, b) => compareText(podKey(a), podKey(b)) || compareText(a.kind, b.kind));
  const { findings, ...volumes } = volumesOf(collected, workloads, pods);
  const daemonSets = values(collected.daemonSets).sort((a, b) => compareText(podKey(a), podKey(b)));
  const documents: LoadedDocuments = {
    nodePools: byName(values(collected.nodePools)),
    nodeClasses: byName(values(collected.nodeClasses)),
    workloads,
    pods,
    cluster: {
      pods: pods.filter(({ nodeName }) => nodeName !== undefined).sort((a, b) => compareText(a.uid, b.uid)),
      nodes: byName(values(collected.nodes)),
      daemonSets,
      namespaces: namespacesOf(values(collected.namespaces), [...workloads, ...pods, ...daemonSets]),
      ...volumes,
      csiNodes: values(collected.csiNodes).sort((a, b) => compareText(a.nodeName, b.nodeName)),
    },
  };
  return { documents, findings };
}

function volumesOf(collected: Collected, workloads: readonly Workload[], pods: readonly Pod[]) {
  const templates = new Map(workloads.map(({ uid, claimTemplates = [] }) => [uid, claimTemplates]));
  const anyTemplate = workloads.some(({ claimTemplates }) => claimTemplates !== undefined);
  const fromTemplates = [
    ...values(collected.pods).flatMap(({ pod, claimTemplates }) => claimsOfPod(pod, claimTemplates)),
    ...(anyTemplate ? expandWorkloads(workloads, pods) : []).flatMap((pod) =>
      claimsOfPod(pod, templates.get(pod.owner?.uid ?? '') ?? []),
    ),
  ];
  const { volumeClaims, storageClasses, assumed } = completeVolumes(
    values(collected.volumeClaims),
    fromTemplates,
    values(collected.storageClasses),
  );
  return {
    volumeClaims: [...volumeClaims].sort((a, b) => compareText(podKey(a), podKey(b))),
    volumes: byName(values(collected.volumes)),
    storageClasses: byName(storageClasses),
    findings: assumed.flatMap((name) => assumedClassNote(name, collected)),
  };
}

/** At the first object whose claims name the class. */
function assumedClassNote(name: string, collected: Collected): Finding[] {
  const users = [
    ...collected.workloads.map(({ object, value }) => ({
      object,
      claims: value.workload.claimTemplates ?? [],
    })),
    ...collected.pods.map(({ object, value }) => ({ object, claims: value.claimTemplates })),
    ...collected.volumeClaims.map(({ object, value }) => ({ object, claims: [value] })),
  ];
  const user = users.find(({ claims }) =>
    claims.some(({ storageClassName = ASSUMED_DEFAULT_CLASS }) => storageClassName === name),
  );
  const message = `StorageClass "${name}" is not among the documents: taken as EBS, bound where its pod goes`;
  return user === undefined ? [] : [user.object.finding([], message, 'note')];
}

/** Written namespaces, and those that objects are in; selectors by label must see them all. */
function namespacesOf(
  written: readonly Namespace[],
  objects: readonly { readonly namespace: string }[],
): Namespace[] {
  const names = new Set(written.map(({ name }) => name));
  const others = [...new Set(objects.map(({ namespace }) => namespace))].filter((name) => !names.has(name));
  return byName([...written, ...others.map((name) => namespaceNamed(name))]);
}

/** Kinds whose names are unique in a cluster rather than in a namespace. */
const CLUSTER_SCOPED: readonly string[] = [
  'karpenter.sh/NodePool',
  'karpenter.k8s.aws/EC2NodeClass',
  '/Node',
  '/Namespace',
  '/PersistentVolume',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/CSINode',
  'scheduling.k8s.io/PriorityClass',
];

function duplicates(objects: readonly LocatedObject[]): Finding[] {
  const first = new Map<string, LocatedObject>();
  const findings: Finding[] = [];
  for (const object of objects.filter(isReadKind)) {
    const name = textAt(object, ['metadata', 'name']);
    if (name === undefined) continue;
    const scoped = CLUSTER_SCOPED.includes(kindOf(object));
    const fullName = scoped ? name : `${textAt(object, ['metadata', 'namespace']) ?? 'default'}/${name}`;
    const key = `${kindOf(object)} ${fullName}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, object);
    else {
      const { file, line, column } = earlier.finding(['metadata', 'name'], '');
      const message = `duplicate ${object.kind} "${fullName}", also at ${file}:${line}:${column}: rename or remove one`;
      findings.push(object.finding(['metadata', 'name'], message));
    }
  }
  return findings;
}

/** By the names as written, so that a NodePool or EC2NodeClass that is wrong elsewhere still counts. */
function missingNodeClasses(objects: readonly LocatedObject[]): Finding[] {
  const present = objects
    .filter((object) => kindOf(object) === 'karpenter.k8s.aws/EC2NodeClass')
    .flatMap((object) => textAt(object, ['metadata', 'name']) ?? []);
  const others = present.length === 0 ? '' : `, or use one of ${present.join(', ')}`;
  return objects
    .filter((object) => kindOf(object) === 'karpenter.sh/NodePool')
    .flatMap((object) => {
      const name = textAt(object, NODE_CLASS_NAME);
      if (name === undefined || present.includes(name)) return [];
      const advice = didYouMean(name, present) || `: add an EC2NodeClass of that name${others}`;
      return [object.finding(NODE_CLASS_NAME, `missing EC2NodeClass "${name}"${advice}`)];
    });
}

const NODE_CLASS_NAME = ['spec', 'template', 'spec', 'nodeClassRef', 'name'];

function ownershipNotes(collected: Collected, outstanding: readonly Outstanding[]): Finding[] {
  return outstanding.flatMap((entry, index) => {
    const object = collected.workloads[index]?.object;
    const { kind, namespace, name, replicas } = entry.workload;
    const title = `${kind} ${namespace}/${name}`;
    if (object === undefined) return [];
    if (entry.kind === 'owned')
      return [object.finding([], `${title} is ${entry.by}'s and counted there`, 'note')];
    return entry.present === 0
      ? []
      : [
          object.finding(
            [],
            `${title}: ${entry.present} of its pods are among the documents, ${replicas} more are planned`,
            'note',
          ),
        ];
  });
}

function textAt({ value }: LocatedObject, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), value);
  return typeof found === 'string' ? found : undefined;
}

const values = <T>(located: readonly Located<T>[]): T[] => located.map(({ value }) => value);

const byName = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => compareText(a.name, b.name));
