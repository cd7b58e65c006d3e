// All plugins, in kube-scheduler's order.
import type { Pod } from '../../../lib/model/pod.ts';
import type { ReferenceCluster, ReferenceNode } from './cluster.ts';
import { nodeAffinity } from './node-affinity.ts';
import { nodePorts, nodeResourcesFit } from './node-resources.ts';
import { podAffinity } from './pod-affinity.ts';
import { nodeUnschedulable, taintToleration } from './taints.ts';
import { topologySpread } from './topology-spread.ts';
import { nodeVolumeLimits, volumeBinding } from './volumes.ts';

const PLUGINS = [
  nodeUnschedulable,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeBinding,
  topologySpread,
  podAffinity,
];

/** Every plugin but the volume limits, which lib/constraints leaves to planning. Each reason begins with its plugin. */
export const referenceFailures = (pod: Pod, node: ReferenceNode, cluster: ReferenceCluster): string[] =>
  PLUGINS.flatMap((plugin) => plugin(pod, node, cluster));

/** All plugins of kube-scheduler. */
export const referenceFits = (pod: Pod, node: ReferenceNode, cluster: ReferenceCluster): boolean =>
  [...PLUGINS, nodeVolumeLimits].every((plugin) => plugin(pod, node, cluster).length === 0);
