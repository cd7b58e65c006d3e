import { describe, expect, it } from 'vitest';
import { TAINT } from '../../../lib/model/labels.ts';
import type { PodSpec } from '../../../lib/model/pod.ts';
import { DaemonSetController } from '../../../lib/simulator/world/daemon-set-controller.ts';
import { KubeScheduler } from '../../../lib/simulator/world/kube-scheduler.ts';
import { victimsOf } from '../../../lib/simulator/world/scale-down.ts';
import { WorkloadController } from '../../../lib/simulator/world/workload-controller.ts';
import type { World } from '../../../lib/simulator/world/world.ts';
import { aBoundPod, aDaemonSet, aPod, aPodSpec, GIB } from '../../support/builders.ts';
import { addNode, aWorkload, aWorld } from '../../support/sim-world.ts';

const slotOf = (claim: string) => ({ key: TAINT.slot, value: claim, effect: 'NoSchedule' }) as const;
const runFor = (world: World, ms: number): Promise<void> => world.time.run(world.time.nowMs() + ms);

function createPod(world: World, name: string, spec: Partial<PodSpec> = {}): string {
  const pod = {
    namespace: 'default',
    name,
    labels: {},
    annotations: {},
    spec: aPodSpec(spec, { memoryBytes: GIB }),
  };
  return world.api.createPod(pod).uid;
}

const nodeOf = (world: World, name: string): string | undefined =>
  world.api.podNamed('default', name)?.nodeName;

describe('the kube-scheduler model', () => {
  it('spreads pods over equal nodes, as the default scoring does', async () => {
    const world = aWorld();
    for (const name of ['a', 'b', 'c']) addNode(world, name);
    new KubeScheduler(world);
    for (let index = 0; index < 6; index++) createPod(world, `p${index}`);
    await runFor(world, 1_000);
    for (const name of ['a', 'b', 'c']) expect(world.api.podsOnNode(name)).toHaveLength(2);
  });

  it('says why a pod has no place', async () => {
    const world = aWorld();
    addNode(world, 'small', { allocatable: { cpu: 4_000, memory: GIB / 2, pods: 20 } });
    addNode(world, 'slotted', { taints: [slotOf('claim-a')] });
    new KubeScheduler(world);
    createPod(world, 'p');
    await runFor(world, 1_000);
    expect(world.api.podNamed('default', 'p')?.unschedulable?.message).toBe(
      '0/2 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint {dovetail.sh/slot=claim-a:NoSchedule}.',
    );
  });

  it('binds a waiting pod within 40 ms of the toleration that lets it in', async () => {
    const world = aWorld();
    addNode(world, 'slotted', { taints: [slotOf('claim-a')] });
    new KubeScheduler(world);
    const uid = createPod(world, 'p');
    await runFor(world, 20_000);
    expect(nodeOf(world, 'p')).toBeUndefined();
    world.api.setTolerations(uid as never, [
      { key: TAINT.slot, operator: 'Equal', value: 'claim-a', effect: 'NoSchedule' },
    ]);
    await runFor(world, 40);
    expect(nodeOf(world, 'p')).toBe('slotted');
  });

  it('takes the higher priority first where only one pod has room', async () => {
    const world = aWorld();
    new KubeScheduler(world);
    createPod(world, 'low');
    createPod(world, 'high', { priority: 10 });
    await runFor(world, 20_000);
    addNode(world, 'a', { allocatable: { cpu: 4_000, memory: GIB, pods: 20 } });
    await runFor(world, 15_000);
    expect([nodeOf(world, 'low'), nodeOf(world, 'high')]).toEqual([undefined, 'a']);
  });

  it('tries again when a pod leaves and makes room', async () => {
    const world = aWorld();
    addNode(world, 'a', { allocatable: { cpu: 4_000, memory: GIB, pods: 20 } });
    new KubeScheduler(world);
    const first = createPod(world, 'first');
    await runFor(world, 1_000);
    createPod(world, 'second');
    await runFor(world, 30_000);
    expect(nodeOf(world, 'second')).toBeUndefined();
    world.api.deletePod(first as never, 0);
    await runFor(world, 40);
    expect(nodeOf(world, 'second')).toBe('a');
  });
});

describe('the workload controllers', () => {
  it('keep a Deployment at its replicas, under the name of its ReplicaSet', async () => {
    const world = aWorld();
    const controller = new WorkloadController(world);
    const workload = aWorkload({ replicas: 3 });
    controller.apply(workload);
    await runFor(world, 1_000);
    expect(world.api.pods()).toHaveLength(3);
    const [pod] = world.api.pods();
    expect(pod?.owner?.kind).toBe('ReplicaSet');
    world.api.deletePod(pod?.uid as never);
    await runFor(world, 1_000);
    expect(world.api.pods()).toHaveLength(3);
    controller.scale(workload, 1);
    await runFor(world, 1_000);
    expect(world.api.pods()).toHaveLength(1);
  });

  it('keep a StatefulSet at its ordinals', async () => {
    const world = aWorld();
    const controller = new WorkloadController(world);
    const workload = aWorkload({ kind: 'StatefulSet', name: 'db', replicas: 3 });
    controller.apply(workload);
    await runFor(world, 1_000);
    controller.scale(workload, 2);
    await runFor(world, 1_000);
    expect(
      world.api
        .pods()
        .map((pod) => pod.name)
        .sort(),
    ).toEqual(['db-0', 'db-1']);
  });

  it('do not run a finished pod of a Job again', async () => {
    const world = aWorld();
    addNode(world, 'a');
    new KubeScheduler(world);
    new WorkloadController(world).apply(aWorkload({ kind: 'Job', replicas: 2 }));
    await runFor(world, 1_000);
    for (const pod of world.api.pods()) world.api.setPodStatus(pod.uid, { phase: 'Succeeded' });
    await runFor(world, 1_000);
    expect(world.api.pods()).toHaveLength(0);
  });
});

describe('scaling down', () => {
  const nowMs = 10 * 60_000;
  const names = (pods: readonly { readonly name: string }[]): string[] => pods.map((pod) => pod.name);

  it('takes pods without a node first, then those that do not run, then those on the fullest node', () => {
    const startedAtMs = 60_000;
    const pods = [
      aBoundPod('lonely', { name: 'alone', startedAtMs }),
      aBoundPod('full', { name: 'crowd-1', startedAtMs }),
      aBoundPod('full', { name: 'crowd-2', startedAtMs }),
      aBoundPod('lonely-too', { name: 'starting', phase: 'Pending' }),
      aPod({ name: 'unbound' }),
    ];
    expect(names(victimsOf(pods, 3, nowMs))).toEqual(['unbound', 'starting', 'crowd-1']);
  });

  it('takes the cheaper to delete before the fuller node', () => {
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-5' };
    const pods = [
      aBoundPod('full', { name: 'crowd-1' }),
      aBoundPod('full', { name: 'crowd-2' }),
      aBoundPod('lonely', { name: 'cheap', annotations }),
    ];
    expect(names(victimsOf(pods, 1, nowMs))).toEqual(['cheap']);
  });
});

describe('the DaemonSet controller', () => {
  it('makes no pod for a node that is slotted, and one for a node that is merely cordoned', async () => {
    const world = aWorld();
    addNode(world, 'slotted', { taints: [slotOf('claim-a')] });
    addNode(world, 'cordoned', { unschedulable: true });
    new KubeScheduler(world);
    new DaemonSetController(world);
    world.api.put('daemonSets', aDaemonSet({ name: 'agent' }));
    await runFor(world, 1_000);
    expect(world.api.podsOnNode('cordoned').map((pod) => pod.owner?.name)).toEqual(['agent']);
    expect(world.api.pods()).toHaveLength(1);
  });
});
