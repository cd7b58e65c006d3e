import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../lib/model/pod.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import { aClusterState, aPlanningNode, aProvisioningInput } from '../../support/builders.ts';
import { CAUTION } from '../../support/reference/caution.ts';
import type { ReferenceCluster } from '../../support/reference/cluster.ts';
import { clusters } from '../../support/reference/cluster-arbitraries.ts';
import { referenceFits } from '../../support/reference/filters.ts';
import { pendingPods } from '../../support/reference/pod-arbitraries.ts';

const CLUSTERS = 600;
const PODS = 5;

/** The cluster's nodes and nothing else: no NodePool could add one. */
const inputOf = (pod: Pod, cluster: ReferenceCluster): ProvisioningInput =>
  aProvisioningInput({
    pods: [pod],
    nodePools: [],
    instanceTypes: {},
    cluster: aClusterState({ ...cluster, nodes: [], pods: cluster.nodes.flatMap(({ pods }) => pods) }),
    nodes: cluster.nodes.map(({ name, labels, taints, allocatable, pods }) =>
      aPlanningNode({ name, labels, taints, allocatable, pods }),
    ),
  });

describe('a provisioning plan over the nodes there are', () => {
  it('places a pod exactly where the reference lets it run, and leaves it out only where no node would do', () => {
    let placed = 0;
    const pods = fc.array(pendingPods({ refusable: false }), {
      minLength: PODS,
      maxLength: PODS,
    });
    void fc.assert(
      fc.property(clusters({ leaving: false }), pods, (cluster, pending) => {
        for (const pod of pending) {
          const chosen = planProvisioning(inputOf(pod, cluster)).existing[0]?.node;
          const fitting = cluster.nodes.filter((node) => referenceFits(pod, node, cluster));
          const shown = JSON.stringify(pod);
          if (chosen !== undefined) {
            expect(
              fitting.map(({ name }) => name),
              shown,
            ).toContain(chosen);
            placed++;
          } else {
            const plain = fitting.filter((node) =>
              CAUTION.every((caution) => caution(pod, node, cluster).length === 0),
            );
            expect(
              plain.map(({ name }) => name),
              shown,
            ).toEqual([]);
          }
        }
      }),
      { numRuns: CLUSTERS },
    );
    const cases = CLUSTERS * PODS;
    expect(placed).toBeGreaterThan(cases / 5);
    expect(cases - placed).toBeGreaterThan(cases / 5);
  });
});
