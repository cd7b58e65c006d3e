// The NodePools that Karpenter's documentation, the EKS workshop, best practices and blueprints teach, each with what it
// must be read as.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NodePool } from '../../../lib/model/node-pool.ts';
import { fixtureFile, inlineFile, load } from '../../support/documents.ts';

const DIRECTORY = new URL('../../fixtures/documents/nodepools/', import.meta.url);
const HOUR_MS = 3_600_000;
const GIB = 1024 ** 3;

/** As the shell leaves it that applies it. */
function poolsOf(name: string): readonly NodePool[] {
  const text = new TextDecoder().decode(fixtureFile(`nodepools/${name}`).bytes);
  const expanded = text.replaceAll(`\${CLUSTER_NAME}`, 'demo').replaceAll(`\${ALIAS_VERSION}`, 'v20260101');
  const { documents, errors } = load([inlineFile(expanded, name)], { requireNodeClasses: false });
  expect(errors).toEqual([]);
  return documents.nodePools;
}

const inValues = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
const DEFAULT_BUDGETS = [{ nodes: { kind: 'percent', percent: 10 } }];

const EXPECTED: Readonly<Record<string, readonly object[]>> = {
  'getting-started.yaml': [
    {
      name: 'default',
      limits: { cpu: 1_000_000 },
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfterMs: 60_000,
        budgets: DEFAULT_BUDGETS,
      },
      template: { nodeClass: 'default', expireAfterMs: 720 * HOUR_MS },
    },
  ],
  'reference.yaml': [
    {
      weight: 10,
      limits: { cpu: 1_000_000, memory: 1000 * GIB },
      disruption: {
        budgets: [
          ...DEFAULT_BUDGETS,
          { nodes: { kind: 'count', count: 0 }, schedule: '0 9 * * 1-5', durationMs: 8 * HOUR_MS },
        ],
      },
      template: {
        labels: { 'billing-team': 'storefront' },
        annotations: { 'example.com/owner': 'storefront' },
        taints: [{ key: 'example.com/special-taint', effect: 'NoSchedule' }],
        startupTaints: [{ key: 'example.com/another-taint', effect: 'NoSchedule' }],
        terminationGracePeriodMs: 48 * HOUR_MS,
        requirements: expect.arrayContaining([
          { ...inValues('karpenter.k8s.aws/instance-category', 'c', 'm', 'r'), minValues: 2 },
          { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['2'] },
        ]),
      },
    },
  ],
  'budgets-by-reason.yaml': [
    {
      disruption: {
        consolidateAfterMs: 0,
        budgets: [
          { nodes: { kind: 'percent', percent: 20 }, reasons: ['Empty', 'Drifted'] },
          { nodes: { kind: 'count', count: 5 } },
          {
            nodes: { kind: 'count', count: 0 },
            schedule: '0 0 * * *',
            durationMs: 600_000,
            reasons: ['Underutilized'],
          },
        ],
      },
    },
  ],
  'eks-workshop.yaml': [
    {
      template: {
        labels: { type: 'karpenter' },
        expireAfterMs: 72 * HOUR_MS,
        requirements: [
          inValues('karpenter.sh/capacity-type', 'on-demand'),
          inValues('node.kubernetes.io/instance-type', 'c5.large', 'm5.large', 'r5.large', 'm5.xlarge'),
        ],
      },
    },
  ],
  'team-pools.yaml': [
    {
      name: 'billing',
      weight: 50,
      limits: { cpu: 40_000, nodes: 10 },
      template: {
        expireAfterMs: null,
        taints: [
          { key: 'team', value: 'billing', effect: 'NoSchedule' },
          { key: 'team', value: 'billing', effect: 'NoExecute' },
        ],
      },
    },
    { name: 'search', weight: 0, limits: { cpu: 100_000, memory: 400 * GIB } },
  ],
  'gpu.yaml': [
    {
      limits: { cpu: 100_000, memory: 100 * GIB, 'nvidia.com/gpu': 5 },
      template: { taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfterMs: 300_000 },
    },
  ],
  'on-demand-spot-split.yaml': [
    { name: 'node-od', limits: { cpu: 1_000_000 }, template: { expireAfterMs: 168 * HOUR_MS } },
    {
      name: 'node-spot',
      template: {
        labels: { intent: 'apps' },
        requirements: expect.arrayContaining([inValues('capacity-spread', '2', '3', '4', '5')]),
      },
    },
  ],
  'savings-plan.yaml': [{ weight: 100, limits: { cpu: 20_000 } }],
  'reserved.yaml': [
    {
      template: {
        requirements: [
          { key: 'karpenter.k8s.aws/capacity-reservation-type', operator: 'DoesNotExist', values: [] },
          inValues('karpenter.sh/capacity-type', 'reserved', 'on-demand'),
        ],
      },
    },
  ],
  'min-values.yaml': [
    {
      template: {
        requirements: expect.arrayContaining([
          { key: 'node.kubernetes.io/instance-type', operator: 'Exists', values: [], minValues: 10 },
        ]),
      },
    },
  ],
  'max-node-lifetime.yaml': [
    { template: { expireAfterMs: 168 * HOUR_MS, terminationGracePeriodMs: 24 * HOUR_MS } },
  ],
  'windows.yaml': [
    {
      template: {
        nodeClass: 'windows2022',
        requirements: expect.arrayContaining([inValues('node.kubernetes.io/windows-build', '10.0.20348')]),
      },
    },
  ],
  'static.yaml': [
    {
      replicas: 12,
      limits: { nodes: 15 },
      disruption: { consolidateAfterMs: null, budgets: [{ nodes: { kind: 'count', count: 2 } }] },
    },
  ],
  'startup-taints.yaml': [
    {
      disruption: { consolidationPolicy: 'Balanced', consolidateAfterMs: 1.5 * HOUR_MS },
      template: {
        startupTaints: [
          { key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NoExecute' },
          { key: 'ebs.csi.aws.com/agent-not-ready', effect: 'NoExecute' },
        ],
      },
    },
  ],
  'live.yaml': [{ name: 'default', placement: 'slot', template: { labels: {}, annotations: {} } }],
};

describe('the NodePools of documentation and workshops', () => {
  it.each(Object.entries(EXPECTED))('load unchanged: %s', (name, models) => {
    expect(poolsOf(name)).toMatchObject(models);
  });

  it('are all expected to be something', () => {
    expect(readdirSync(DIRECTORY).sort()).toEqual(Object.keys(EXPECTED).sort());
  });
});
