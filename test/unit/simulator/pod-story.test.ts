import { describe, expect, it } from 'vitest';
import { Ec2 } from '../../../lib/adapters/memory/ec2.ts';
import { Market } from '../../../lib/adapters/memory/market.ts';
import { Narrator } from '../../../lib/simulator/narrator.ts';
import { type PlannedOn, PodStory } from '../../../lib/simulator/pod-story.ts';
import { NodeLifecycle } from '../../../lib/simulator/world/node-lifecycle.ts';
import type { World } from '../../../lib/simulator/world/world.ts';
import { aPodSpec } from '../../support/builders.ts';
import { addNode, aWorld } from '../../support/sim-world.ts';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'rs' };

function createPods(world: World, names: readonly string[]): string[] {
  return names.map(
    (name) =>
      world.api.createPod({
        namespace: 'default',
        name,
        labels: {},
        annotations: {},
        spec: aPodSpec(),
        owner,
      }).uid,
  );
}

function storyOf(world: World, plannedOn: PlannedOn = () => new Set()): string[] {
  const lines: string[] = [];
  new PodStory(new Narrator(world.time, (line) => lines.push(line)), world.api, plannedOn);
  return lines;
}

const runFor = (world: World, ms: number): Promise<void> => world.time.run(world.time.nowMs() + ms);
const sentences = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^\[.*?\] /, ''));

describe('the story of pods', () => {
  it.each([
    ['3 pods bound to a, as planned', ['p', 'q', 'r']],
    ['3 pods bound to a, 2 of them as planned', ['p', 'q']],
    ['3 pods bound to a', []],
  ])('tells once per node: %s', async (sentence, planned) => {
    const world = aWorld();
    addNode(world, 'a');
    const uids = new Map<string, string>();
    const lines = storyOf(world, () => new Set(planned.map((name) => uids.get(name) ?? '')));
    for (const [index, uid] of createPods(world, ['p', 'q', 'r']).entries()) {
      uids.set(['p', 'q', 'r'][index] ?? '', uid);
    }
    await runFor(world, 1_000);
    for (const uid of uids.values()) {
      world.api.bindPod(uid as never, 'a');
      await runFor(world, 4);
    }
    await runFor(world, 1_000);
    expect(sentences(lines)).toEqual(['3 pods created by ReplicaSet default/web-1', sentence]);
  });

  it('tells that pods are gone before it tells of those that replace them', async () => {
    const world = aWorld();
    const lines = storyOf(world);
    const uids = createPods(world, ['p', 'q']);
    await runFor(world, 1_000);
    for (const uid of uids) world.api.deletePod(uid as never, 0);
    await runFor(world, 30);
    createPods(world, ['r', 's']);
    await runFor(world, 5_000);
    expect(sentences(lines).slice(1)).toEqual(['2 pods gone', '2 pods created by ReplicaSet default/web-1']);
  });
});

describe('a node that is no more', () => {
  it('leaves pods behind, and the reader hears what they wait for', async () => {
    const world = aWorld();
    addNode(world, 'a');
    const ec2 = new Ec2({
      clock: world.time,
      random: world.random('ec2'),
      market: new Market({ pools: [] }),
    });
    new NodeLifecycle(world, ec2);
    for (const uid of createPods(world, ['p', 'q'])) world.api.bindPod(uid as never, 'a');
    world.api.deleteNode('a', world.api.node('a')?.uid ?? '');
    expect(world.told).toEqual([
      "2 pods left of a wait for the cluster's pod garbage collection (up to 60 s)",
    ]);
    await runFor(world, 60_000);
    expect(world.api.pods()).toEqual([]);
  });

  it('is not worth a word when no pod was left on it', () => {
    const world = aWorld();
    addNode(world, 'a');
    const ec2 = new Ec2({
      clock: world.time,
      random: world.random('ec2'),
      market: new Market({ pools: [] }),
    });
    new NodeLifecycle(world, ec2);
    world.api.deleteNode('a', world.api.node('a')?.uid ?? '');
    expect(world.told).toEqual([]);
  });
});
