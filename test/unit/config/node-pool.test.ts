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

const problems = (spec: object, templateSpec: object = {}): readonly string[] =>
  loadText(nodePoolText(spec, templateSpec), LOOSE).errors.map((text) =>
    text.replace(/^in\.yaml:1:\d+: /, ''),
  );

const requirement = (members: object): readonly string[] =>
  problems({}, { requirements: [{ key: 'example.org/rack', ...members }] });

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
  });
});

describe('NodePool rules', () => {
  it.each([
    [{ operator: 'In' }, 'operator In needs at least one value'],
    [{ operator: 'In', values: [] }, 'operator In needs at least one value'],
    [{ operator: 'Exists', values: ['x'] }, 'operator Exists takes no values'],
    [{ operator: 'DoesNotExist', values: ['x'] }, 'operator DoesNotExist takes no values'],
    [{ operator: 'Gt', values: ['-1'] }, 'operator Gt needs exactly one non-negative whole number'],
    [{ operator: 'Lt', values: ['1', '2'] }, 'operator Lt needs exactly one non-negative whole number'],
    [{ operator: 'in', values: ['x'] }, 'unknown value "in": want one of In'],
    [{ operator: 'Exists', minValues: 0 }, '0 is too small: want at least 1'],
    [{ operator: 'Exists', minValues: 51 }, '51 is too large: want at most 50'],
    [{ operator: 'In', values: ['x'], minValues: 2 }, 'minValues 2 is more than the 1 values listed'],
    [{ operator: 'In', values: ['no spaces'] }, 'invalid label value "no spaces"'],
    [{ key: 'kubernetes.io/hostname', operator: 'Exists' }, 'cannot be chosen'],
    [{ key: 'karpenter.sh/initialized', operator: 'Exists' }, 'reserved domain "karpenter.sh"'],
    [{ key: 'x.karpenter.k8s.aws/y', operator: 'Exists' }, 'reserved domain "karpenter.k8s.aws"'],
    [
      { key: 'karpenter.k8s.aws/instance-famly', operator: 'Exists' },
      'did you mean "karpenter.k8s.aws/instance-family"?',
    ],
    [{ key: 'bad key', operator: 'Exists' }, 'invalid label key "bad key"'],
    [
      { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['ondemand'] },
      'want one of spot, on-demand, reserved',
    ],
  ])('refuse the requirement %j', (members, message) => {
    expect(requirement(members)).toEqual([expect.stringContaining(message)]);
  });

  it.each(['kubernetes.io/arch', 'node.kubernetes.io/instance-type', 'topology.k8s.aws/zone-id', 'team'])(
    'allow requirements on %s',
    (key) => {
      expect(requirement({ key, operator: 'Exists' })).toEqual([]);
    },
  );

  it.each([
    [{ nodes: '101%' }, 'invalid number of nodes "101%"'],
    [{ nodes: -1 }, 'invalid number of nodes -1'],
    [{ nodes: 1, reasons: ['Expired'] }, 'want one of Underutilized, Empty, Drifted'],
    [{ nodes: 1, duration: '1h' }, '"duration" needs a "schedule"'],
    [{ nodes: 1, schedule: '@hourly' }, '"schedule" needs a "duration"'],
    [{ nodes: 1, schedule: '@hourly', duration: 'Never' }, 'want an end'],
    [{ nodes: 1, schedule: '@hourly', duration: '90s' }, 'remove the seconds'],
    [{ nodes: 1, shedule: '@hourly' }, 'did you mean "schedule"?'],
  ])('refuse the budget %j', (budget, message) => {
    expect(problems({ disruption: { budgets: [budget] } })).toContainEqual(expect.stringContaining(message));
  });

  it.each([
    [{ weight: 0 }, '0 is too small: want at least 1'],
    [{ weight: 101 }, '101 is too large: want at most 100'],
    [{ replicas: 1, weight: 1 }, 'a pool with "replicas" takes no "weight"'],
    [{ replicas: 1, limits: { cpu: 1 } }, 'takes only the limit "nodes": remove "cpu"'],
    [{ disruption: { consolidationPolicy: 'WhenUnderutilized' } }, 'unknown value "WhenUnderutilized"'],
    [{ limits: { cpu: -1 } }, 'must not be negative'],
  ])('refuse the spec %j', (spec, message) => {
    expect(problems(spec)).toEqual([expect.stringContaining(message)]);
  });

  it('refuse another version, another node class kind and a second taint of the same key and effect', () => {
    const old = nodePoolText().replace('karpenter.sh/v1', 'karpenter.sh/v1beta1');
    expect(loadText(old, LOOSE).errors).toEqual([
      'in.yaml:1:15: unknown value "karpenter.sh/v1beta1": want karpenter.sh/v1 (apiVersion)',
    ]);
    const nodeClassRef = { group: 'karpenter.azure.com', kind: 'EC2NodeClass', name: 'a' };
    expect(problems({}, { nodeClassRef })).toEqual([expect.stringContaining('want karpenter.k8s.aws')]);
    const taint = { key: 'a', effect: 'NoSchedule' };
    expect(problems({}, { taints: [taint, taint] })).toEqual([
      expect.stringContaining('duplicate taint a:NoSchedule'),
    ]);
  });

  it('refuse a placement that does not exist', () => {
    const text = nodePoolText({}, {}, { annotations: { 'dovetail.sh/placement': 'slots' } });
    expect(loadText(text, LOOSE).errors).toEqual([
      expect.stringContaining('unknown value "slots": want one of slot, barrier, off; did you mean "slot"?'),
    ]);
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
