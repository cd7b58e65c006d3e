import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expandWorkloads } from '../../../lib/config/expand.ts';
import { isDaemonSetPod, podKey } from '../../../lib/model/pod.ts';
import { fixtureFile, inlineFile, load, loadText } from '../../support/documents.ts';

describe('a cluster as kubectl shows it', () => {
  const { documents, errors, notes } = load([fixtureFile('cluster.yaml')]);
  const { cluster } = documents;

  it('is read without errors, with notes for what is understood rather than written', () => {
    expect(errors).toEqual([]);
    expect(notes).toEqual([
      'cluster.yaml:5:5: Deployment shop/web: 1 of its pods are among the documents, 2 more are planned (items[0])',
      "cluster.yaml:13:5: ReplicaSet shop/web-5d8f is Deployment shop/web's and counted there (items[1])",
      'cluster.yaml:59:29: 2 documents of kind Service (v1) are not used by planning (items[6].kind)',
      'cluster.yaml:94:1: StorageClass "fast" is not among the documents: taken as EBS, bound where its pod goes',
    ]);
  });

  it('has its nodes with amounts in base units', () => {
    expect(cluster.nodes).toEqual([
      {
        name: 'ip-10-0-0-1',
        uid: 'n-1',
        resourceVersion: '42',
        createdAtMs: Date.parse('2026-01-31T11:00:00Z'),
        labels: { 'kubernetes.io/hostname': 'ip-10-0-0-1', 'topology.kubernetes.io/zone': 'us-east-1a' },
        annotations: {},
        taints: [{ key: 'example.org/dedicated', value: 'shop', effect: 'NoSchedule' }],
        unschedulable: false,
        providerId: 'aws:///us-east-1a/i-0abc',
        capacity: { cpu: 4000, memory: 16_374_588 * 1024, pods: 58 },
        allocatable: { cpu: 3920, memory: 15_357_756 * 1024, pods: 58 },
        ready: 'True',
        readySinceMs: Date.parse('2026-01-31T11:01:00Z'),
      },
    ]);
  });

  it('has bound pods in the cluster and all pods as written', () => {
    expect(documents.pods.map(podKey)).toEqual(['shop/lonely', 'shop/web-5d8f-aaaaa']);
    expect(cluster.pods).toEqual([
      expect.objectContaining({
        uid: 'p-1',
        nodeName: 'ip-10-0-0-1',
        phase: 'Running',
        owner: { kind: 'ReplicaSet', name: 'web-5d8f', uid: 'r-1' },
        startedAtMs: Date.parse('2026-01-31T12:00:05Z'),
        spec: expect.objectContaining({ priority: 7 }),
      }),
    ]);
  });

  it('does not call a gated pod unschedulable', () => {
    expect(documents.pods[0]).not.toHaveProperty('unschedulable');
  });

  it('plans only pods that are not there yet', () => {
    expect(expandWorkloads(documents.workloads, documents.pods).map(podKey)).toEqual([
      'shop/db-0',
      'shop/db-1',
      'shop/web-0',
      'shop/web-1',
    ]);
  });

  it('has volumes, and the claims that pods get from templates', () => {
    expect(cluster.volumes).toEqual([
      {
        name: 'pv-cache',
        csiDriver: 'ebs.csi.aws.com',
        csiHandle: 'vol-1',
        nodeAffinity: [
          {
            matchExpressions: [
              { key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values: ['us-east-1a'] },
            ],
            matchFields: [],
          },
        ],
      },
    ]);
    expect(
      cluster.volumeClaims.map(({ name, storageClassName, phase }) => [name, storageClassName, phase]),
    ).toEqual([
      ['cache', 'gp3', 'Bound'],
      ['data-db-0', 'gp3', 'Pending'],
      ['data-db-1', 'gp3', 'Pending'],
      ['db-0-scratch', 'fast', 'Pending'],
      ['db-1-scratch', 'fast', 'Pending'],
    ]);
    const [first] = expandWorkloads(documents.workloads, documents.pods);
    expect(first?.spec.volumeClaims).toEqual(['cache', 'data-db-0', 'db-0-scratch']);
    expect(cluster.storageClasses.map(({ name, volumeBindingMode }) => [name, volumeBindingMode])).toEqual([
      ['fast', 'WaitForFirstConsumer'],
      ['gp3', 'WaitForFirstConsumer'],
    ]);
    expect(cluster.csiNodes).toEqual([{ nodeName: 'ip-10-0-0-1', limits: { 'ebs.csi.aws.com': 26 } }]);
  });

  it('has namespaces with the label that selects them by name', () => {
    expect(cluster.namespaces).toEqual([
      { name: 'shop', labels: { team: 'storefront', 'kubernetes.io/metadata.name': 'shop' } },
    ]);
  });
});

describe('workloads', () => {
  const template = { spec: { containers: [{}] } };
  const object = (apiVersion: string, kind: string, spec: object, metadata: object = {}): string =>
    JSON.stringify({ apiVersion, kind, metadata: { name: 'w', ...metadata }, spec: { template, ...spec } });

  const replicasOf = (text: string): number | undefined => loadText(text).documents.workloads[0]?.replicas;

  it('have one replica in namespace default unless they say otherwise', () => {
    for (const [group, kind] of [
      ['apps/v1', 'Deployment'],
      ['apps/v1', 'StatefulSet'],
      ['apps/v1', 'ReplicaSet'],
      ['v1', 'ReplicationController'],
      ['batch/v1', 'Job'],
    ] as const) {
      expect(loadText(object(group, kind, {})).documents.workloads).toEqual([
        expect.objectContaining({
          kind,
          namespace: 'default',
          name: 'w',
          uid: `${kind}/default/w`,
          replicas: 1,
        }),
      ]);
    }
  });

  it.each([
    [{ parallelism: 3 }, 3],
    [{ parallelism: 3, completions: 10 }, 3],
    [{ parallelism: 10, completions: 4 }, 4],
    [{ parallelism: 4, suspend: true }, 0],
  ])('of a Job %j have %d pods at a time', (spec, count) => {
    expect(replicasOf(object('batch/v1', 'Job', spec))).toBe(count);
  });

  it('of DaemonSets are overhead of nodes and no workloads', () => {
    const { documents } = loadText(object('apps/v1', 'DaemonSet', {}, { labels: { a: 'b' } }));
    expect(documents.workloads).toEqual([]);
    expect(documents.cluster.daemonSets).toEqual([
      expect.objectContaining({ name: 'w', labels: { a: 'b' }, uid: 'DaemonSet/default/w' }),
    ]);
  });

  it('recognise pods of a ReplicaSet that is not among the documents by their hash', () => {
    const pod = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'w-7f-x',
        labels: { 'pod-template-hash': '7f' },
        ownerReferences: [{ kind: 'ReplicaSet', name: 'w-7f', controller: true }],
      },
      spec: { nodeName: 'n', containers: [{}] },
    });
    expect(replicasOf(`${object('apps/v1', 'Deployment', { replicas: 3 })}\n---\n${pod}`)).toBe(2);
  });

  it('of another API group with the same kind are not read', () => {
    const { documents, notes } = loadText(object('example.org/v1', 'Deployment', {}));
    expect(documents.workloads).toEqual([]);
    expect(notes).toHaveLength(1);
  });

  it('are refused beyond 100,000 replicas', () => {
    expect(loadText(object('apps/v1', 'Deployment', { replicas: 1e9 })).errors).toEqual([
      expect.stringContaining('1000000000 is too large: want at most 100000'),
    ]);
  });
});

describe('expanded pods', () => {
  it('are pending, found unschedulable and named by ordinal, passing over names that are taken', () => {
    const { documents } = loadText(
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 2, template: { metadata: { labels: { app: web } }, spec: { containers: [{}] } } }
---
apiVersion: v1
kind: Pod
metadata: { name: web-0, namespace: shop }
spec: { containers: [{}] }
`,
    );
    const pods = expandWorkloads(documents.workloads, documents.pods);
    expect(pods.map(({ uid }) => uid)).toEqual(['shop/web-1', 'shop/web-2']);
    expect(pods[0]).toMatchObject({
      name: 'web-1',
      labels: { app: 'web' },
      createdAtMs: 0,
      phase: 'Pending',
      unschedulable: { sinceMs: 0 },
      owner: { kind: 'Deployment', name: 'web', uid: 'Deployment/shop/web' },
    });
    expect(pods.some(isDaemonSetPod)).toBe(false);
  });
});

describe('loading twice', () => {
  it('gives the same documents whatever the order of the files', () => {
    const files = ['cluster.yaml', 'general.yaml', 'workshop.yaml'].map(fixtureFile);
    expect(load([...files].reverse()).documents).toEqual(load(files).documents);
  });
});

describe('JSON', () => {
  it('is read like YAML', () => {
    const json = `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`;
    expect(load([inlineFile(json, 'ns.json')]).documents.cluster.namespaces.map(({ name }) => name)).toEqual([
      'shop',
    ]);
  });
});

const MANIFESTS = new URL('../../../../shared/data/manifests/', import.meta.url);

describe.skipIf(!existsSync(MANIFESTS))('real manifests', () => {
  const names = existsSync(MANIFESTS) ? readdirSync(MANIFESTS).filter((name) => name.endsWith('.yaml')) : [];

  it.each(names)('of %s are read without errors', (name) => {
    const { documents, errors } = load([{ name, bytes: readFileSync(new URL(name, MANIFESTS)) }]);
    expect(errors).toEqual([]);
    expect(documents.workloads.length + documents.cluster.daemonSets.length).toBeGreaterThan(0);
  });
});
