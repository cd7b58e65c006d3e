import { describe, expect, it } from 'vitest';
import type { KubeApi } from '../../../lib/adapters/memory/kube-api.ts';
import { aDaemonSet, aPodSpec, GIB } from '../../support/builders.ts';
import { aDirectory, dovetail } from '../../support/cli.ts';
import {
  deploymentDocument,
  joined,
  nodeClassDocument,
  nodePoolDocument,
} from '../../support/document-texts.ts';
import { aWire, endsServers } from '../../support/kube-wire.ts';
import { aFront, aKubeconfig } from '../../support/kubeconfig.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

endsServers();

const POOL = joined(nodePoolDocument(), nodeClassDocument());
const BIG = { requests: { cpu: 1500, memory: GIB, pods: 1 } };

function unschedulablePods(api: KubeApi, count: number): void {
  for (let index = 0; index < count; index++) {
    const pod = api.createPod(aNewPod(`web-${index}`, {}, BIG));
    api.setPodStatus(pod.uid, { unschedulable: { sinceMs: 0, message: '0/1 nodes are available' } });
  }
}

async function livePlan(server: string, input: string, ...options: readonly string[]) {
  const args = ['plan', '--kubeconfig', aKubeconfig({ server }), '--json', ...options];
  const run = await dovetail(input === '' ? args : [...args, '-f', '-'], { input });
  return { ...run, plan: run.code === 2 ? undefined : JSON.parse(run.stdout) };
}

describe('plan --kubeconfig', () => {
  it('fills the nodes of the cluster, buys room for the other unschedulable pods, and writes nothing', async () => {
    const { api, server } = await aWire();
    api.createNode(aNewNode('node-a', { ready: 'True' }));
    const bound = api.createPod(aNewPod('old', {}, BIG));
    api.bindPod(bound.uid, 'node-a');
    api.createPod(aNewPod('young'));
    unschedulablePods(api, 3);
    const { code, plan, stderr } = await livePlan(server.url, POOL);
    expect(stderr).toBe(
      'note: not planned, since kube-scheduler has not found them unschedulable: default/young\n',
    );
    expect(code).toBe(0);
    // Which of the equal pods goes where follows from their uids.
    expect(plan.existing).toEqual([{ node: 'node-a', pods: [expect.stringMatching(/^default\/web-/)] }]);
    expect(plan.nodes).toHaveLength(1);
    expect([...plan.existing[0].pods, ...plan.nodes[0].pods].sort()).toEqual([
      'default/web-0',
      'default/web-1',
      'default/web-2',
    ]);
    expect(server.requests.length).toBeGreaterThanOrEqual(8);
    expect(server.requests.filter((request) => !/^GET [^?]+\?limit=500$/.test(request))).toEqual([]);
  });

  it('leaves room for the DaemonSets of the cluster', async () => {
    const { api, server } = await aWire();
    unschedulablePods(api, 1);
    const alone = await livePlan(server.url, POOL);
    api.put('daemonSets', aDaemonSet({ spec: aPodSpec({ requests: { cpu: 1000, memory: GIB, pods: 1 } }) }));
    const accompanied = await livePlan(server.url, POOL);
    expect(alone.plan.nodes[0]).toMatchObject({ instanceType: 'm7i.large', requests: { cpu: '1500m' } });
    expect(accompanied.plan.nodes[0]).toMatchObject({
      instanceType: 'm7i.xlarge',
      requests: { cpu: '2500m' },
    });
  });

  it('needs no documents: the NodePools of a Karpenter installation are used where there is one', async () => {
    const { api, server } = await aWire();
    unschedulablePods(api, 1);
    const bare = await livePlan(server.url, '');
    const served = (text: string, extra: object) => {
      const { apiVersion: _, kind: __, ...object } = JSON.parse(text);
      return { ...object, ...extra, metadata: { ...object.metadata, uid: 'u', managedFields: [{}] } };
    };
    const front = await aFront({
      target: server.url,
      lists: {
        '/apis/karpenter.sh/v1/nodepools': [
          served(nodePoolDocument({ name: 'installed' }), { status: { nodes: 3 } }),
        ],
        '/apis/karpenter.k8s.aws/v1/ec2nodeclasses': [served(nodeClassDocument(), {})],
      },
    });
    const installed = await livePlan(front.url, '');
    expect(bare.plan.nodes[0].nodePool).toBe('default');
    expect(bare.stderr).toContain('note: no NodePool among the documents: the default one is used');
    expect(installed.plan.nodes[0]).toMatchObject({ nodePool: 'installed', instanceType: 'm7i.large' });
    expect(installed.stderr).toBe('');
    const replaced = await livePlan(front.url, nodePoolDocument({ name: 'installed', limits: { cpu: '1' } }));
    expect(replaced.code).toBe(1);
    expect(replaced.stderr).toContain(
      'note: NodePool installed of the cluster is replaced by its document\n',
    );
  });

  it('plans documents in the cluster, without the replicas that run there', async () => {
    const { api, server } = await aWire();
    const owner = { kind: 'ReplicaSet', name: 'web-5d4', uid: 'u' };
    const pod = aNewPod('web-5d4-x', { labels: { app: 'web', 'pod-template-hash': '5d4' }, owner });
    api.createNode(
      aNewNode('node-a', { ready: 'True', labels: { 'topology.kubernetes.io/region': 'eu-west-1' } }),
    );
    api.bindPod(api.createPod(pod).uid, 'node-a');
    const { plan, stderr } = await livePlan(server.url, joined(POOL, deploymentDocument(3)));
    expect(plan.existing).toEqual([{ node: 'node-a', pods: ['default/web-0', 'default/web-1'] }]);
    expect(stderr).toContain(
      'note: Deployment default/web: 1 of its pods is in the cluster, 2 more are planned\n',
    );
    expect(stderr).toContain(
      'note: the cluster has nodes in eu-west-1 and the plan is for us-east-1: give --region eu-west-1\n',
    );
  });

  it('goes on with a note where NodePools may not be listed', async () => {
    const { api, server } = await aWire();
    unschedulablePods(api, 1);
    server.order({ method: 'GET', path: /nodepools$/, times: 1, status: 403, message: 'no' });
    const { code, stderr } = await livePlan(server.url, POOL);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^note: the cluster's nodepools are not used: Forbidden: cannot list nodepools\.karpenter\.sh/,
    );
  });

  it('says what is wrong with its options', async () => {
    const cwd = aDirectory({ 'pool.yaml': POOL });
    const [neither, contextOnly] = await Promise.all([
      dovetail(['plan']),
      dovetail(['plan', '-f', 'pool.yaml', '--context', 'main'], { cwd }),
    ]);
    expect(neither).toMatchObject({ code: 2, stdout: '' });
    expect(neither?.stderr).toMatch(/give documents with -f, a live cluster with --kubeconfig, or both\n$/);
    expect(contextOnly).toMatchObject({ code: 2, stdout: '' });
    expect(contextOnly?.stderr).toBe('--context: names a context of --kubeconfig: give both\n');
  });
});
