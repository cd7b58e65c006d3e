// The cluster that workloads are planned on: nothing runs but four DaemonSets, one NodePool of current c, m and r types on
// demand in three zones of the embedded catalogue. Prices and types are those that users plan with offline.
import { EmbeddedCatalog, offlineNodeClass } from '../../lib/adapters/memory/embedded-catalog.ts';
import { resolveInstanceTypes } from '../../lib/catalog/instance-types.ts';
import { DEFAULT_NODE_CLASS, DEFAULT_NODE_POOL } from '../../lib/config/defaults.ts';
import type { NodePool } from '../../lib/model/node-pool.ts';
import type { InstanceType } from '../../lib/model/offering.ts';
import { aClusterState, aDaemonSet, aProvisioningInput, MIB, ZONES } from '../../test/support/builders.ts';
import type { PodSet, Workload } from './workload.ts';

/** 280m, 376 MiB and 4 pods of every node. */
const DAEMON_SETS = [
  { name: 'aws-node', cpuMillicores: 50, memoryMib: 0 },
  { name: 'kube-proxy', cpuMillicores: 100, memoryMib: 0 },
  { name: 'ebs-csi-node', cpuMillicores: 30, memoryMib: 120 },
  { name: 'logs', cpuMillicores: 100, memoryMib: 256 },
] as const;

/** The same pods twice: on nodes of 32 vCPU at most, and on nodes of any size. */
export function onBothPools(sets: readonly PodSet[]): Workload[] {
  const types = embeddedTypes();
  const daemonSets = DAEMON_SETS.map(({ name, cpuMillicores, memoryMib }) =>
    aDaemonSet({ name, cpuMillicores, memoryBytes: memoryMib * MIB }),
  );
  return sets.flatMap(({ name, family, pods, cluster }) =>
    [true, false].map((isCapped) => ({
      name: `${name}, ${isCapped ? 'at most 32 vCPU' : 'any size'}`,
      family,
      isCapped,
      input: aProvisioningInput({
        pods,
        cluster: { ...(cluster ?? aClusterState()), daemonSets },
        nodePools: [isCapped ? CAPPED_POOL : DEFAULT_NODE_POOL],
        instanceTypes: { [DEFAULT_NODE_POOL.name]: types },
      }),
    })),
  );
}

const CAPPED_POOL: NodePool = {
  ...DEFAULT_NODE_POOL,
  template: {
    ...DEFAULT_NODE_POOL.template,
    requirements: [
      ...DEFAULT_NODE_POOL.template.requirements,
      { key: 'karpenter.k8s.aws/instance-cpu', operator: 'Lt', values: ['33'] },
    ],
  },
};

function embeddedTypes(): readonly InstanceType[] {
  const { types, market } = new EmbeddedCatalog('us-east-1');
  const zones = ZONES.map(({ zone }) => zone);
  const nodeClass = offlineNodeClass(DEFAULT_NODE_CLASS, market, zones);
  return resolveInstanceTypes(types, market, DEFAULT_NODE_CLASS, nodeClass);
}
