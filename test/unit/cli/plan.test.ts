import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aDirectory, dovetail } from '../../support/cli.ts';
import {
  daemonSetDocument,
  deploymentDocument,
  joined,
  nodeClassDocument,
  nodeDocument,
  nodePoolDocument,
  podDocument,
} from '../../support/document-texts.ts';

const POOL = joined(nodePoolDocument(), nodeClassDocument());

/** By Karpenter's algorithm unless the options say otherwise: what is looked at is mostly how the input is read. */
async function planJson(input: string, ...options: readonly string[]) {
  const args = ['plan', '-f', '-', '--json', '--solver', 'greedy', ...options];
  const run = await dovetail(args, { input });
  return { ...run, plan: JSON.parse(run.stdout) };
}

/** All but the one figure that differs from run to run. */
const untimed = (document: string): string => document.replace(/^ {4}"milliseconds": \d+,$/m, '');

describe('plan --json', () => {
  it('prints the plan as one document and ends with 0', async () => {
    const input = joined(POOL, deploymentDocument(3), daemonSetDocument({ cpu: '100m', memory: '128Mi' }));
    const { code, plan, stderr } = await planJson(input);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(plan).toEqual({
      kind: 'Plan',
      apiVersion: 'dovetail.sh/v1alpha1',
      nodes: [
        {
          name: 'general-1',
          nodePool: 'general',
          nodeClass: 'default',
          instanceType: 'm7i.large',
          zone: 'us-east-1a',
          capacityType: 'on-demand',
          pricePerHour: 0.1008,
          instanceTypes: expect.arrayContaining(['m7i.large', 'm7i.xlarge']),
          pods: ['default/web-0', 'default/web-1', 'default/web-2'],
          requests: { cpu: '1600m', memory: '3200Mi' },
          allocatable: { cpu: '1930m', memory: '6903Mi', pods: '29' },
        },
      ],
      existing: [],
      unschedulable: [],
      cost: { perHour: 0.1008, baselinePerHour: 0.1008, baselineUnplacedMore: 0 },
      solver: {
        ...{ name: 'greedy', winner: 'greedy', seed: 1, iterations: 0, milliseconds: expect.any(Number) },
        ...{ terms: [], decidedFirst: [] },
      },
    });
  });

  it('searches for something better than Karpenter’s plan, and says what that would have cost', async () => {
    const { code, plan } = await planJson(
      joined(POOL, deploymentDocument(3)),
      '--solver',
      'optimal',
      '--budget',
      '100',
    );
    expect(code).toBe(0);
    expect(plan.solver).toMatchObject({ name: 'optimal', seed: 1 });
    expect(plan.cost.baselinePerHour).toBe(0.1008);
  });

  it.each(['1.5', '-1', '10k', '', '1e3', '100000001'])('refuses a budget of %o', async (budget) => {
    const { code, stdout, stderr } = await dovetail(['plan', '-f', '-', `--budget=${budget}`], {
      input: POOL,
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Want a whole number of iterations from 0 to 100000000.');
  });

  it('gives the same bytes for the same input, in whatever order the documents come', async () => {
    const documents = [nodePoolDocument(), nodeClassDocument(), deploymentDocument(40), podDocument()];
    const runs = [documents, documents, [...documents].reverse()].map((list) =>
      dovetail(['plan', '-f', '-', '--json'], { input: joined(...list) }),
    );
    const [first = '', again, reversed] = (await Promise.all(runs)).map(({ stdout }) => untimed(stdout));
    expect(first).not.toBe('');
    expect(again).toBe(first);
    expect(reversed).toBe(first);
  });

  it('fills existing nodes first, and counts what is bound to them', async () => {
    const node = nodeDocument('node-a', { 'karpenter.sh/nodepool': 'general' });
    const bound = podDocument({ name: 'old', cpu: '2', nodeName: 'node-a' });
    const { plan } = await planJson(joined(POOL, node, bound, deploymentDocument(4)));
    expect(plan.existing).toEqual([
      { node: 'node-a', pods: ['default/web-0', 'default/web-1', 'default/web-2'] },
    ]);
    expect(plan.nodes.map((planned: { pods: string[] }) => planned.pods)).toEqual([['default/web-3']]);
  });

  it('counts nodes of a pool against its limits', async () => {
    const pool = nodePoolDocument({ limits: { cpu: '5' } });
    const node = nodeDocument('node-a', { 'karpenter.sh/nodepool': 'general' });
    const input = joined(
      pool,
      nodeClassDocument(),
      node,
      podDocument({ cpu: '3900m' }),
      deploymentDocument(1),
    );
    const { code, plan } = await planJson(input);
    expect(code).toBe(1);
    expect(plan.nodes).toEqual([]);
    expect(plan.unschedulable).toHaveLength(1);
    expect(plan.unschedulable[0].reasons[0]).toContain('limit');
  });

  it('says on stderr which NodePool it uses when there is none', async () => {
    const { code, plan, stderr } = await planJson(podDocument());
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: no NodePool among the documents: the default one is used/);
    expect(plan.nodes[0]).toMatchObject({ nodePool: 'default', capacityType: 'on-demand' });
  });

  it('keeps to the region, zones and capacity type asked for', async () => {
    const options = ['--region', 'eu-west-1', '--zones', 'eu-west-1c,eu-west-1b', '--capacity-type', 'spot'];
    const family = { key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['m7i'] };
    const pool = joined(nodePoolDocument({ requirements: [family] }), nodeClassDocument());
    const [named, byDefault] = await Promise.all(
      [joined(pool, podDocument()), podDocument()].map((input) => planJson(input, ...options)),
    );
    expect(named?.plan.nodes[0]).toMatchObject({ zone: 'eu-west-1b', capacityType: 'spot' });
    expect(byDefault?.plan.nodes[0]).toMatchObject({ nodePool: 'default', capacityType: 'spot' });
  });

  it('gives up preferences and minValues where the policies say so', async () => {
    const preference = {
      matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['us-east-1b'] }],
    };
    const affinity = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] },
    };
    const types = {
      key: 'node.kubernetes.io/instance-type',
      operator: 'In',
      values: ['m7i.large', 'c7i.large'],
    };
    const pool = nodePoolDocument({ requirements: [{ ...types, minValues: 2 }] });
    const big = { cpu: '1', memory: '6Gi', affinity };
    const input = joined(pool, nodeClassDocument(), podDocument(big));
    const [strict, lenient, indifferent] = await Promise.all([
      planJson(input),
      planJson(input, '--min-values-policy', 'BestEffort'),
      planJson(input, '--min-values-policy', 'BestEffort', '--preference-policy', 'Ignore'),
    ]);
    expect(strict?.code).toBe(1);
    expect(lenient?.plan.nodes[0]).toMatchObject({ instanceType: 'm7i.large', zone: 'us-east-1b' });
    expect(lenient?.stderr).toMatch(/minValues/);
    expect(indifferent?.plan.nodes[0].zone).toBe('us-east-1a');
  });

  it('takes burstable types only when a NodePool names them, and says so', async () => {
    const any = nodePoolDocument({
      requirements: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }],
    });
    const burstable = nodePoolDocument({
      requirements: [{ key: 'karpenter.k8s.aws/instance-category', operator: 'In', values: ['t'] }],
    });
    const tiny = podDocument({ cpu: '100m', memory: '128Mi' });
    const [without, named] = await Promise.all(
      [any, burstable].map((pool) => planJson(joined(pool, nodeClassDocument(), tiny))),
    );
    expect(without?.plan.nodes[0].instanceTypes.filter((name: string) => name.startsWith('t'))).toEqual([]);
    expect(named?.plan.nodes[0].instanceType).toMatch(/^t\d/);
    expect(named?.stderr).toMatch(/note: burstable: t\S+ run on CPU credits/);
  });
});

describe('plan as a table', () => {
  it('says where the workload stands whose pods have no place, and what to change', async () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: giant }
spec:
  replicas: 3
  selector: { matchLabels: { app: giant } }
  template:
    metadata: { labels: { app: giant } }
    spec:
      containers:
        - { name: main, image: main, resources: { requests: { cpu: "2000" } } }
`;
    const { stderr, code } = await dovetail(['plan', '-f', '-'], { input: text });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /:11:9: 3 pods of Deployment default\/giant have no place: NodePool default: no instance type has 2000 cpu; .*; lower what is asked for/,
    );
  });

  it('shows nodes, what they cost and who has no place, without colour where no terminal is, and ends with 1', async () => {
    const input = joined(POOL, deploymentDocument(2), podDocument({ name: 'huge', cpu: '5000' }));
    const { code, stdout, stderr } = await dovetail(['plan', '-f', '-', '--solver', 'greedy'], { input });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^\S+:\d+:\d+: 1 pod of Pod default\/huge has no place: NodePool general: [^\n]+\n$/,
    );
    expect(stdout).not.toContain('\u001b');
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^NAME {2,}TYPE {2,}CAPACITY {2,}ZONE {2,}PODS {2,}CPU {2,}MEMORY {2,}PRICE\/H/);
    expect(lines[1]).toMatch(/^general-1 +m7i\.large +on-demand +us-east-1a +2 +51% +29% +\$0\.1008 +\d+$/);
    expect(stdout).toContain(
      "2 pods on 1 new node for $0.1008/h.\n$0.1008/h by Karpenter's algorithm, which proves no lower bound\n",
    );
    expect(stdout).toContain('1 pod has no place:\n  default/huge\n    NodePool general: ');
  });
});

describe('a plan for workloads that were hardly meant so', () => {
  it('names the pod that contradicts itself, notes what looks like a slip, and places the others', async () => {
    const contradictory = podDocument({ name: 'odd' }).replace(
      '"containers"',
      '"nodeSelector":{"kubernetes.io/arch":"arm64","beta.kubernetes.io/arch":"amd64"},"containers"',
    );
    const tiny = deploymentDocument(3, { name: 'tiny', memory: '512' });
    const { code, plan, stderr } = await planJson(joined(POOL, contradictory, tiny, podDocument()));
    expect(code).toBe(1);
    expect(plan.nodes.flatMap((node: { pods: string[] }) => node.pods)).toHaveLength(4);
    expect(plan.unschedulable).toEqual([
      {
        pod: 'default/odd',
        reasons: [
          'it contradicts itself: no node has beta.kubernetes.io/arch In [amd64] and kubernetes.io/arch In [arm64]: remove one of them',
        ],
      },
    ]);
    expect(stderr).toMatch(
      /1 pod of Pod default\/odd has no place: it contradicts itself: [^\n]+: remove one of them \(spec/,
    );
    expect(stderr).toContain(
      'note: default/tiny-0 and 2 more ask for 512 bytes of memory: is a suffix such as Mi missing, or m written for Mi?',
    );
  });

  it('says why nodes that exist did not take a pod either', async () => {
    const node = nodeDocument('node-a', { 'karpenter.sh/nodepool': 'general' });
    const { plan } = await planJson(joined(POOL, node, podDocument({ cpu: '500' })));
    expect(plan.unschedulable[0].reasons).toEqual([
      expect.stringMatching(/^NodePool general: no instance type has 500 cpu; .*: is 500m meant\?$/),
      'existing nodes: 0 of 1 can take it: 1 Insufficient cpu',
    ]);
  });
});

describe('plan -f', () => {
  it('reads directories recursively, sorted, and leaves other files alone', async () => {
    const directory = aDirectory({ 'pool.yml': POOL, 'notes.txt': 'not: [yaml' });
    mkdirSync(join(directory, 'deep'));
    writeFileSync(join(directory, 'deep', 'web.json'), deploymentDocument(2));
    const { code, stdout } = await dovetail(['plan', '-f', directory, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).nodes[0].pods).toEqual(['default/web-0', 'default/web-1']);
  });

  it('can be given several times and with several paths', async () => {
    const cwd = aDirectory({
      'a.yaml': nodePoolDocument(),
      'b.yaml': nodeClassDocument(),
      'c.yaml': podDocument(),
    });
    const { code } = await dovetail(['plan', '-f', 'a.yaml', 'b.yaml', '-f', 'c.yaml'], { cwd });
    expect(code).toBe(0);
  });

  it('takes more replicas alike than a call takes arguments', async () => {
    const alike = deploymentDocument(100_000, { name: 'many', cpu: '1000' });
    const others = alike.replace('"name":"many"', '"name":"others"');
    const input = joined(deploymentDocument(1, { name: 'first', cpu: '1000' }), alike, others);
    const { code, stdout } = await dovetail(['plan', '-f', '-', '--solver', 'greedy'], { input });
    expect(code).toBe(1);
    expect(stdout).toContain('200 001 pods have no place');
  });

  it('ends quietly when the reader of its output leaves early', async () => {
    const input = joined(POOL, deploymentDocument(3000));
    const { code, stderr } = await dovetail(['plan', '-f', '-', '--json'], { input, closeStdout: true });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});
