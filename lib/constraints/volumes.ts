// Where a pod's volumes let it run. Source: karpenter `scheduling/volumetopology.go`, Kubernetes `volumebinding` plugin.
import type { NodeSelectorTerm } from '../model/affinity.ts';
import type { Pod } from '../model/pod.ts';
import type { ClusterState } from '../model/snapshot.ts';
import { compareText, stableJson } from '../model/stable-json.ts';
import type { PersistentVolumeClaim } from '../model/volume.ts';
import {
  areContradictory,
  intersectRequirements,
  type Requirements,
  requirementsOf,
} from './requirements.ts';

/** Alternatives of one pod; volumes with many allowed topologies multiply, and each one is tried in turn. */
const MAX_ALTERNATIVES = 64;

export type VolumeState = Pick<ClusterState, 'volumeClaims' | 'volumes' | 'storageClasses'>;

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
 */
export function volumePlaces(pod: Pick<Pod, 'namespace' | 'spec'>, state: VolumeState): VolumePlaces {
  let alternatives: readonly Requirements[] = [new Map()];
  const uses: VolumeUse[] = [];
  for (const name of pod.spec.volumeClaims) {
    const claim = state.volumeClaims.find(
      (candidate) => candidate.name === name && candidate.namespace === pod.namespace,
    );
    const place = claim === undefined ? missing(name) : claimPlace(claim, state);
    if (place.kind === 'refused') return place;
    if (place.use !== undefined) uses.push(place.use);
    alternatives = product(alternatives, place.terms);
    if (alternatives.length === 0) {
      return refused(`its volumes exclude each other: none of ${name}'s places is one of the other volumes'`);
    }
    if (alternatives.length > MAX_ALTERNATIVES) {
      return refused(`its volumes have more than ${MAX_ALTERNATIVES} combinations of places`);
    }
  }
  return { kind: 'places', alternatives, uses };
}

type ClaimPlace =
  | { readonly kind: 'place'; readonly terms: readonly NodeSelectorTerm[]; readonly use?: VolumeUse }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): { kind: 'refused'; reason: string } => ({ kind: 'refused', reason });
const missing = (name: string): ClaimPlace => refused(`persistentvolumeclaim "${name}" not found`);

function claimPlace(claim: PersistentVolumeClaim, state: VolumeState): ClaimPlace {
  const named = `persistentvolumeclaim "${claim.name}"`;
  if (claim.deletionAtMs !== undefined) return refused(`${named} is being deleted`);
  if (claim.phase === 'Lost') return refused(`${named} is lost: its bound volume no longer exists`);
  if (claim.volumeName !== undefined) return boundPlace(claim, claim.volumeName, state);
  if (claim.storageClassName === undefined || claim.storageClassName === '') {
    return refused(`${named} is unbound and names no storage class`);
  }
  const storageClass = state.storageClasses.find(({ name }) => name === claim.storageClassName);
  if (storageClass === undefined) {
    return refused(`${named}: storageclass "${claim.storageClassName}" not found`);
  }
  if (storageClass.volumeBindingMode === 'Immediate') {
    return refused(`${named} is unbound and its storage class "${storageClass.name}" binds immediately`);
  }
  const handle = `${claim.namespace}/${claim.name}`;
  return {
    kind: 'place',
    terms: storageClass.allowedTopologies,
    use: { driver: storageClass.provisioner, handle },
  };
}

function boundPlace(claim: PersistentVolumeClaim, volumeName: string, state: VolumeState): ClaimPlace {
  const named = `persistentvolumeclaim "${claim.name}"`;
  if (claim.phase !== 'Bound') return refused(`${named} waits for its volume "${volumeName}" to be bound`);
  const volume = state.volumes.find(({ name }) => name === volumeName);
  if (volume === undefined) return refused(`${named}: persistentvolume "${volumeName}" not found`);
  if (volume.deletionAtMs !== undefined) {
    return refused(`${named}: persistentvolume "${volumeName}" is being deleted`);
  }
  return {
    kind: 'place',
    terms: volume.nodeAffinity,
    ...(volume.csiDriver === undefined ? {} : { use: { driver: volume.csiDriver, handle: volume.name } }),
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
