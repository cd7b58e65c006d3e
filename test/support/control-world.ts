import { MemoryClaims } from '../../lib/adapters/memory/claims.ts';
import { MemoryCluster } from '../../lib/adapters/memory/cluster.ts';
import { MemoryFleet } from '../../lib/adapters/memory/fleet.ts';
import { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import { MemoryPlans } from '../../lib/adapters/memory/plans.ts';
import { MemorySlotStore } from '../../lib/adapters/memory/slots.ts';
import { MemorySnapshots } from '../../lib/adapters/memory/snapshots.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import type { DrainRequest } from '../../lib/messages/drain-request.ts';
import type { Launch as LaunchMessage } from '../../lib/messages/launch.ts';
import { type ClaimName, claimName } from '../../lib/model/ids.ts';
import { LABEL, TAG } from '../../lib/model/labels.ts';
import type { Node } from '../../lib/model/node.ts';
import type { InitializedClaim } from '../../lib/model/node-claim.ts';
import type { Pod } from '../../lib/model/pod.ts';
import type { DovetailEvent } from '../../lib/ports/events.ts';
import type { Stop } from '../../lib/ports/stop-switch.ts';
import { aLaunch, aLaunchedClaim, anInitializedClaim, aSlot, slotsOf } from './claims.ts';
import { aFleetRequest, anOverride, aPool, aTestEc2 } from './memory-fleet.ts';
import { aNewNode } from './memory-kube.ts';

/** Memory adapters on one manual clock, with sent messages and events kept for looking at. */
export function aControlWorld() {
  const { clock, ec2 } = aTestEc2([aPool('m7i.large', { units: 100 })]);
  const api = new KubeApi({ clock });
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  const events: DovetailEvent[] = [];
  const drains: { message: DrainRequest; delayMs: number | undefined }[] = [];
  const launches: LaunchMessage[] = [];
  const deps = {
    clock,
    cluster: new MemoryCluster({ api, clock }),
    fleet: new MemoryFleet({ ec2, installation: 'test' }),
    claims,
    plans: new MemoryPlans({ table }),
    slots: new MemorySlotStore({ table, claims }),
    snapshots: new MemorySnapshots(),
    launchQueue: { send: async (message: LaunchMessage) => void launches.push(message) },
    drainQueue: {
      send: async (message: DrainRequest, delayMs?: number) => void drains.push({ message, delayMs }),
    },
    stop: { read: async (): Promise<Stop> => 'none' },
    events: { emit: (event: DovetailEvent) => void events.push(event) },
    metrics: { count: () => {}, observe: () => {} },
  };
  const phaseOf = async (name: ClaimName) => (await claims.get(name))?.phase;
  return { deps, clock, ec2, api, claims, events, drains, launches, phaseOf };
}

export type ControlWorld = ReturnType<typeof aControlWorld>;

/** A launched claim with a planned slot for each of these pods. */
export async function aClaimSlotsFor(world: ControlWorld, pods: readonly Pod[]) {
  if (pods.length === 0) return;
  const claim = aLaunchedClaim();
  await world.claims.putIfAbsent(claim);
  const slots = pods.map(({ uid, name, namespace }) => aSlot({ podUid: uid, podName: name, namespace }));
  await world.deps.slots.putIfAbsent(slotsOf(claim.name, slots));
}

/** Starts one instance as the launch of an order would, without a claim for it. */
export function startInstance(world: ControlWorld, order = 'p1-0', attempt = '1') {
  const tags = { [TAG.installation]: 'test', [TAG.order]: order, [TAG.attempt]: attempt };
  const request = aFleetRequest('on-demand', [anOverride('m7i.large')], {
    tags,
    clientToken: `${order}-${attempt}`,
  });
  const instance = world.ec2.createFleet(request).instances[0];
  if (instance === undefined) throw new Error('the test pool should have capacity');
  return instance;
}

/** An instance with its initialized claim and its ready node. */
export async function aRunningNode(
  world: ControlWorld,
  name = 'pool-1',
  overrides: Partial<InitializedClaim> = {},
) {
  const { instanceId } = startInstance(world, `${name}-order`);
  const made = world.api.createNode(
    aNewNode(`node-${name}`, {
      providerId: `aws:///us-east-1a/${instanceId}`,
      labels: { [LABEL.claim]: name, [LABEL.registered]: 'true', [LABEL.initialized]: 'true' },
    }),
  );
  world.api.setNodeReady(made.name, 'True');
  const node = world.api.node(made.name) as Node;
  const launchedAtMs = world.clock.nowMs();
  const claim = anInitializedClaim({
    name: claimName(name),
    launch: aLaunch({ instanceId, launchedAtMs }),
    node: { name: node.name, uid: node.uid },
    ...overrides,
  });
  const { registeredAtMs: _, initializedAtMs: __, node: ___, ...launched } = claim;
  await world.claims.putIfAbsent({ ...claim, version: 1 });
  await world.claims.updateLaunched({ ...launched, phase: 'Launched', version: 2 });
  const initialized = { ...claim, version: 3 };
  await world.claims.update(initialized);
  return { claim: initialized, node, instanceId };
}
