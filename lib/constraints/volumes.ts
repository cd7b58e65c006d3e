/**
 * Where a pod's volumes let it run, and what they attach there.
 * Source: karpenter `scheduling/volumetopology.go` and `scheduling/volumeusage.go`; Kubernetes' scheduler plugins
 * `volumebinding`, `volumerestrictions` and `nodevolumelimits`.
 */
import type { NodeSelectorTerm } from '../model/affinity.ts';
import { groupBy } from '../model/group-by.ts';
import { LABEL } from '../model/labels.ts';
import { isTerminal, type Pod, podKey } from '../model/pod.ts';
import type { ClusterState } from '../model/snapshot.ts';
import { compareText, stableJson } from '../model/stable-json.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../model/volume.ts';
import { foundTerms, saysSomething } from './found-volumes.ts';
import {
  areContradictory,
  intersectRequirements,
  type Requirements,
  requirementsOf,
} from './requirements.ts';

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Alternatives of one pod; volumes with many allowed topologies multiply, and each one is tried in turn. */
const MAX_ALTERNATIVES = 64;

/** The lists are indexed once and must not change afterwards. Without pods, a claim for one pod at a time is free. */
export type VolumeState = Pick<ClusterState, 'volumeClaims' | 'volumes' | 'storageClasses'> &
  Partial<Pick<ClusterState, 'pods'>>;

type Claimant = Pick<Pod, 'namespace' | 'spec'> & Partial<Pick<Pod, 'uid'>>;

/** One volume a pod attaches: `handle` is the volume's, or the claim's while it has none. */
export interface VolumeUse {
  readonly driver: string;
  readonly handle: string;
}

export type VolumePlaces =
  | {
      readonly kind: 'places';
      /** ORed, in order; never empty. One empty alternative means anywhere. */
      readonly alternatives: readonly Requirements[];
      readonly uses: readonly VolumeUse[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The requirements that a pod's volumes put on its node: the cross product of every volume's own alternatives, without
 * those that contradict themselves. A claim that cannot be used yet refuses the pod, with the reason.
 *
 * `bringing` are NodePools whose new nodes may bring volumes of their own disks with them. Without any, the answer is what
 * kube-scheduler says of nodes that are there.
 */
export function volumePlaces(
  pod: Claimant,
  state: VolumeState,
  bringing: readonly string[] = [],
): VolumePlaces {
  let alternatives: readonly Requirements[] = [new Map()];
  for (const name of pod.spec.volumeClaims) {
    const claim = claimNamed(state.volumeClaims, `${pod.namespace}/${name}`);
    if (claim === undefined) return refused(`persistentvolumeclaim "${name}" not found`);
    const user = claim.oncePod ? otherUser(claim, pod, state) : undefined;
    if (user !== undefined) {
      return refused(`persistentvolumeclaim "${name}" is ReadWriteOncePod and in use by pod "${user.name}"`);
    }
    const place = claimPlace(claim, state, bringing);
    if (place.kind === 'refused') return place;
    alternatives = product(alternatives, place.terms);
    if (alternatives.length === 0) {
      return refused(`its volumes exclude each other: none of ${name}'s places is one of the other volumes'`);
    }
    if (alternatives.length > MAX_ALTERNATIVES) {
      return refused(`its volumes have more than ${MAX_ALTERNATIVES} combinations of places`);
    }
  }
  return { kind: 'places', alternatives, uses: volumeUses(pod, state) };
}

/**
 * What the pod attaches on its node, in the order of its claims. A pod that runs attaches its volumes even when its claims
 * are being deleted and would refuse a new one.
 */
export const volumeUses = (pod: Claimant, state: VolumeState): VolumeUse[] =>
  pod.spec.volumeClaims.flatMap((name) => {
    const claim = claimNamed(state.volumeClaims, `${pod.namespace}/${name}`);
    return (claim && useOf(claim, state)) ?? [];
  });

function useOf(claim: PersistentVolumeClaim, state: VolumeState): VolumeUse | undefined {
  if (claim.volumeName !== undefined) {
    const volume = volumeNamed(state.volumes, claim.volumeName);
    if (volume?.csiDriver === undefined) return undefined;
    return { driver: volume.csiDriver, handle: volume.csiHandle ?? volume.name };
  }
  const storageClass = classNamed(state.storageClasses, claim.storageClassName ?? '');
  return storageClass && { driver: csiDriverOf(storageClass.provisioner), handle: podKey(claim) };
}

/** Kubernetes reads its in-tree EBS plugin, EKS's old default class included, as the CSI driver ("CSI migration"). */
const csiDriverOf = (provisioner: string): string =>
  provisioner === 'kubernetes.io/aws-ebs' ? 'ebs.csi.aws.com' : provisioner;

type ClaimPlace =
  | { readonly kind: 'place'; readonly terms: readonly NodeSelectorTerm[] }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): { kind: 'refused'; reason: string } => ({ kind: 'refused', reason });

function claimPlace(
  claim: PersistentVolumeClaim,
  state: VolumeState,
  bringing: readonly string[],
): ClaimPlace {
  const named = `persistentvolumeclaim "${claim.name}"`;
  if (claim.deletionAtMs !== undefined) return refused(`${named} is being deleted`);
  if (claim.phase === 'Lost') return refused(`${named} is lost: its bound volume no longer exists`);
  if (claim.volumeName !== undefined) return boundPlace(claim, claim.volumeName, state);
  if (claim.storageClassName === undefined || claim.storageClassName === '') {
    return refused(`${named} is unbound and names no storage class`);
  }
  const storageClass = classNamed(state.storageClasses, claim.storageClassName);
  if (storageClass === undefined) {
    return refused(`${named}: storageclass "${claim.storageClassName}" not found`);
  }
  if (storageClass.volumeBindingMode === 'Immediate') {
    return refused(`${named} is unbound and its storage class "${storageClass.name}" binds immediately`);
  }
  if (storageClass.provisioner === NO_PROVISIONER) return foundPlace(claim, storageClass, state, bringing);
  return { kind: 'place', terms: storageClass.allowedTopologies.filter(saysSomething) };
}

function foundPlace(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  state: VolumeState,
  bringing: readonly string[],
): ClaimPlace {
  const terms = foundTerms(storageClass, volumesOf(storageClass, state), bringing);
  if (terms !== undefined) return { kind: 'place', terms };
  return refused(
    `persistentvolumeclaim "${claim.name}" is unbound, nobody makes volumes of its storage class "${storageClass.name}" and none is free`,
  );
}

/** Those of the class that are there, free or taken. One that its claim gave up is of no class that we know. */
function volumesOf(
  { name }: StorageClass,
  { volumes, volumeClaims }: VolumeState,
): readonly PersistentVolume[] {
  let known = volumesByClass.get(volumes);
  if (known?.volumeClaims !== volumeClaims) {
    const classOf = (volume: PersistentVolume): string | undefined =>
      volume.freeInClass ?? claimOfVolume(volumeClaims, volume.name)?.storageClassName;
    const present = volumes.filter(({ deletionAtMs }) => deletionAtMs === undefined);
    known = { volumeClaims, byClass: groupBy(present, classOf) };
    volumesByClass.set(volumes, known);
  }
  return known.byClass.get(name) ?? [];
}

const volumesByClass = new WeakMap<
  VolumeState['volumes'],
  {
    readonly volumeClaims: VolumeState['volumeClaims'];
    readonly byClass: ReadonlyMap<string, readonly PersistentVolume[]>;
  }
>();

function boundPlace(claim: PersistentVolumeClaim, volumeName: string, state: VolumeState): ClaimPlace {
  const named = `persistentvolumeclaim "${claim.name}"`;
  if (claim.phase !== 'Bound') return refused(`${named} waits for its volume "${volumeName}" to be bound`);
  const volume = volumeNamed(state.volumes, volumeName);
  if (volume === undefined) return refused(`${named}: persistentvolume "${volumeName}" not found`);
  if (volume.deletionAtMs !== undefined) {
    return refused(`${named}: persistentvolume "${volumeName}" is being deleted`);
  }
  const terms = volume.nodeAffinity.filter(saysSomething);
  return { kind: 'place', terms: volume.onHost ? terms.map(withoutHost) : terms };
}

/**
 * A directory of one host names its host. Like Karpenter, we leave that out: no node that is still to be bought has the
 * name, so that with it the pods of a vanished or leaving host could never be planned elsewhere, where whoever owns the
 * data (a local-volume provisioner, most often) makes the volume anew.
 */
const withoutHost = (term: NodeSelectorTerm): NodeSelectorTerm => ({
  ...term,
  matchExpressions: term.matchExpressions.filter(({ key }) => key !== LABEL.hostname),
});

/** Another pod that holds the claim on a node. kube-scheduler places nobody beside it, wherever there is room. */
function otherUser(claim: PersistentVolumeClaim, pod: Claimant, { pods = [] }: VolumeState): Pod | undefined {
  let users = usersByClaim.get(pods);
  if (users === undefined) {
    users = boundUsers(pods);
    usersByClaim.set(pods, users);
  }
  return users.get(podKey(claim))?.find(({ uid }) => uid !== pod.uid);
}

const usersByClaim = new WeakMap<readonly Pod[], ReadonlyMap<string, readonly Pod[]>>();

function boundUsers(pods: readonly Pod[]): Map<string, Pod[]> {
  const users = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (pod.nodeName === undefined || isTerminal(pod)) continue;
    for (const name of pod.spec.volumeClaims) {
      const key = `${pod.namespace}/${name}`;
      const known = users.get(key);
      if (known === undefined) users.set(key, [pod]);
      else known.push(pod);
    }
  }
  return users;
}

const claimNamed = indexedBy<PersistentVolumeClaim>(podKey);
const claimOfVolume = indexedBy<PersistentVolumeClaim>(({ volumeName = '' }) => volumeName);
const volumeNamed = indexedBy<PersistentVolume>(({ name }) => name);
const classNamed = indexedBy<StorageClass>(({ name }) => name);

/** Looks up by key in lists that are indexed when they are first asked: thousands of pods ask the same ones. */
function indexedBy<T>(keyOf: (value: T) => string): (list: readonly T[], key: string) => T | undefined {
  const indexes = new WeakMap<readonly T[], ReadonlyMap<string, T>>();
  return (list, key) => {
    let index = indexes.get(list);
    if (index === undefined) {
      index = new Map(list.map((value) => [keyOf(value), value]));
      indexes.set(list, index);
    }
    return index.get(key);
  };
}

/** Every pair ANDed; equal and impossible results are left out, so that three zones stay three alternatives. */
function product(
  alternatives: readonly Requirements[],
  terms: readonly NodeSelectorTerm[],
): readonly Requirements[] {
  if (terms.length === 0) return alternatives;
  const results = new Map<string, Requirements>();
  for (const alternative of alternatives) {
    for (const term of terms) {
      const both = intersectRequirements(alternative, requirementsOf(term.matchExpressions));
      if (!areContradictory(both)) results.set(identity(both), both);
    }
  }
  return [...results.values()];
}

const identity = (requirements: Requirements): string =>
  stableJson(
    [...requirements]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, domain]) => [key, { ...domain, values: [...domain.values].sort(compareText) }]),
  );
