/**
 * Sorts the objects of all files by kind and reads each into the model. Kinds are told apart by their API group and
 * kind, whatever the version: a wrong version of a kind that is read is that kind's problem to report.
 */

import type { Node } from '../model/node.ts';
import type { NodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { Namespace } from '../model/snapshot.ts';
import type { CsiNode, PersistentVolume, PersistentVolumeClaim } from '../model/volume.ts';
import type { DaemonSet } from '../model/workload.ts';
import { kindOf, wrongVersions } from './api-version.ts';
import { autoModeClasses, isAutoModeClass } from './auto-mode.ts';
import {
  type ReadStorageClass,
  readCsiNode,
  readNamespace,
  readNode,
  readStorageClass,
  readVolume,
  readVolumeClaim,
} from './cluster-objects.ts';
import type { Finding } from './finding.ts';
import type { Read } from './kit.ts';
import type { LocatedObject } from './located.ts';
import { readNodeClass } from './node-class.ts';
import { readNodePool } from './node-pool.ts';
import { type PriorityClass, readPriorityClass, SYSTEM_PRIORITY_CLASSES } from './priority.ts';
import { isSucceeded, succeededKinds } from './succeeded-kinds.ts';
import { READ_KINDS, unreadKinds } from './unread-kinds.ts';
import {
  type OwnedWorkload,
  type ReadPod,
  readCronJob,
  readDaemonSet,
  readJob,
  readPod,
  readReplicated,
} from './workloads.ts';

/** A value and the object it was read from. */
export interface Located<T> {
  readonly value: T;
  readonly object: LocatedObject;
}

/** What was read, by kind, in the order of the input. */
export interface Collected {
  readonly nodePools: readonly Located<NodePool>[];
  readonly nodeClasses: readonly Located<NodeClass>[];
  readonly workloads: readonly Located<OwnedWorkload>[];
  readonly daemonSets: readonly Located<DaemonSet>[];
  readonly pods: readonly Located<ReadPod>[];
  readonly nodes: readonly Located<Node>[];
  readonly namespaces: readonly Located<Namespace>[];
  readonly volumeClaims: readonly Located<PersistentVolumeClaim>[];
  readonly volumes: readonly Located<PersistentVolume>[];
  readonly storageClasses: readonly Located<ReadStorageClass>[];
  readonly csiNodes: readonly Located<CsiNode>[];
  readonly findings: readonly Finding[];
}

export function collect(objects: readonly LocatedObject[]): Collected {
  const findings: Finding[] = [];
  const of = <T>(kind: string, reader: (object: LocatedObject) => Read<T>): Located<T>[] =>
    objects
      .filter((object) => kindOf(object) === kind)
      .flatMap((object) => {
        const result = reader(object);
        findings.push(...result.findings);
        return result.value === undefined ? [] : [{ value: result.value, object }];
      });
  const priorities = of('scheduling.k8s.io/PriorityClass', readPriorityClass);
  const classes: readonly PriorityClass[] = [
    ...SYSTEM_PRIORITY_CLASSES,
    ...priorities.map(({ value }) => value),
  ];
  const replicated = (kind: Parameters<typeof readReplicated>[1], group: string) =>
    of(`${group}/${kind}`, (object) => readReplicated(object, kind, classes));
  const collected = {
    nodePools: of('karpenter.sh/NodePool', readNodePool),
    nodeClasses: of('karpenter.k8s.aws/EC2NodeClass', readNodeClass),
    workloads: [
      ...replicated('Deployment', 'apps'),
      ...replicated('StatefulSet', 'apps'),
      ...replicated('ReplicaSet', 'apps'),
      ...replicated('ReplicationController', ''),
      ...of('batch/Job', (object) => readJob(object, classes)),
    ],
    daemonSets: of('apps/DaemonSet', (object) => readDaemonSet(object, classes)),
    pods: of('/Pod', (object) => readPod(object, classes)),
    nodes: of('/Node', readNode),
    namespaces: of('/Namespace', readNamespace),
    volumeClaims: of('/PersistentVolumeClaim', readVolumeClaim),
    volumes: of('/PersistentVolume', readVolume),
    storageClasses: of('storage.k8s.io/StorageClass', readStorageClass),
    csiNodes: of('storage.k8s.io/CSINode', readCsiNode),
  };
  of('batch/CronJob', readCronJob);
  return {
    ...collected,
    findings: [
      ...findings,
      ...wrongVersions(objects),
      ...succeededKinds(objects),
      ...autoModeClasses(objects),
      ...unreadKinds(objects.filter(isUnread)),
    ],
  };
}

export const isReadKind = (object: LocatedObject): boolean => READ_KINDS.includes(kindOf(object));

const isUnread = (object: LocatedObject): boolean =>
  !isReadKind(object) && !isSucceeded(object) && !isAutoModeClass(object);
