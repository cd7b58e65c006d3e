import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { PlannedNode, ProvisioningInput, ProvisioningPlan } from '../../../lib/planning/types.ts';
import {
  aClusterState,
  aDaemonSet,
  aNodePool,
  anAffinity,
  anInstanceType,
  aPod,
  aProvisioningInput,
  aSpread,
  matching,
  pods,
} from '../../support/builders.ts';
import { planProblems } from '../../support/object-checker.ts';

/** A correct plan with its first node changed, and what the checker says about it. */
function problemsWith(
  overrides: Partial<ProvisioningInput>,
  change: (node: PlannedNode, plan: ProvisioningPlan) => Partial<PlannedNode>,
): string[] {
  const input = aProvisioningInput({ pods: [aPod()], ...overrides });
  const plan = planProvisioning(input);
  expect(planProblems(input, plan)).toEqual([]);
  const [first, ...rest] = plan.nodes;
  if (first === undefined) throw new Error('the plan has no node to change');
  return planProblems(input, { ...plan, nodes: [{ ...first, ...change(first, plan) }, ...rest] });
}

const merged = (_: PlannedNode, plan: ProvisioningPlan) => ({
  pods: plan.nodes.flatMap((node) => node.pods),
});
const web = { labels: { app: 'web' } };

describe('the object checker finds', () => {
  it('a pod that is lost, doubled or invented', () => {
    expect(
      problemsWith({ pods: pods(2, 'web') }, ({ pods: [one] }) => ({ pods: one ? [one] : [] })),
    ).toContain('pod uid-default-web-1 is not in the plan');
    expect(problemsWith({}, (node) => ({ pods: [...node.pods, ...node.pods] }))).toContain(
      'a pod is in the plan twice',
    );
    expect(problemsWith({}, (node) => ({ pods: [...node.pods, aPod({ name: 'new' })] }))).toContain(
      'pod uid-default-new was not asked for',
    );
  });

  it('a node that is too small once its DaemonSets are there', () => {
    const types = [
      anInstanceType({ name: 'm7i.2xlarge', cores: 8 }),
      anInstanceType({ name: 'm7i.xlarge', cores: 4 }),
    ];
    const smaller = {
      instanceType: 'm7i.xlarge',
      zone: 'us-east-1a',
      capacityType: 'on-demand',
      priceMicroUsdPerHour: 200_000,
    } as const;
    const problems = problemsWith(
      {
        pods: [aPod({ cpuMillicores: 3900 })],
        instanceTypes: { default: types },
        cluster: aClusterState({ daemonSets: [aDaemonSet({ cpuMillicores: 200 })] }),
      },
      (node) => ({ offerings: [...node.offerings, smaller] }),
    );
    expect(problems[0]).toBe('node 0 as on-demand:m7i.xlarge:us-east-1a: not enough cpu');
  });

  it('an alternative in a zone that the pod does not want', () => {
    const nodeSelector = { [LABEL.zone]: 'us-east-1a' };
    const problems = problemsWith({ pods: [aPod({ spec: { nodeSelector } })] }, ({ offerings }) => ({
      offerings: offerings.flatMap((offering) => [offering, { ...offering, zone: 'us-east-1b' }]),
    }));
    expect(problems[0]).toContain("didn't match Pod's node affinity/selector");
  });

  it('a node of a pool whose limit is used up, or that its own requirements exclude', () => {
    expect(
      problemsWith({ nodePools: [aNodePool({ limits: { cpu: 4000 } })] }, () => ({
        maxCapacity: { cpu: 5000 },
      })),
    ).toEqual(['NodePool default uses 5000 cpu of 4000']);
    const requirements = [{ key: LABEL.zone, operator: 'In' as const, values: ['us-east-1a'] }];
    const nodePools = [aNodePool({ template: { requirements } })];
    expect(
      problemsWith({ nodePools }, ({ offerings }) => ({
        offerings: offerings.map((offering) => ({ ...offering, zone: 'us-east-1c' })),
      }))[0],
    ).toContain("breaks its NodePool's requirements");
  });

  it('pods together that do not want each other, or that share a host port', () => {
    const apart = {
      topologyKey: LABEL.hostname,
      labelSelector: matching({ app: 'web' }),
      namespaces: [],
      matchLabelKeys: [],
      mismatchLabelKeys: [],
    };
    const affinity = anAffinity({ podAntiRequired: [apart] });
    const hostPorts = [{ port: 80, protocol: 'TCP' as const, hostIp: '' }];
    expect(problemsWith({ pods: pods(2, 'web', { ...web, spec: { affinity } }) }, merged).join()).toContain(
      'anti-affinity',
    );
    expect(problemsWith({ pods: pods(2, 'web', { spec: { hostPorts } }) }, merged).join()).toContain(
      'free ports',
    );
  });

  it('pods that are not spread', () => {
    const spec = { topologySpread: [aSpread()] };
    const problems = problemsWith(
      { pods: pods(5, 'web', { ...web, cpuMillicores: 3000, spec }) },
      (_, plan) => ({
        offerings: plan.nodes[1]?.offerings ?? [],
      }),
    );
    expect(problems.join()).toContain("didn't match pod topology spread constraints");
  });
});
