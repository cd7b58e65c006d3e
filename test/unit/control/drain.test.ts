import { describe, expect, it } from 'vitest';
import { drain, instanceStateChanged } from '../../../lib/control/drain.ts';
import { askToLeave } from '../../../lib/control/leave.ts';
import { TAINT } from '../../../lib/model/labels.ts';
import type { Leave, LiveClaim } from '../../../lib/model/node-claim.ts';
import { aControlWorld, aRunningNode, type ControlWorld } from '../../support/control-world.ts';
import { aNewPod } from '../../support/memory-kube.ts';

const empty: Leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 0 };

/** Delivers drain messages, each after its delay, until none is left. */
async function deliver(world: ControlWorld, deliveries = 50): Promise<void> {
  for (let count = 0; count < deliveries; count++) {
    const next = world.drains.shift();
    if (next === undefined) return;
    await world.clock.advance(next.delayMs ?? 0);
    await drain(world.deps, next.message);
  }
}

const taintsOf = (world: ControlWorld, name: string) =>
  world.api.node(name)?.taints.map((taint) => taint.key);

describe('draining an empty node', () => {
  it('closes it, waits, looks again, ends its instance and removes its Node', async () => {
    const world = aControlWorld();
    const { claim, node, instanceId } = await aRunningNode(world);
    await askToLeave(world.deps, claim, empty);
    await deliver(world, 1);
    expect(await world.phaseOf(claim.name)).toBe('Draining');
    expect(taintsOf(world, node.name)).toEqual([TAINT.disrupted]);
    expect(world.drains).toMatchObject([{ delayMs: 5000 }]);
    await deliver(world);
    expect(await world.phaseOf(claim.name)).toBe('Terminated');
    expect(world.ec2.instance(instanceId)?.state).toBe('terminated');
    expect(world.api.nodes()).toEqual([]);
  });

  it('is called off, and the node opened again, when a pod came meanwhile', async () => {
    const world = aControlWorld();
    const { claim, node, instanceId } = await aRunningNode(world);
    await askToLeave(world.deps, claim, empty);
    await deliver(world, 1);
    const pod = world.api.createPod(aNewPod('late'));
    world.api.bindPod(pod.uid, node.name);
    await deliver(world);
    expect(await world.claims.get(claim.name)).toMatchObject({ phase: 'Initialized' });
    expect(await world.claims.get(claim.name)).not.toHaveProperty('leave');
    expect(taintsOf(world, node.name)).toEqual([]);
    expect(world.ec2.instance(instanceId)?.state).not.toBe('terminated');
  });

  it('is not held up by DaemonSet pods or finished pods', async () => {
    const world = aControlWorld();
    const { claim, node } = await aRunningNode(world);
    const owner = { kind: 'DaemonSet', name: 'aws-node', uid: 'ds' };
    world.api.bindPod(world.api.createPod(aNewPod('ds-1', { owner })).uid, node.name);
    const job = world.api.createPod(aNewPod('job-1'));
    world.api.bindPod(job.uid, node.name);
    world.api.setPodStatus(job.uid, { phase: 'Succeeded' });
    await askToLeave(world.deps, claim, empty);
    await deliver(world);
    expect(await world.phaseOf(claim.name)).toBe('Terminated');
  });

  it('takes each step once when its messages come twice', async () => {
    const world = aControlWorld();
    const { claim } = await aRunningNode(world);
    await askToLeave(world.deps, claim, empty);
    const first = world.drains.shift();
    if (first === undefined) throw new Error('a drain request should have been sent');
    await Promise.all([drain(world.deps, first.message), drain(world.deps, first.message)]);
    expect(world.drains).toHaveLength(1);
    await deliver(world);
    expect(await world.phaseOf(claim.name)).toBe('Terminated');
    await drain(world.deps, first.message);
    expect(await world.phaseOf(claim.name)).toBe('Terminated');
  });
});

describe('an instance that disappears', () => {
  const event = (instance: string, state: 'terminated' | 'running' | 'shutting-down') => ({
    source: 'aws.ec2' as const,
    'detail-type': 'EC2 Instance State-change Notification' as const,
    detail: { 'instance-id': instance, state },
  });

  it('takes its claim and Node along without waiting for pods', async () => {
    const world = aControlWorld();
    const { claim, node, instanceId } = await aRunningNode(world);
    world.api.bindPod(world.api.createPod(aNewPod('web')).uid, node.name);
    world.ec2.kill(instanceId);
    await instanceStateChanged(world.deps, event(instanceId, 'terminated'));
    await deliver(world);
    expect(await world.phaseOf(claim.name)).toBe('Terminated');
    expect(world.api.nodes()).toEqual([]);
  });

  it('overrules a voluntary leave that is under way', async () => {
    const world = aControlWorld();
    const { claim, instanceId } = await aRunningNode(world);
    await askToLeave(world.deps, claim, empty);
    await deliver(world, 1);
    world.ec2.kill(instanceId);
    await instanceStateChanged(world.deps, event(instanceId, 'terminated'));
    expect(((await world.claims.get(claim.name)) as LiveClaim).leave).toMatchObject({ severity: 'lost' });
    await deliver(world);
    expect(await world.phaseOf(claim.name)).toBe('Terminated');
  });

  it('means nothing when it is not ours, or only starts', async () => {
    const world = aControlWorld();
    const { claim, instanceId } = await aRunningNode(world);
    await instanceStateChanged(world.deps, event('i-00000000000000aa', 'terminated'));
    await instanceStateChanged(world.deps, event(instanceId, 'running'));
    expect(world.drains).toEqual([]);
    expect(await world.claims.get(claim.name)).toEqual(claim);
  });
});
