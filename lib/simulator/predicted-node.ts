// The Node that an instance becomes in a simulation: exactly what the catalogue says of its type.
import type { NewNode } from '../adapters/memory/kube-api.ts';
import { LABEL, TAG, TAINT } from '../model/labels.ts';
import type { Instance } from '../ports/fleet.ts';
import type { Environment } from './environment.ts';
import type { Scenario } from './scenario.ts';

export function predictedNode(
  environment: Environment,
  scenario: Scenario,
  instance: Instance,
  number: number,
): Omit<NewNode, 'ready'> {
  const poolName = instance.tags[TAG.nodePool] ?? '';
  const instanceType = environment.typesOfPool.get(poolName)?.get(instance.instanceType);
  const pool = scenario.nodePools.find(({ name }) => name === poolName);
  if (instanceType === undefined || pool === undefined) {
    throw new Error(
      `instance ${instance.instanceId} of type ${instance.instanceType} is of no known NodePool`,
    );
  }
  const { region } = scenario.cluster;
  const name = `ip-10-0-${Math.floor(number / 250)}-${(number % 250) + 1}.${domainOf(region)}`;
  return {
    name,
    labels: {
      ...instanceType.labels,
      ...pool.template.labels,
      [LABEL.nodePool]: pool.name,
      [LABEL.nodeClass]: pool.template.nodeClass,
      [LABEL.hostname]: name,
      [LABEL.instanceType]: instance.instanceType,
      [LABEL.zone]: instance.zone,
      [LABEL.region]: region,
    },
    annotations: {},
    taints: [{ key: TAINT.starting, effect: 'NoSchedule' }],
    unschedulable: false,
    providerId: `aws:///${instance.zone}/${instance.instanceId}`,
    capacity: instanceType.capacity,
    allocatable: instanceType.allocatable,
  };
}

const domainOf = (region: string): string =>
  region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
