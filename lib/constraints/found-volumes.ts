/**
 * Where claims of a class whose volumes nobody makes on request find one (`kubernetes.io/no-provisioner`). Which claim may
 * take which by size, access mode and selector is left to kube-scheduler, and so is that two cannot take the same.
 * Source: https://kubernetes.io/docs/concepts/storage/storage-classes/#local
 */
import type { NodeSelectorTerm } from '../model/affinity.ts';
import { LABEL } from '../model/labels.ts';
import type { Requirement } from '../model/requirement.ts';
import { compareText } from '../model/stable-json.ts';
import type { PersistentVolume, StorageClass } from '../model/volume.ts';

type Terms = readonly NodeSelectorTerm[];

/** An empty term selects nothing and is passed over; when all are empty, nothing is asked for. */
export const saysSomething = ({ matchExpressions }: NodeSelectorTerm): boolean => matchExpressions.length > 0;

/**
 * ORed terms, empty for anywhere; undefined where there is no volume and none to come. `known`: those of the class that are
 * there, free or taken. `bringing`: NodePools whose new nodes may bring volumes with them.
 */
export function foundTerms(
  storageClass: StorageClass,
  known: readonly PersistentVolume[],
  bringing: readonly string[],
): Terms | undefined {
  const free = known.filter(({ freeInClass }) => freeInClass !== undefined);
  const found = free.map(({ nodeAffinity }) => nodeAffinity.filter(saysSomething));
  if (found.some(({ length }) => length === 0)) return [];
  const terms = [...hostsTogether(found.flat()), ...broughtTerms(storageClass, known, bringing)];
  return terms.length === 0 ? undefined : terms;
}

/**
 * A DaemonSet such as the local static provisioner makes volumes of a new node's disks. So a node that is still to be
 * bought will have one, and so may a node that has had none of the class yet: a pod waits there, and no further node is
 * bought for it until that one has shown what it brings. Where a volume of the class is no directory of a host, people make
 * them, and no node brings one. Karpenter asks for the allowed topologies alone, whatever nodes there are.
 */
function broughtTerms(
  { allowedTopologies }: StorageClass,
  known: readonly PersistentVolume[],
  bringing: readonly string[],
): Terms {
  if (bringing.length === 0 || known.some(({ onHost }) => onHost !== true)) return [];
  const hosts = [...new Set(known.flatMap(({ nodeAffinity }) => nodeAffinity.flatMap(hostsIn)))];
  const unshown: Requirement = { key: LABEL.hostname, operator: 'NotIn', values: hosts.sort(compareText) };
  const asked: readonly Requirement[] = [
    { key: LABEL.nodePool, operator: 'In', values: bringing },
    ...(hosts.length === 0 ? [] : [unshown]),
  ];
  const allowed = allowedTopologies.filter(saysSomething);
  return (allowed.length === 0 ? [EMPTY] : allowed).map(({ matchExpressions, matchFields }) => ({
    matchExpressions: [...matchExpressions, ...asked],
    matchFields,
  }));
}

const EMPTY: NodeSelectorTerm = { matchExpressions: [], matchFields: [] };

const hostsIn = ({ matchExpressions }: NodeSelectorTerm): readonly string[] =>
  matchExpressions.flatMap(({ key, operator, values }) =>
    key === LABEL.hostname && operator === 'In' ? values : [],
  );

/** Volumes that say nothing but their host become one term: a class may have hundreds of them. */
function hostsTogether(terms: Terms): Terms {
  const alone = terms.filter(saysHostOnly);
  if (alone.length === 0) return terms;
  const values = [...new Set(alone.flatMap(hostsIn))].sort(compareText);
  return [
    { matchExpressions: [{ key: LABEL.hostname, operator: 'In', values }], matchFields: [] },
    ...terms.filter((term) => !saysHostOnly(term)),
  ];
}

const saysHostOnly = ({ matchExpressions: [only, ...others] }: NodeSelectorTerm): boolean =>
  only?.key === LABEL.hostname && only.operator === 'In' && others.length === 0;
