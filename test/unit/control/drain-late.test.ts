import { describe, expect, it } from 'vitest';
import { drain } from '../../../lib/control/drain.ts';
import { register } from '../../../lib/control/register.ts';
import { TAINT } from '../../../lib/model/labels.ts';
import { aControlWorld, aRunningNode, type ControlWorld } from '../../support/control-world.ts';
import { aNewPod } from '../../support/memory-kube.ts';

const request = { schemaVersion: 1, kind: 'DrainRequest', claim: 'pool-1', hop: 0 } as const;

async function poller(world: ControlWorld): Promise<void> {
  await register(world.deps, {
    claims: await world.claims.listLive(),
    items: [],
    nodes: new Map(world.api.nodes().map((each) => [each.name, each])),
    pods: new Map(),
    daemonSets: [],
    touched: new Set(),
    stopped: false,
    asked: [],
  });
}

describe('a delivery of a drain that was held up', () => {
  it('leaves no taint on a node whose leave was withdrawn meanwhile', async () => {
    const world = aControlWorld();
    const { claim, node } = await aRunningNode(world);
    const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: world.clock.nowMs() } as const;
    await world.claims.update({ ...claim, version: claim.version + 1, leave });
    let held: (() => void) | undefined;
    const real = world.deps.cluster;
    const slowCluster = Object.assign(Object.create(real) as typeof real, {
      node: async (name: string) => {
        await new Promise<void>((go) => {
          held = go;
        });
        return real.node(name);
      },
      patchNode: (...args: Parameters<typeof real.patchNode>) => real.patchNode(...args),
    });
    const late = drain({ ...world.deps, cluster: slowCluster }, request);
    await drain(world.deps, request);
    const pod = world.api.createPod(aNewPod('web'));
    world.api.bindPod(pod.uid, node.name);
    await world.clock.advance(5_000);
    await drain(world.deps, { ...request, hop: 1 });
    await world.clock.advance(5_000);
    await drain(world.deps, { ...request, hop: 2 });
    expect(await world.phaseOf(claim.name)).toBe('Initialized');
    held?.();
    await late;
    await world.clock.advance(3 * 60_000);
    await poller(world);
    await poller(world);
    expect(world.api.node(node.name)?.taints.filter(({ key }) => key === TAINT.disrupted)).toEqual([]);
  });
});
