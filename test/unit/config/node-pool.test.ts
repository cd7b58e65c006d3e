import { describe, expect, it } from 'vitest';
import { DEFAULT_NODE_POOL } from '../../../lib/config/defaults.ts';
import type { NodePool } from '../../../lib/model/node-pool.ts';
import { fixtureFile, load, loadText, nodePoolText } from '../../support/documents.ts';

const LOOSE = { requireNodeClasses: false };

function pool(spec: object = {}, templateSpec: object = {}, metadata: object = {}): NodePool {
  const { documents, errors } = loadText(nodePoolText(spec, templateSpec, metadata), LOOSE);
  expect(errors).toEqual([]);
  const [nodePool] = documents.nodePools;
  if (nodePool === undefined) throw new Error('no NodePool was read');
  return nodePool;
}

describe('NodePool documents', () => {
  it('get the defaults of Karpenter v1', () => {
    const { documents } = load([fixtureFile('minimal.yaml')]);
    expect(documents.nodePools).toEqual([
      {
        name: 'minimal',
        hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        hashVersion: 'v3',
        template: {
          labels: {},
          annotations: {},
          taints: [],
          startupTaints: [],
          requirements: [],
          nodeClass: 'minimal',
          expireAfterMs: 720 * 3_600_000,
        },
        disruption: {
          consolidationPolicy: 'WhenEmptyOrUnderutilized',
          consolidateAfterMs: 0,
          budgets: [{ nodes: { kind: 'percent', percent: 10 } }],
        },
        limits: {},
        weight: 0,
        placement: 'slot',
      },
    ]);
  });

  it('are read with every field', () => {
    const { documents, errors } = load([fixtureFile('general.yaml')]);
    expect(errors).toEqual([]);
    expect(documents.nodePools[0]).toMatchObject({
      placement: 'barrier',
      weight: 10,
      limits: { cpu: 500_000, memory: 1500 * 1024 ** 3, nodes: 40 },
      template: {
        labels: { team: 'storefront' },
        annotations: { 'example.org/owner': 'storefront' },
        taints: [{ key: 'example.org/dedicated', effect: 'NoSchedule' }],
        startupTaints: [{ key: 'example.org/agent-not-ready', value: 'true', effect: 'NoExecute' }],
        expireAfterMs: 336 * 3_600_000,
        terminationGracePeriodMs: 48 * 3_600_000,
      },
      disruption: {
        consolidateAfterMs: 60_000,
        budgets: [
          { nodes: { kind: 'percent', percent: 25 }, reasons: ['Empty', 'Drifted'] },
          { nodes: { kind: 'count', count: 5 } },
          { nodes: { kind: 'count', count: 0 }, schedule: '0 0 * * *', durationMs: 600_000 },
          { nodes: { kind: 'count', count: 2 }, schedule: '*/15 9-17 * 1,2 1-5', durationMs: 28_800_000 },
        ],
      },
    });
    expect(documents.nodePools[0]?.template.requirements[0]).toEqual({
      key: 'karpenter.k8s.aws/instance-category',
      operator: 'In',
      values: ['c', 'm', 'r'],
      minValues: 2,
    });
  });

  it('may be static, tainted and never expire, as in workshops', () => {
    const { documents, errors } = load([fixtureFile('workshop.yaml')]);
    expect(errors).toEqual([]);
    const [gpu, fixed, workshop] = documents.nodePools;
    expect(gpu).toMatchObject({ weight: 100, limits: { 'nvidia.com/gpu': 4 } });
    expect(fixed).toMatchObject({ replicas: 3, limits: { nodes: 5 } });
    expect(workshop).toMatchObject({
      template: { expireAfterMs: null },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfterMs: null },
    });
  });
});

describe('the hash of a NodePool', () => {
  it('changes with what makes running nodes drift', () => {
    const base = pool().hash;
    const template = { taints: [{ key: 'a', effect: 'NoSchedule' }] };
    expect(pool({}, template).hash).not.toBe(base);
    expect(pool({}, { expireAfter: '24h' }).hash).not.toBe(base);
    expect(pool({}, { terminationGracePeriod: '1h' }).hash).not.toBe(base);
  });

  it('stays with what does not', () => {
    const base = pool().hash;
    expect(pool({ weight: 5, limits: { cpu: 1 }, disruption: { consolidateAfter: '1h' } }).hash).toBe(base);
    expect(pool({}, { requirements: [{ key: 'a', operator: 'Exists' }] }).hash).toBe(base);
    expect(pool({}, { expireAfter: '720h' }).hash).toBe(base);
    const [a, b] = [
      { key: 'a', effect: 'NoSchedule' },
      { key: 'b', effect: 'NoSchedule' },
    ];
    expect(pool({}, { taints: [a, b] }).hash).toBe(pool({}, { taints: [b, a] }).hash);
  });
});

describe('the EC2NodeClass of a NodePool', () => {
  it('must be among the documents unless the caller knows it', () => {
    expect(loadText(nodePoolText()).errors).toEqual([expect.stringContaining('missing EC2NodeClass "a"')]);
    expect(loadText(nodePoolText(), LOOSE).errors).toEqual([]);
  });
});

describe('the default NodePool', () => {
  it('is on-demand amd64 of a current c, m or r family', () => {
    expect(DEFAULT_NODE_POOL).toMatchObject({ name: 'default', template: { nodeClass: 'default' } });
    expect(
      DEFAULT_NODE_POOL.template.requirements.map(({ operator, values }) => [operator, ...values]),
    ).toEqual([
      ['In', 'c', 'm', 'r'],
      ['Gt', '4'],
      ['In', 'amd64'],
      ['In', 'on-demand'],
    ]);
  });
});
