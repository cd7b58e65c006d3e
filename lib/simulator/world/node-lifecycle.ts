// What the control plane does about nodes whose instance is gone: the node lifecycle controller calls them unreachable,
// the cloud provider's controller deletes the Node once EC2 says its instance has ended, and the pod garbage collector
// deletes pods whose node is no more.
import type { Ec2 } from '../../adapters/memory/ec2.ts';
import { counted } from '../../model/counted.ts';
import type { InstanceId } from '../../model/ids.ts';
import { instanceIdOfProviderId, type Node } from '../../model/node.ts';
import { isDaemonSetPod } from '../../model/pod.ts';
import type { Instance } from '../../ports/fleet.ts';
import type { World } from './world.ts';

/** `--node-monitor-period` and the grace before a silent node counts as unreachable. */
const MONITOR_MS = 5_000;
const SILENT_MS = 50_000;
/** `podgc` looks every 20 s and waits 40 s before it believes that a node is gone. */
const POD_GC_MS = 20_000;
const POD_GC_QUARANTINE_MS = 40_000;

const UNREACHABLE = 'node.kubernetes.io/unreachable';

export class NodeLifecycle {
  readonly #world: World;
  readonly #ec2: Ec2;
  /** Since when a node's instance does not run. */
  readonly #silentSince = new Map<string, number>();
  readonly #instances = new Map<string, InstanceId>();
  readonly #missingSince = new Map<string, number>();

  constructor(world: World, ec2: Ec2) {
    this.#world = world;
    this.#ec2 = ec2;
    this.#every(MONITOR_MS, () => this.#monitor());
    this.#every(POD_GC_MS, () => this.#collectPods());
    world.api.subscribe((change) => {
      if (change.list === 'nodes' && change.type === 'delete') this.#tellOfPodsLeft(change.key);
    });
  }

  #every(periodMs: number, action: () => void): void {
    this.#world.time.after(periodMs, () => {
      action();
      this.#every(periodMs, action);
    });
  }

  #monitor(): void {
    const nowMs = this.#world.time.nowMs();
    for (const node of this.#world.api.nodes()) {
      const state = this.#ec2.instance(this.#instanceOf(node))?.state;
      if (state === 'running') {
        this.#silentSince.delete(node.uid);
        continue;
      }
      const sinceMs = this.#silentSince.get(node.uid) ?? nowMs;
      this.#silentSince.set(node.uid, sinceMs);
      if (nowMs - sinceMs < SILENT_MS) continue;
      if (node.ready === 'True') this.#markUnreachable(node, state);
      else if (state === 'terminated' || state === undefined) this.#world.api.deleteNode(node.name, node.uid);
    }
  }

  #instanceOf(node: Node): InstanceId {
    const known = this.#instances.get(node.uid) ?? (instanceIdOfProviderId(node.providerId) as InstanceId);
    this.#instances.set(node.uid, known);
    return known;
  }

  #markUnreachable(node: Node, state: Instance['state'] | undefined): void {
    const { api } = this.#world;
    api.setNodeReady(node.name, 'Unknown');
    const now = api.node(node.name);
    if (now === undefined) return;
    const marks = [
      { key: UNREACHABLE, effect: 'NoSchedule' },
      { key: UNREACHABLE, effect: 'NoExecute' },
    ] as const;
    api.patchNode(node.name, now.resourceVersion, { taints: [...now.taints, ...marks] });
    // One that is being terminated is expected to fall silent.
    if (state !== 'shutting-down') this.#world.tell(`node ${node.name} unreachable`);
  }

  /** Without this nothing is heard of them until they are created again, up to a minute later. */
  #tellOfPodsLeft(nodeName: string): void {
    const left = this.#world.api.podsOnNode(nodeName).filter((pod) => !isDaemonSetPod(pod)).length;
    if (left === 0) return;
    const longestS = (POD_GC_MS + POD_GC_QUARANTINE_MS) / 1_000;
    this.#world.tell(
      `${counted(left, 'pod')} left of ${nodeName} wait for the cluster's pod garbage collection (up to ${longestS} s)`,
    );
  }

  #collectPods(): void {
    const { api, time } = this.#world;
    const nowMs = time.nowMs();
    const missing = new Set<string>();
    for (const { nodeName } of api.pods()) {
      if (nodeName !== undefined && api.node(nodeName) === undefined) missing.add(nodeName);
    }
    for (const name of this.#missingSince.keys()) if (!missing.has(name)) this.#missingSince.delete(name);
    for (const name of missing) {
      const sinceMs = this.#missingSince.get(name) ?? nowMs;
      this.#missingSince.set(name, sinceMs);
      if (nowMs - sinceMs < POD_GC_QUARANTINE_MS) continue;
      for (const pod of api.podsOnNode(name)) api.deletePod(pod.uid, 0);
    }
  }
}
