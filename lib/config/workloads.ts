/**
 * Objects whose controllers create pods, and pods themselves, into the model.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
 */
import * as z from 'zod';
import { podUid } from '../model/ids.ts';
import type { OwnerReference, Pod } from '../model/pod.ts';
import type { ClaimTemplate, DaemonSet, PodTemplate, Workload } from '../model/workload.ts';
import type { Finding } from './finding.ts';
import { kubernetesObject, type Read, read } from './kit.ts';
import { UNREAD_FIELDS } from './kubernetes-fields.ts';
import type { LocatedObject, Path } from './located.ts';
import { objectMetadata, timestamp } from './metadata.ts';
import { podSpecSchema, type podTemplateSchema } from './pod-spec.ts';
import { type PriorityClass, withPriority } from './priority.ts';
import { cronJobSchema, daemonSetSchema, jobSchema, replicatedSchemas } from './workload-schema.ts';

const pod = kubernetesObject(
  {
    metadata: objectMetadata,
    spec: podSpecSchema,
    status: z
      .object({
        phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).exactOptional(),
        nominatedNodeName: z.string().exactOptional(),
        startTime: timestamp.exactOptional(),
        conditions: z
          .array(
            z.object({
              type: z.string(),
              status: z.string(),
              reason: z.string().default(''),
              message: z.string().default(''),
              lastTransitionTime: timestamp.default(0),
            }),
          )
          .default([]),
      })
      .prefault({}),
  },
  UNREAD_FIELDS.object,
);

/** A workload and the object that created it, when there is one: a ReplicaSet's Deployment, a Job's CronJob. */
export interface OwnedWorkload {
  readonly workload: Workload;
  readonly owner?: OwnerReference;
}

type Template = z.output<typeof podTemplateSchema>;

/** Reads a Deployment, StatefulSet, ReplicaSet or ReplicationController. */
export function readReplicated(
  object: LocatedObject,
  kind: Exclude<Workload['kind'], 'Job'>,
  classes: readonly PriorityClass[],
): Read<OwnedWorkload> {
  const { value, findings } = read(object, replicatedSchemas[kind]);
  if (value === undefined) return { findings };
  const { metadata, spec } = value;
  const stateful = (spec.volumeClaimTemplates ?? []).map(
    (claim): ClaimTemplate => ({
      kind: 'stateful',
      name: claim.metadata.name,
      ...claim.spec,
    }),
  );
  return workloadOf(object, { kind, metadata, replicas: spec.replicas }, spec.template, stateful, classes);
}

/** Reads a Job: the completions still to run, as many as run at a time. */
export function readJob(object: LocatedObject, classes: readonly PriorityClass[]): Read<OwnedWorkload> {
  const { value, findings } = read(object, jobSchema);
  if (value === undefined) return { findings };
  const { parallelism, completions, suspend, template } = value.spec;
  const left = completions === undefined ? parallelism : Math.max(completions - value.status.succeeded, 0);
  const head = {
    kind: 'Job' as const,
    metadata: value.metadata,
    replicas: suspend ? 0 : Math.min(parallelism, left),
  };
  return workloadOf(object, head, template, [], classes);
}

/**
 * Checks a CronJob. It creates Jobs in their time and no pod before: what is planned are the Jobs that exist.
 */
export function readCronJob(object: LocatedObject): Read<never> {
  const { value, findings } = read(object, cronJobSchema);
  if (value === undefined) return { findings };
  const { namespace, name } = value.metadata;
  const message = `CronJob ${namespace}/${name} has no pods until its time comes: only its Jobs among the documents are planned`;
  return { findings: [object.finding([], message, 'note')] };
}

function workloadOf(
  object: LocatedObject,
  head: {
    readonly kind: Workload['kind'];
    readonly metadata: z.output<typeof objectMetadata>;
    readonly replicas: number;
  },
  written: Template,
  stateful: readonly ClaimTemplate[],
  classes: readonly PriorityClass[],
): Read<OwnedWorkload> {
  const { kind, metadata } = head;
  const { namespace, name, owner } = metadata;
  const { template, findings } = templateOf(object, written, classes);
  const { ephemeralClaims, nodeName } = written.spec;
  const claimTemplates = [...stateful, ...ephemeralClaims];
  const workload: Workload = {
    kind,
    uid: metadata.uid ?? `${kind}/${namespace}/${name}`,
    namespace,
    name,
    // Pods that are created with a node never ask for one.
    replicas: nodeName === undefined ? head.replicas : 0,
    template,
    ...(claimTemplates.length === 0 ? {} : { claimTemplates }),
  };
  const pinned = nodeName === undefined ? [] : [pinnedNote(object, nodeName)];
  return {
    value: { workload, ...(owner === undefined ? {} : { owner }) },
    findings: [...findings, ...pinned],
  };
}

function pinnedNote(object: LocatedObject, nodeName: string): Finding {
  const message = `its pods are put on node ${JSON.stringify(nodeName)} past the scheduler: none is planned`;
  return object.finding(['spec', 'template', 'spec', 'nodeName'], message, 'note');
}

export function readDaemonSet(object: LocatedObject, classes: readonly PriorityClass[]): Read<DaemonSet> {
  const { value, findings } = read(object, daemonSetSchema);
  if (value === undefined) return { findings };
  const { uid, namespace, name, labels } = value.metadata;
  const { template, findings: notes } = templateOf(object, value.spec.template, classes);
  return {
    value: { uid: uid ?? `DaemonSet/${namespace}/${name}`, namespace, name, labels, template },
    findings: notes,
  };
}

function templateOf(
  object: LocatedObject,
  { metadata, spec: written }: Template,
  classes: readonly PriorityClass[],
): { readonly template: PodTemplate; readonly findings: Read<PodTemplate>['findings'] } {
  const { spec, findings } = withPriority(written, classes, noteUnder(object, ['spec', 'template', 'spec']));
  return { template: { ...metadata, spec }, findings };
}

const noteUnder = (object: LocatedObject, prefix: Path) => (path: Path, message: string) =>
  object.finding([...prefix, ...path], message, 'note');

/** A pod, and the claims that are made for it with it. */
export interface ReadPod {
  readonly pod: Pod;
  readonly claimTemplates: readonly ClaimTemplate[];
}

/**
 * Reads a Pod. One without a place and without a word from kube-scheduler counts as found unschedulable, because a
 * document is all there is to go by.
 */
export function readPod(object: LocatedObject, classes: readonly PriorityClass[]): Read<ReadPod> {
  const { value, findings } = read(object, pod);
  if (value === undefined) return { findings };
  const { metadata, status } = value;
  const { nodeName, ephemeralClaims: claimTemplates } = value.spec;
  const { namespace, name, labels, annotations, createdAtMs, deletionAtMs, owner } = metadata;
  const { spec, findings: notes } = withPriority(value.spec, classes, noteUnder(object, ['spec']));
  const ownClaims = claimTemplates.map((template) => claimName(template, name));
  const model: Pod = {
    uid: podUid(metadata.uid ?? `${namespace}/${name}`),
    namespace,
    name,
    labels,
    annotations,
    createdAtMs,
    spec: { ...spec, volumeClaims: [...spec.volumeClaims, ...ownClaims] },
    phase: status.phase ?? (nodeName === undefined ? 'Pending' : 'Running'),
    ...(owner === undefined ? {} : { owner }),
    ...(deletionAtMs === undefined ? {} : { deletionAtMs }),
    ...placeOf(status, nodeName),
  };
  return { value: { pod: model, claimTemplates }, findings: notes };
}

type PodStatus = z.output<typeof pod>['status'];

function placeOf(
  { nominatedNodeName, startTime, conditions }: PodStatus,
  nodeName: string | undefined,
): Pick<Pod, 'nodeName' | 'nominatedNodeName' | 'startedAtMs' | 'unschedulable'> {
  const unschedulable = nodeName === undefined ? unschedulableOf(conditions) : undefined;
  return {
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(nominatedNodeName === undefined || nominatedNodeName === '' ? {} : { nominatedNodeName }),
    ...(startTime === undefined ? {} : { startedAtMs: startTime }),
    ...(unschedulable === undefined ? {} : { unschedulable }),
  };
}

function unschedulableOf(conditions: PodStatus['conditions']): Pod['unschedulable'] {
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled === undefined) return { sinceMs: 0, message: NOT_SCHEDULED };
  if (scheduled.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  return { sinceMs: scheduled.lastTransitionTime, message: scheduled.message };
}

/** Stands for kube-scheduler's own message on pods that were never seen by one. */
export const NOT_SCHEDULED = 'no node has been looked for yet';

/** Name of the claim that a pod gets from a template. */
export const claimName = (template: ClaimTemplate, podName: string): string =>
  template.kind === 'stateful' ? `${template.name}-${podName}` : `${podName}-${template.name}`;
