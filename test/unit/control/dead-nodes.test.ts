import { describe, expect, it } from 'vitest';
import { drain } from '../../../lib/control/drain.ts';
import { planningNodes } from '../../../lib/control/planning-nodes.ts';
import { closingClaims, register } from '../../../lib/control/register.ts';
import { sweep } from '../../../lib/control/sweep.ts';
import { claimName, instanceId, podUid } from '../../../lib/model/ids.ts';
import { LABEL, TAG, TAINT } from '../../../lib/model/labels.ts';
import type { Node } from '../../../lib/model/node.ts';
import type { NodeClaim } from '../../../lib/model/node-claim.ts';
import { EMPTY_CLUSTER } from '../../../lib/model/snapshot.ts';
import { aNode, aPod } from '../../support/builders.ts';
import {
  aLaunchedClaim,
  anInitializedClaim,
  aRegisteredClaim,
  aSlot,
  slotsOf,
} from '../../support/claims.ts';
import {
  aControlWorld,
  aRunningNode,
  type ControlWorld,
  startInstance,
} from '../../support/control-world.ts';
import { cursorAt } from '../../support/memory-items.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

const MINUTE_MS = 60_000;
const ID = 'i-0000000000000001';
const NOT_READY = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' } as const;
const ours = (overrides: Partial<Node> = {}): Node =>
  aNode({
    name: 'node-1',
    uid: 'node-1-uid',
    providerId: `aws:///us-east-1a/${ID}`,
    labels: { [LABEL.claim]: 'pool-1' },
    ready: 'True',
    ...overrides,
  });

const names = (claims: readonly NodeClaim[], nodes: readonly Node[]) =>
  planningNodes({ cluster: { ...EMPTY_CLUSTER, nodes }, takenAtMs: 1 }, claims, []).nodes.map(
    ({ name }) => name,
  );

async function putSnapshot(world: ControlWorld): Promise<void> {
  await world.deps.snapshots.put({
    schemaVersion: 1,
    takenAtMs: world.clock.nowMs(),
    cursor: cursorAt(String(world.api.store.resourceVersion)),
    cluster: world.api.state(),
    covered: {},
  });
}

const leaveOf = async (world: ControlWorld, name = 'pool-1') => {
  const claim = await world.claims.get(claimName(name));
  return claim?.leave;
};

describe('a node that does not work any more', () => {
  it('takes no new pods once it was initialized and its kubelet fell silent', () => {
    const dead = ours({ ready: 'Unknown', taints: [NOT_READY] });
    expect(names([anInitializedClaim()], [dead])).toEqual([]);
  });

  it('takes no new pods once its Node was deleted by a person', () => {
    expect(names([anInitializedClaim()], [])).toEqual([]);
  });

  it('does not keep its planned pods for ever when it registered and never becomes ready', () => {
    const slotted = ours({
      ready: 'False',
      taints: [{ key: TAINT.slot, value: 'pool-1', effect: 'NoSchedule' }, NOT_READY],
    });
    const input = {
      claims: [aRegisteredClaim()],
      items: [slotsOf(claimName('pool-1'), [aSlot({ state: 'tolerated' })])],
      nodes: new Map([[slotted.name, slotted]]),
      pods: new Map(),
      daemonSets: [],
      touched: new Set<string>(),
    };
    expect([...closingClaims(input, 60 * MINUTE_MS)]).toEqual(['pool-1']);
  });

  it('is given up when it registered and never became ready', async () => {
    const world = aControlWorld();
    const { instanceId: id } = startInstance(world, 'pool-1-order');
    const claim = aRegisteredClaim({ version: 1 });
    world.api.createNode(aNewNode('node-1', { providerId: `aws:///us-east-1a/${id}` }));
    await world.claims.putIfAbsent({
      ...claim,
      launch: { ...claim.launch, instanceId: id, launchedAtMs: world.clock.nowMs() },
    });
    await world.clock.advance(60 * MINUTE_MS);
    await putSnapshot(world);
    await sweep(world.deps);
    expect(await leaveOf(world)).toMatchObject({ reason: 'RegistrationTimeout' });
  });

  it('is given up when a person deleted its Node', async () => {
    const world = aControlWorld();
    const { node } = await aRunningNode(world);
    world.api.deleteNode(node.name);
    await world.clock.advance(30 * MINUTE_MS);
    await putSnapshot(world);
    await sweep(world.deps);
    expect(await leaveOf(world)).toBeDefined();
  });
});

describe('an instance that DescribeInstances does not list', () => {
  it('is not ended while its node is ready and runs pods', async () => {
    const world = aControlWorld();
    const { node, instanceId: id, claim } = await aRunningNode(world);
    const pod = world.api.createPod(aNewPod('web'));
    world.api.bindPod(pod.uid, node.name);
    // A person or a tag policy changed the installation tag: describeOwned leaves the instance out.
    world.ec2.tag(id, { [TAG.installation]: 'other' });
    await world.clock.advance(10 * MINUTE_MS);
    await putSnapshot(world);
    await sweep(world.deps);
    for (const { message } of world.drains) await drain(world.deps, message);
    expect(await world.phaseOf(claim.name)).toBe('Initialized');
    expect(world.ec2.instance(id)?.state).toBe('running');
  });

  it('is not ended because the table lost its claim and its order', async () => {
    const world = aControlWorld();
    const { instanceId: id } = startInstance(world, 'p-lost-0');
    await world.clock.advance(10 * MINUTE_MS);
    await sweep(world.deps);
    expect(world.ec2.instance(id)?.state).toBe('running');
  });
});

describe('a node that came back under its name', () => {
  it('is closed to new pods when it drains, although its Node has a new uid', async () => {
    const world = aControlWorld();
    const { node, claim } = await aRunningNode(world, 'pool-1');
    world.api.deleteNode(node.name);
    const { uid: _, resourceVersion: __, createdAtMs: ___, readySinceMs: ____, ...again } = node;
    world.api.createNode(again);
    await world.clock.advance(5 * MINUTE_MS);
    await register(world.deps, {
      claims: [claim],
      items: [],
      nodes: new Map(world.api.nodes().map((each) => [each.name, each])),
      pods: new Map(),
      daemonSets: [],
      touched: new Set(),
      stopped: false,
      asked: [],
    });
    const now = await world.claims.get(claim.name);
    expect(now && 'node' in now ? now.node?.uid : undefined).toBe(world.api.node(node.name)?.uid);
  });
});

describe('planning on a snapshot that is older than the slots', () => {
  const pod = aPod({ name: 'web-1' });
  const podsOf = (state: 'bound' | 'planned', uid = pod.uid) =>
    planningNodes(
      { cluster: { ...EMPTY_CLUSTER, nodes: [ours()], pods: [pod] }, takenAtMs: 1 },
      [anInitializedClaim()],
      [slotsOf(claimName('pool-1'), [aSlot({ podUid: uid, state })])],
    ).nodes[0]?.pods;

  it('counts a pod as on its node when its slot says bound and the snapshot still says pending', () => {
    expect(podsOf('bound')).toEqual([pod]);
  });

  it('does not promise the room of an heir that the snapshot does not know yet', () => {
    const plan = planningNodes(
      { cluster: { ...EMPTY_CLUSTER, pods: [] }, takenAtMs: 1 },
      [aLaunchedClaim({ launch: { ...aLaunchedClaim().launch, instanceId: instanceId(ID) } })],
      [
        slotsOf(claimName('pool-1'), [
          aSlot({ podUid: podUid('younger-than-the-snapshot'), state: 'tolerated' }),
        ]),
      ],
    );
    const free = plan.nodes.filter(({ pods }) => pods.length === 0);
    expect(free).toEqual([]);
  });
});
