// Plugins VolumeBinding and NodeVolumeLimits.
// Sources: https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode,
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity and
// https://kubernetes.io/docs/concepts/storage/storage-limits/
import type { Pod } from '../../../lib/model/pod.ts';
import type { PersistentVolumeClaim } from '../../../lib/model/volume.ts';
import { podsHolding, type ReferenceCluster, type ReferenceNode, type ReferencePlugin } from './cluster.ts';
import { meets } from './node-affinity.ts';

export const volumeBinding: ReferencePlugin = (pod, node, cluster) => {
  for (const name of pod.spec.volumeClaims) {
    const claim = claimOf(pod, name, cluster);
    if (claim === undefined || !mayUse(claim, node, cluster)) return ['VolumeBinding'];
    if (claim.oncePod === true && isUsed(claim, pod, cluster)) return ['VolumeBinding'];
  }
  return [];
};

const claimOf = (pod: Pod, name: string, cluster: ReferenceCluster): PersistentVolumeClaim | undefined =>
  cluster.volumeClaims.find((claim) => claim.name === name && claim.namespace === pod.namespace);

/** Another pod anywhere keeps a ReadWriteOncePod claim to itself. */
const isUsed = (claim: PersistentVolumeClaim, pod: Pod, cluster: ReferenceCluster): boolean =>
  cluster.nodes
    .flatMap(podsHolding)
    .some(
      (other) =>
        other.uid !== pod.uid &&
        other.namespace === claim.namespace &&
        other.spec.volumeClaims.includes(claim.name),
    );

function mayUse(claim: PersistentVolumeClaim, node: ReferenceNode, cluster: ReferenceCluster): boolean {
  if (claim.deletionAtMs !== undefined || claim.phase === 'Lost') return false;
  if (claim.volumeName !== undefined) {
    const volume = cluster.volumes.find(({ name }) => name === claim.volumeName);
    if (volume === undefined || claim.phase !== 'Bound') return false;
    return volume.nodeAffinity.length === 0 || volume.nodeAffinity.some((term) => meets(term, node));
  }
  // A volume is made where the pod goes only in a class that waits for it.
  const storageClass = cluster.storageClasses.find(({ name }) => name === claim.storageClassName);
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return false;
  // No one makes volumes of this one: there must be a volume that nobody has taken.
  if (storageClass.provisioner === 'kubernetes.io/no-provisioner') {
    return cluster.volumes.some(
      ({ freeInClass, nodeAffinity }) =>
        freeInClass === storageClass.name &&
        (nodeAffinity.length === 0 || nodeAffinity.some((term) => meets(term, node))),
    );
  }
  const { allowedTopologies } = storageClass;
  return allowedTopologies.length === 0 || allowedTopologies.some((term) => meets(term, node));
}

/** Volumes of one driver that the node has, and those it would get; each counts once however many pods use it. */
export const nodeVolumeLimits: ReferencePlugin = (pod, node, cluster) => {
  const limits = cluster.csiNodes.find(({ nodeName }) => nodeName === node.name)?.limits ?? {};
  const there = new Set(podsHolding(node).flatMap((other) => attachments(other, cluster)));
  const added = attachments(pod, cluster).filter((volume) => !there.has(volume));
  for (const [driver, limit] of Object.entries(limits)) {
    const ofDriver = (volume: string): boolean => volume.startsWith(`${driver} `);
    const more = new Set(added.filter(ofDriver)).size;
    if (more > 0 && [...there].filter(ofDriver).length + more > limit) return ['NodeVolumeLimits'];
  }
  return [];
};

/** As `driver volume`. A claim without a volume yet stands for the one it will get. */
function attachments(pod: Pod, cluster: ReferenceCluster): string[] {
  return pod.spec.volumeClaims.flatMap((name) => {
    const claim = claimOf(pod, name, cluster);
    if (claim === undefined) return [];
    if (claim.volumeName !== undefined) {
      const driver = cluster.volumes.find((volume) => volume.name === claim.volumeName)?.csiDriver;
      return driver === undefined ? [] : [`${driver} ${claim.volumeName}`];
    }
    const storageClass = cluster.storageClasses.find((one) => one.name === claim.storageClassName);
    return storageClass === undefined ? [] : [`${storageClass.provisioner} ${pod.namespace}/${name}`];
  });
}
