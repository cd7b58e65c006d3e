/**
 * The volume claims that pods will have in a cluster although no document holds them: those made from templates. Claims
 * without a class get the default one, as the API server gives it. Documents rarely bring their StorageClasses along, so
 * a class that is missing is taken as one that binds where its pod goes, and a note says so.
 */
import { type Pod, podKey } from '../model/pod.ts';
import { compareText } from '../model/stable-json.ts';
import type { PersistentVolumeClaim, StorageClass } from '../model/volume.ts';
import type { ClaimTemplate } from '../model/workload.ts';
import type { ReadStorageClass } from './cluster-objects.ts';
import { claimName } from './workloads.ts';

/** Name of the class that stands for a default class nobody wrote down. */
export const ASSUMED_DEFAULT_CLASS = 'default';

/** The claims that one pod gets from templates. */
export const claimsOfPod = (
  { namespace, name }: Pick<Pod, 'namespace' | 'name'>,
  templates: readonly ClaimTemplate[],
): PersistentVolumeClaim[] =>
  templates.map((template) => ({
    namespace,
    name: claimName(template, name),
    ...(template.storageClassName === undefined ? {} : { storageClassName: template.storageClassName }),
    phase: 'Pending',
  }));

export interface CompletedVolumes {
  readonly volumeClaims: readonly PersistentVolumeClaim[];
  readonly storageClasses: readonly StorageClass[];
  /** Names of the classes that were made up. */
  readonly assumed: readonly string[];
}

/** Written claims win over those from templates; unbound claims end up with a class that exists. */
export function completeVolumes(
  written: readonly PersistentVolumeClaim[],
  fromTemplates: readonly PersistentVolumeClaim[],
  classes: readonly ReadStorageClass[],
): CompletedVolumes {
  const defaultClass = defaultClassName(classes) ?? ASSUMED_DEFAULT_CLASS;
  const names = new Set(written.map(podKey));
  const volumeClaims = [...written, ...fromTemplates.filter((claim) => !names.has(podKey(claim)))].map(
    (claim) => (needsClass(claim) ? { ...claim, storageClassName: defaultClass } : claim),
  );
  const known = new Set(classes.map(({ storageClass }) => storageClass.name));
  const wanted = volumeClaims
    .filter(({ volumeName }) => volumeName === undefined)
    .flatMap(({ storageClassName }) => storageClassName ?? [])
    .filter((name) => name !== '' && !known.has(name));
  const assumed = [...new Set(wanted)];
  return {
    volumeClaims,
    storageClasses: [...classes.map(({ storageClass }) => storageClass), ...assumed.map(assumedClass)],
    assumed,
  };
}

/** Of several defaults the newest, then the first by name. Source: Kubernetes `pkg/volume/util/storageclass.go`. */
const defaultClassName = (classes: readonly ReadStorageClass[]): string | undefined =>
  classes
    .filter(({ isDefault }) => isDefault)
    .sort((a, b) => b.createdAtMs - a.createdAtMs || compareText(a.storageClass.name, b.storageClass.name))[0]
    ?.storageClass.name;

/** An empty class is a choice (no provisioning); only an absent one gets the default. */
const needsClass = ({ storageClassName, volumeName }: PersistentVolumeClaim): boolean =>
  storageClassName === undefined && volumeName === undefined;

const assumedClass = (name: string): StorageClass => ({
  name,
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowedTopologies: [],
});
