// From an instance of the local EC2 to the Node that its kubelet registers in the local cluster.
import { nodeOf } from '../../lib/adapters/kube/decode/node.ts';
import type { NewNode } from '../../lib/adapters/memory/kube-api.ts';
import type { TypeFacts } from '../../lib/catalog/catalogue.ts';
import type { Start } from '../../lib/local/ec2/account.ts';
import { type Joining, joiningNode } from '../../lib/local/joining-node.ts';
import type { Instance } from '../../lib/ports/fleet.ts';
import { KUBERNETES_VERSION } from './account.ts';

export interface Place {
  readonly region: string;
  readonly zoneId: string;
  readonly type: TypeFacts;
  readonly nowMs: number;
}

/** Device plugins run as soon as the node is there. */
export function joining(instance: Instance, { template, privateIpAddress }: Start, place: Place): Joining {
  const { type, nowMs, region, zoneId } = place;
  const userData = template.data.text('UserData');
  return joiningNode({
    instance: { instanceId: instance.instanceId, zone: instance.zone, zoneId, region, privateIpAddress },
    ...{ type, nowMs, kubernetesVersion: KUBERNETES_VERSION, devices: true },
    ...(userData === undefined ? {} : { userDataBase64: userData }),
    blockDevices: template.data.parts('BlockDeviceMapping').flatMap((mapping) => {
      const sizeGib = Number(mapping.part('Ebs').text('VolumeSize'));
      return sizeGib > 0 ? [{ deviceName: mapping.text('DeviceName') ?? '', sizeGib }] : [];
    }),
  });
}

/** As the API of this process keeps it: what the server sets by itself is left out. */
export function newNode({ node }: Extract<Joining, { joins: true }>): Omit<NewNode, 'ready'> {
  const metadata = {
    ...node.metadata,
    uid: '',
    resourceVersion: '',
    creationTimestamp: '1970-01-01T00:00:00Z',
  };
  const { name, labels, annotations, taints, unschedulable, providerId, capacity, allocatable } = nodeOf({
    ...node,
    metadata,
  });
  return { name, labels, annotations, taints, unschedulable, providerId, capacity, allocatable };
}
