// What really happened, as the API server and EC2 know it: the evidence that checkers and the summary judge by. Nothing
// here comes from the control code.

import type { Ec2 } from '../adapters/memory/ec2.ts';
import type { KubeApi } from '../adapters/memory/kube-api.ts';
import type { InstanceId, PodUid } from '../model/ids.ts';
import { instanceIdOfProviderId, type Node } from '../model/node.ts';
import { isDaemonSetPod, isTerminal, type Pod, podKey } from '../model/pod.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface PodFact {
  readonly uid: PodUid;
  readonly key: string;
  readonly ofDaemonSet: boolean;
  readonly createdAtMs: number;
  readonly cpuMillicores: number;
  boundAtMs?: number;
  nodeName?: string;
  startedAtMs?: number;
  /** It ran to its end. */
  endedAtMs?: number;
  deletedAtMs?: number;
}

export interface InstanceFact {
  readonly instanceId: InstanceId;
  readonly launchedAtMs: number;
  runningAtMs?: number;
  /** Start of its end: shutting down, or gone without that. */
  endedAtMs?: number;
  nodeName?: string;
  nodeReadyAtMs?: number;
}

export class Facts {
  readonly pods = new Map<PodUid, PodFact>();
  readonly instances = new Map<InstanceId, InstanceFact>();
  readonly #time: VirtualTime;

  constructor(time: VirtualTime, api: KubeApi, ec2: Ec2) {
    this.#time = time;
    api.subscribe((change) => {
      if (change.list === 'pods') {
        if (change.type === 'put') this.#seePod(change.value);
        else this.#seePodGone(change.key as PodUid);
      } else if (change.list === 'nodes' && change.type === 'put') {
        this.#seeNode(change.value);
      }
    });
    ec2.subscribe(({ instance, atMs }) => {
      const fact = this.instances.get(instance.instanceId) ?? {
        instanceId: instance.instanceId,
        launchedAtMs: atMs,
      };
      this.instances.set(instance.instanceId, fact);
      if (instance.state === 'running') fact.runningAtMs ??= atMs;
      else if (instance.state !== 'pending') fact.endedAtMs ??= atMs;
    });
  }

  #seePod(pod: Pod): void {
    const fact = this.pods.get(pod.uid) ?? this.#newPod(pod);
    if (pod.nodeName !== undefined && fact.boundAtMs === undefined) {
      fact.boundAtMs = this.#time.nowMs();
      fact.nodeName = pod.nodeName;
    }
    if (pod.startedAtMs !== undefined) fact.startedAtMs ??= pod.startedAtMs;
    if (isTerminal(pod)) fact.endedAtMs ??= this.#time.nowMs();
  }

  #newPod(pod: Pod): PodFact {
    const fact: PodFact = {
      uid: pod.uid,
      key: podKey(pod),
      ofDaemonSet: isDaemonSetPod(pod),
      createdAtMs: pod.createdAtMs,
      cpuMillicores: pod.spec.requests['cpu'] ?? 0,
    };
    this.pods.set(pod.uid, fact);
    return fact;
  }

  #seePodGone(uid: PodUid): void {
    const fact = this.pods.get(uid);
    if (fact !== undefined) fact.deletedAtMs = this.#time.nowMs();
  }

  #seeNode(node: Node): void {
    const fact = this.instances.get(instanceIdOfProviderId(node.providerId) as InstanceId);
    if (fact === undefined) return;
    fact.nodeName = node.name;
    if (node.ready === 'True') fact.nodeReadyAtMs ??= this.#time.nowMs();
  }
}
