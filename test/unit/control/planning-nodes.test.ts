import { describe, expect, it } from 'vitest';
import { planningNodes } from '../../../lib/control/planning-nodes.ts';
import { usageByPool } from '../../../lib/control/provisioning-input.ts';
import { claimName, instanceId } from '../../../lib/model/ids.ts';
import { LABEL, TAINT } from '../../../lib/model/labels.ts';
import type { Node } from '../../../lib/model/node.ts';
import type { NodeClaim } from '../../../lib/model/node-claim.ts';
import { EMPTY_CLUSTER } from '../../../lib/model/snapshot.ts';
import { aNode, aPod } from '../../support/builders.ts';
import {
  aDrainingClaim,
  aLaunch,
  aLaunchedClaim,
  anInitializedClaim,
  aPlannedClaim,
  aRegisteredClaim,
  aSlot,
  slotsOf,
} from '../../support/claims.ts';

const ID = 'i-0000000000000001';
const ours = (overrides: Partial<Node> = {}): Node =>
  aNode({
    name: 'node-1',
    providerId: `aws:///us-east-1a/${ID}`,
    labels: { [LABEL.claim]: 'pool-1' },
    ready: 'True',
    ...overrides,
  });

const plan = (
  claims: readonly NodeClaim[],
  nodes: readonly Node[] = [],
  pods = [aPod()],
  items = [slotsOf(claimName('pool-1'), [])],
) => planningNodes({ cluster: { ...EMPTY_CLUSTER, nodes, pods }, takenAtMs: 1 }, claims, items);

describe('nodes that new pods may be planned onto', () => {
  it('include a claim that is still being bought, at the least it promises', () => {
    const { nodes, claims } = plan([aPlannedClaim()]);
    expect(nodes).toMatchObject([
      { name: 'pool-1', inFlight: true, allocatable: aPlannedClaim().minAllocatable },
    ]);
    expect([...claims.keys()]).toEqual(['pool-1']);
  });

  it('count the pods that wait for their slot there', () => {
    const pod = aPod();
    const items = [slotsOf(claimName('pool-1'), [aSlot({ podUid: pod.uid, state: 'tolerated' })])];
    expect(plan([aLaunchedClaim()], [], [pod], items).nodes[0]?.pods).toEqual([pod]);
  });

  it('take an open node by its own name and its real room', () => {
    const node = ours();
    const { nodes, claims } = plan([anInitializedClaim()], [node]);
    expect(nodes).toMatchObject([{ name: 'node-1', inFlight: false, allocatable: node.allocatable }]);
    expect([...claims.keys()]).toEqual(['node-1']);
  });

  it('are open to pods that do not tolerate startup taints until they are initialized, when what is left counts', () => {
    const startupTaints = [{ key: 'cni', effect: 'NoSchedule' as const }];
    const node = ours({ taints: [...startupTaints, { key: 'team', effect: 'NoSchedule' }] });
    const keys = (claim: NodeClaim) => plan([claim], [node]).nodes[0]?.taints.map(({ key }) => key);
    expect(keys(aRegisteredClaim({ startupTaints }))).toEqual(['team']);
    expect(keys(anInitializedClaim({ startupTaints }))).toEqual(['cni', 'team']);
  });

  it('have the devices their instance brings before a plugin has announced them, but not once they are initialized', () => {
    const launch = aLaunch({ allocatable: { cpu: 4000, 'nvidia.com/gpu': 4 } });
    const shown = { cpu: 3920, pods: 58, 'nvidia.com/gpu': 0 };
    const room = (claim: NodeClaim, node: Partial<Node> = {}) =>
      plan([claim], [ours({ allocatable: shown, ...node })]).nodes[0]?.allocatable;
    const starting = { taints: [{ key: TAINT.starting, effect: 'NoSchedule' as const }] };
    const whole = { ...shown, 'nvidia.com/gpu': 4 };
    expect(room(aRegisteredClaim({ launch }), starting)).toEqual(whole);
    expect(room(aRegisteredClaim({ launch, placement: 'off' }))).toEqual(whole);
    expect(room(anInitializedClaim({ launch }))).toEqual(shown);
  });

  it('reach a node with its slot still on by that slot only, without counting the slot as a taint', () => {
    const node = ours({ taints: [{ key: TAINT.slot, value: 'pool-1', effect: 'NoSchedule' }] });
    const { nodes, claims } = plan([aRegisteredClaim()], [node]);
    expect(nodes).toMatchObject([{ name: 'pool-1', inFlight: true, taints: [] }]);
    expect([...claims.keys()]).toEqual(['pool-1']);
  });

  it('leave out nodes that are to leave, are leaving, or are cordoned', () => {
    const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 0 } as const;
    expect(plan([anInitializedClaim({ leave })], [ours()]).nodes).toEqual([]);
    expect(plan([aDrainingClaim()], [ours()]).nodes).toEqual([]);
    expect(plan([anInitializedClaim()], [ours({ unschedulable: true })]).nodes).toEqual([]);
  });

  it('include nodes that others brought, but not those of a claim that ended', () => {
    const other = aNode({ name: 'other', providerId: 'aws:///us-east-1a/i-00000000000000ff', ready: 'True' });
    expect(plan([], [other, ours()]).nodes.map((node) => node.name)).toEqual(['other']);
  });

  it('come with nodes that are there before nodes on their way, each by name', () => {
    const second = claimName('pool-2');
    const claims = [aPlannedClaim({ name: second }), anInitializedClaim()];
    expect(plan(claims, [ours()]).nodes.map((node) => node.name)).toEqual(['node-1', 'pool-2']);
  });
});

describe('usage of a pool', () => {
  it('counts the instance where it is known and the largest alternative where it is not', () => {
    const launched = anInitializedClaim({
      launch: aLaunch({ instanceId: instanceId(ID), capacity: { cpu: 2000 } }),
    });
    const planned = aPlannedClaim({ name: claimName('pool-2'), maxCapacity: { cpu: 8000 } });
    expect(usageByPool([launched, planned])).toEqual({ pool: { cpu: 10_000, nodes: 2 } });
  });
});
