/**
 * What happens in instances: a started one boots and its kubelet registers a node at the real API server, and an ended
 * one's node is deleted by the cloud controller.
 */
import { systemClock } from '../../../lib/adapters/system/clock.ts';
import type { Start } from '../../../lib/local/ec2/account.ts';
import { joiningNode } from '../../../lib/local/joining-node.ts';
import type { Instance } from '../../../lib/ports/fleet.ts';
import { REGION } from '../aws/ministack.ts';
import type { KubeClient, Manifest } from '../lane/kube-client.ts';
import { joinKwokNode, type KwokNode } from '../lane/kwok-node.ts';
import { KUBERNETES, type LaneAccount } from './account.ts';

/** A real node takes 20 to 60 s; what the lane measures ends before. */
const BOOT_MS = 2_000;
const READY_MS = 1_000;

const EBS = { name: 'ebs.csi.aws.com', topologyKeys: ['topology.kubernetes.io/zone'], volumeLimit: 26 };

export interface KubeletsDeps {
  readonly account: () => LaneAccount;
  readonly admin: KubeClient;
  readonly say: (line: string) => void;
}

export class Kubelets {
  readonly #deps: KubeletsDeps;
  readonly #nodes = new Map<string, KwokNode>();
  /** Instances that started and never joined, with why. */
  readonly refused: string[] = [];

  constructor(deps: KubeletsDeps) {
    this.#deps = deps;
  }

  onInstance(instance: Instance, start: Start | undefined): void {
    const done =
      instance.state === 'running'
        ? this.#boot(instance, start)
        : instance.state === 'terminated'
          ? this.#end(instance)
          : undefined;
    done?.catch((error: unknown) => this.#note(instance, String(error)));
  }

  async #end({ instanceId }: Instance): Promise<void> {
    const node = this.#nodes.get(instanceId);
    this.#nodes.delete(instanceId);
    await node?.end();
  }

  async #boot(instance: Instance, start: Start | undefined): Promise<void> {
    await systemClock.sleep(BOOT_MS);
    const account = this.#deps.account();
    if (account.ec2.instance(instance.instanceId)?.state !== 'running') return;
    const joining = joiningNode(joiningInput(account, instance, start));
    if (!joining.joins) {
      this.#note(instance, joining.why);
      return;
    }
    const node = joining.node as unknown as Manifest;
    const { admin } = this.#deps;
    const joined = await joinKwokNode({ admin, node, readyAfterMs: READY_MS, csiDrivers: [EBS] });
    this.#nodes.set(instance.instanceId, joined);
    // It may have ended while it joined.
    if (account.ec2.instance(instance.instanceId)?.state === 'terminated') await this.#end(instance);
  }

  #note({ instanceId }: Instance, why: string): void {
    this.refused.push(`${instanceId}: ${why}`);
    this.#deps.say(`instance ${instanceId} did not join: ${why}`);
  }
}

function joiningInput({ catalog }: LaneAccount, instance: Instance, start: Start | undefined) {
  const type = catalog.types.find(({ name }) => name === instance.instanceType);
  if (start === undefined || type === undefined) throw new Error('it was not started by CreateFleet');
  const { data } = start.template;
  const userDataBase64 = data.text('UserData');
  return {
    instance: {
      instanceId: instance.instanceId,
      zone: instance.zone,
      zoneId: catalog.market.zones.find(({ name }) => name === instance.zone)?.id ?? '',
      region: REGION,
      privateIpAddress: start.privateIpAddress,
    },
    type,
    ...(userDataBase64 === undefined ? {} : { userDataBase64 }),
    blockDevices: data.parts('BlockDeviceMapping').map((device) => ({
      deviceName: device.required('DeviceName'),
      sizeGib: Number(device.part('Ebs').text('VolumeSize') ?? 0),
    })),
    kubernetesVersion: KUBERNETES,
    devices: false,
    nowMs: Date.now(),
  };
}
