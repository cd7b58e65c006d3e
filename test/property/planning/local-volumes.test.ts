import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeFailures } from '../../../lib/constraints/pod-on-node.ts';
import { volumePlaces } from '../../../lib/constraints/volumes.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { PersistentVolume } from '../../../lib/model/volume.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { PlanningNode, ProvisioningInput, ProvisioningPlan } from '../../../lib/planning/types.ts';
import {
  aClusterState,
  aPlanningNode,
  aPod,
  aProvisioningInput,
  aStorageClass,
  aVolume,
  aVolumeClaim,
} from '../../support/builders.ts';

/** Rounds of asking again; more than it takes for every pod to get a node and a volume of its own. */
const ROUNDS = 12;

const diskOf = (node: string): PersistentVolume =>
  aVolume({
    name: `pv-${node}`,
    onHost: true,
    freeInClass: 'local',
    nodeAffinity: [
      { matchFields: [], matchExpressions: [{ key: LABEL.hostname, operator: 'In', values: [node] }] },
    ],
  });

interface World {
  /** CPU of each pod that waits. */
  readonly cpus: readonly number[];
  /** Of each node that is there: whether a pool's, and whether it has a free disk. */
  readonly nodes: readonly { readonly ours: boolean; readonly disk: boolean }[];
}

const worlds: fc.Arbitrary<World> = fc.record({
  cpus: fc.array(
    fc.integer({ min: 1, max: 30 }).map((tenths) => tenths * 100),
    { minLength: 1, maxLength: 6 },
  ),
  nodes: fc.array(fc.record({ ours: fc.boolean(), disk: fc.boolean() }), { maxLength: 4 }),
});

function inputOf({ cpus, nodes }: World): ProvisioningInput {
  const standing = nodes.map(({ ours }, index) =>
    aPlanningNode({ name: `old-${index}`, labels: ours ? { [LABEL.nodePool]: 'default' } : {} }),
  );
  return aProvisioningInput({
    nodes: standing,
    pods: cpus.map((cpu, index) =>
      aPod({ name: `db-${index}`, spec: { volumeClaims: [`data-${index}`], requests: { cpu, pods: 1 } } }),
    ),
    cluster: aClusterState({
      storageClasses: [aStorageClass({ name: 'local', provisioner: 'kubernetes.io/no-provisioner' })],
      volumeClaims: cpus.map((_, index) =>
        aVolumeClaim({ name: `data-${index}`, storageClassName: 'local' }),
      ),
      volumes: nodes.flatMap(({ disk }, index) => (disk ? [diskOf(`old-${index}`)] : [])),
    }),
  });
}

/** The new nodes are open, and none of the pods that were planned for them came. */
const joined = (input: ProvisioningInput, plan: ProvisioningPlan, round: number): PlanningNode[] => [
  ...input.nodes,
  ...plan.nodes.map(({ labels, allocatable }, index) =>
    aPlanningNode({ name: `new-${round}-${index}`, labels: { ...labels }, allocatable }),
  ),
];

/** Each free disk goes to the first pod that kube-scheduler finds it for. */
function bind(input: ProvisioningInput): ProvisioningInput {
  let { cluster, nodes } = input;
  const left: Pod[] = [];
  for (const pod of input.pods) {
    const places = volumePlaces(pod, cluster);
    const node = nodes.find((one) => nodeFailures(pod, one, places).length === 0);
    if (node === undefined) {
      left.push(pod);
      continue;
    }
    const [claim] = pod.spec.volumeClaims;
    cluster = {
      ...cluster,
      volumes: cluster.volumes.map((volume) => {
        const { freeInClass: _, ...taken } = volume;
        return volume.name === `pv-${node.name}` ? taken : volume;
      }),
      volumeClaims: cluster.volumeClaims.map((one) =>
        one.name === claim ? { ...one, phase: 'Bound' as const, volumeName: `pv-${node.name}` } : one,
      ),
    };
    nodes = nodes.map((one) => (one === node ? { ...one, pods: [...one.pods, pod] } : one));
  }
  return { ...input, cluster, nodes, pods: left };
}

describe('pods that wait for disks of nodes', () => {
  it('buy nothing a second time while the nodes they got bring none', () => {
    void fc.assert(
      fc.property(worlds, (world) => {
        const input = inputOf(world);
        const first = planProvisioning(input);
        const again = planProvisioning({ ...input, nodes: joined(input, first, 0) });
        expect(again.nodes).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are planned onto an open node only where kube-scheduler takes them at once', () => {
    void fc.assert(
      fc.property(worlds, (world) => {
        const input = inputOf(world);
        for (const { node, pods } of planProvisioning(input).existing) {
          const view = input.nodes.find(({ name }) => name === node);
          for (const pod of pods) {
            const failures =
              view === undefined ? undefined : nodeFailures(pod, view, volumePlaces(pod, input.cluster));
            expect(failures).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('all run in the end where every new node of the pool brings one, and no node is bought in vain', () => {
    void fc.assert(
      fc.property(worlds, (world) => {
        let input = inputOf({ ...world, nodes: world.nodes.filter(({ ours, disk }) => disk || !ours) });
        let bought = 0;
        for (let round = 0; round < ROUNDS && input.pods.length > 0; round++) {
          const plan = planProvisioning(input);
          bought += plan.nodes.length;
          const nodes = joined(input, plan, round);
          const fresh = nodes.slice(input.nodes.length).map(({ name }) => diskOf(name));
          const { cluster } = input;
          input = bind({ ...input, nodes, cluster: { ...cluster, volumes: [...cluster.volumes, ...fresh] } });
        }
        expect(input.pods).toEqual([]);
        expect(bought).toBeLessThanOrEqual(world.cpus.length);
      }),
      { numRuns: 150 },
    );
  });
});
