// From a running instance to a node that runs pods: boot, the Node object, Ready, image pulls, and the end of pods that
// are being deleted. How long each step takes is drawn from the seed.
import type { Ec2 } from '../../adapters/memory/ec2.ts';
import type { NewNode } from '../../adapters/memory/kube-api.ts';
import { isTerminal, type Pod } from '../../model/pod.ts';
import type { Instance } from '../../ports/fleet.ts';
import type { RandomStream } from '../random.ts';
import type { World } from './world.ts';

/**
 * The Node that an instance's kubelet registers, without the taint of one that is not ready; undefined when it never does.
 * `number` counts the nodes that have joined, from 1.
 */
export type NodeOf = (instance: Instance, number: number) => Omit<NewNode, 'ready'> | undefined;

export interface BootTimes {
  /** Instance running until its kubelet registers the Node. */
  readonly bootMs: { readonly min: number; readonly max: number };
  /** Node there until it is Ready. */
  readonly readyMs: { readonly min: number; readonly max: number };
  /** Pod bound until its containers run. */
  readonly startMs: { readonly min: number; readonly max: number };
}

/** As an AL2023 node on EKS takes: about half a minute to the Node object, some seconds more for the CNI. */
export const DEFAULT_BOOT_TIMES: BootTimes = {
  bootMs: { min: 20_000, max: 45_000 },
  readyMs: { min: 2_000, max: 8_000 },
  startMs: { min: 1_500, max: 9_000 },
};

/** A pod with it ends by itself after so many seconds. */
export const RUN_SECONDS_ANNOTATION = 'simulator.dovetail.sh/run-seconds';
/** Containers that get SIGTERM and obey need about this long. */
const STOP_MS = { min: 100, max: 1_500 };
const NOT_READY_TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

export class Kubelets {
  readonly #world: World;
  readonly #ec2: Ec2;
  readonly #times: BootTimes;
  readonly #nodeOf: NodeOf;
  readonly #boot: RandomStream;
  readonly #podTimes: RandomStream;
  readonly #bootFailure: number;
  /** Instance of each node that has joined; a name is never used twice. */
  readonly #instanceOf = new Map<string, Instance['instanceId']>();
  readonly #handled = new Set<string>();

  constructor(options: {
    readonly world: World;
    readonly ec2: Ec2;
    readonly times: BootTimes;
    readonly nodeOf: NodeOf;
    /** Instances in ten thousand that never join. */
    readonly bootFailure: number;
  }) {
    this.#world = options.world;
    this.#ec2 = options.ec2;
    this.#times = options.times;
    this.#nodeOf = options.nodeOf;
    this.#bootFailure = options.bootFailure;
    this.#boot = options.world.random('boot');
    this.#podTimes = options.world.random('pod-start');
    options.ec2.subscribe((event) => {
      if (event.kind === 'state' && event.instance.state === 'running') this.#bootInstance(event.instance);
    });
    options.world.api.subscribe((change) => {
      if (change.list === 'pods' && change.type === 'put') this.#follow(change.value);
    });
  }

  /** The instance behind a node, when it is one of EC2's that joined. */
  isAlive(nodeName: string): boolean {
    const instanceId = this.#instanceOf.get(nodeName);
    return instanceId !== undefined && this.#runs(instanceId);
  }

  #runs(instanceId: Instance['instanceId']): boolean {
    return this.#ec2.instance(instanceId)?.state === 'running';
  }

  #bootInstance(instance: Instance): void {
    const { time } = this.#world;
    this.#world.tell(`instance ${instance.instanceId} running (${instance.instanceType}, ${instance.zone})`);
    const bootMs = this.#boot.between(this.#times.bootMs.min, this.#times.bootMs.max);
    const readyMs = this.#boot.between(this.#times.readyMs.min, this.#times.readyMs.max);
    if (this.#boot.chance(this.#bootFailure)) {
      this.#world.tell(`instance ${instance.instanceId} does not boot`);
      return;
    }
    time.after(bootMs, () => {
      if (!this.#runs(instance.instanceId)) return;
      const name = this.#register(instance);
      if (name === undefined) return;
      time.after(readyMs, () => {
        if (this.#runs(instance.instanceId)) this.#becomeReady(name);
      });
    });
  }

  #register(instance: Instance): string | undefined {
    const { api } = this.#world;
    const node = this.#nodeOf(instance, this.#instanceOf.size + 1);
    if (node === undefined) return undefined;
    this.#instanceOf.set(node.name, instance.instanceId);
    api.createNode({ ...node, taints: [...node.taints, NOT_READY_TAINT], ready: 'False' });
    this.#world.tell(`node ${node.name} joined (instance ${instance.instanceId})`);
    return node.name;
  }

  /** Ready, and the node lifecycle controller takes its taint away in the same moment. */
  #becomeReady(name: string): void {
    const { api } = this.#world;
    if (api.setNodeReady(name, 'True') === 'gone') return;
    const node = api.node(name);
    if (node === undefined) return;
    const taints = node.taints.filter((taint) => taint.key !== NOT_READY_TAINT.key);
    api.patchNode(name, node.resourceVersion, { taints });
    this.#world.tell(`node ${name} ready`);
  }

  #follow(pod: Pod): void {
    if (pod.nodeName === undefined) return;
    if (pod.deletionAtMs !== undefined) this.#once(`stop/${pod.uid}`, () => this.#stop(pod));
    else if (pod.phase === 'Pending') this.#once(`start/${pod.uid}`, () => this.#start(pod));
  }

  #once(key: string, action: () => void): void {
    if (this.#handled.has(key)) return;
    this.#handled.add(key);
    action();
  }

  #start(pod: Pod): void {
    const { time, api } = this.#world;
    const startMs = this.#podTimes.between(this.#times.startMs.min, this.#times.startMs.max);
    time.after(startMs, () => {
      if (!this.#canAct(pod)) return;
      api.setPodStatus(pod.uid, { phase: 'Running', startedAtMs: time.nowMs() });
      const runSeconds = Number(pod.annotations[RUN_SECONDS_ANNOTATION]);
      if (Number.isFinite(runSeconds)) time.after(runSeconds * 1_000, () => this.#finish(pod));
    });
  }

  #finish(pod: Pod): void {
    if (this.#canAct(pod)) this.#world.api.setPodStatus(pod.uid, { phase: 'Succeeded' });
  }

  #stop(pod: Pod): void {
    const graceMs = pod.spec.terminationGracePeriodSeconds * 1_000;
    const stopMs = Math.min(graceMs, this.#podTimes.between(STOP_MS.min, STOP_MS.max));
    this.#world.time.after(stopMs, () => {
      if (this.isAlive(pod.nodeName ?? '')) this.#world.api.deletePod(pod.uid, 0);
    });
  }

  /** The pod is still there, not ended and not ending, on a node whose instance runs. */
  #canAct(pod: Pod): boolean {
    const now = this.#world.api.pod(pod.uid);
    return (
      now !== undefined &&
      now.deletionAtMs === undefined &&
      !isTerminal(now) &&
      this.isAlive(now.nodeName ?? '')
    );
  }
}
