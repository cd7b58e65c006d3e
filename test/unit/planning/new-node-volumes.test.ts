import { describe, expect, it } from 'vitest';
import { EmbeddedCatalog, offlineNodeClass } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import {
  aClusterState,
  aNodePool,
  aPod,
  aProvisioningInput,
  aStorageClass,
  aVolumeClaim,
} from '../../support/builders.ts';
import { aNodeClass } from '../../support/memory-documents.ts';

const catalog = new EmbeddedCatalog('us-east-1');

/** Pods per new node of this type, for so many small pods with a volume each. */
async function podsPerNode(instanceType: string, count: number, provisioner?: string): Promise<number[]> {
  const nodeClass = aNodeClass({ kubelet: { ...aNodeClass().kubelet, maxPods: 110 } });
  const types = await catalog.instanceTypes(nodeClass, offlineNodeClass(nodeClass, catalog.market));
  const names = Array.from({ length: count }, (_, index) => `data-${index}`);
  const plan = planProvisioning(
    aProvisioningInput({
      pods: names.map((name) =>
        aPod({ name, cpuMillicores: 1, memoryBytes: 1, spec: { volumeClaims: [name] } }),
      ),
      cluster: aClusterState({
        volumeClaims: names.map((name) => aVolumeClaim({ name })),
        storageClasses: [aStorageClass(provisioner === undefined ? {} : { provisioner })],
      }),
      nodePools: [
        aNodePool({
          template: { requirements: [{ key: LABEL.instanceType, operator: 'In', values: [instanceType] }] },
        }),
      ],
      instanceTypes: { default: types },
    }),
  );
  expect(plan.unschedulable).toEqual([]);
  return plan.nodes.map(({ pods }) => pods.length).sort((a, b) => b - a);
}

describe('volumes on nodes that do not exist yet', () => {
  it('are no more than the type will attach', async () => {
    expect(await podsPerNode('m5.large', 60)).toEqual([26, 26, 8]);
    expect(await podsPerNode('m7i.xlarge', 60)).toEqual([31, 29]);
  });

  it('count for the EBS driver when their class names the plugin that it replaced', async () => {
    expect(await podsPerNode('m5.large', 27, 'kubernetes.io/aws-ebs')).toEqual([26, 1]);
  });

  it('of other drivers have no limit that is known', async () => {
    expect(await podsPerNode('m5.large', 60, 'efs.csi.aws.com')).toEqual([60]);
  });
});
