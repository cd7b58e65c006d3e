import { describe, expect, it } from 'vitest';
import { mergeLive } from '../../../cli/live/merge.ts';
import type { LoadedDocuments } from '../../../lib/config/load.ts';
import { EMPTY_CLUSTER } from '../../../lib/model/snapshot.ts';
import { aBoundPod, aClusterState, aNode, aPod, aVolumeClaim } from '../../support/builders.ts';

const someDocuments = (overrides: Partial<LoadedDocuments> = {}): LoadedDocuments => ({
  ...{ nodePools: [], nodeClasses: [], workloads: [], pods: [] },
  cluster: EMPTY_CLUSTER,
  ...overrides,
});

describe('a live cluster and documents', () => {
  it('are both there, the pods of the cluster bound and unbound', () => {
    const live = aClusterState({ pods: [aBoundPod('node-a', { name: 'b' }), aPod({ name: 'a' })] });
    const { documents, notes } = mergeLive(
      live,
      someDocuments({ pods: [aPod({ name: 'own' })] }),
      new Set(['Pod default/own']),
    );
    expect(documents.pods.map(({ name }) => name)).toEqual(['a', 'b', 'own']);
    expect(documents.cluster.pods.map(({ name }) => name)).toEqual(['b']);
    expect(notes).toEqual([]);
  });

  it('replace objects of the cluster by documents of the same name, and say so', () => {
    const live = aClusterState({
      nodes: [aNode({ name: 'node-a' }), aNode({ name: 'node-b' })],
      pods: [aBoundPod('node-a', { name: 'web' })],
    });
    const own = someDocuments({
      pods: [aPod({ name: 'web', uid: aPod({ name: 'made-up' }).uid })],
      cluster: { ...EMPTY_CLUSTER, nodes: [aNode({ name: 'node-b', unschedulable: true })] },
    });
    const { documents, notes } = mergeLive(live, own, new Set(['Pod default/web', 'Node node-b']));
    expect(documents.cluster.nodes.map(({ name, unschedulable }) => [name, unschedulable])).toEqual([
      ['node-a', false],
      ['node-b', true],
    ]);
    expect(documents.pods).toEqual(own.pods);
    expect(documents.cluster.pods).toEqual([]);
    expect(notes).toEqual(['objects of the cluster replaced by documents: Pod default/web, Node node-b']);
  });

  it('keep what the cluster has where a document only implies it', () => {
    const labels = { team: 'shop' };
    const bound = aVolumeClaim({ name: 'data-db-0', volumeName: 'pv-1', phase: 'Bound' });
    const live = aClusterState({ namespaces: [{ name: 'shop', labels }], volumeClaims: [bound] });
    const implied = someDocuments({
      cluster: {
        ...EMPTY_CLUSTER,
        namespaces: [
          { name: 'other', labels: {} },
          { name: 'shop', labels: {} },
        ],
        volumeClaims: [aVolumeClaim({ name: 'data-db-0' }), aVolumeClaim({ name: 'data-db-1' })],
      },
    });
    const { documents, notes } = mergeLive(live, implied, new Set());
    expect(documents.cluster.namespaces).toEqual([
      { name: 'other', labels: {} },
      { name: 'shop', labels },
    ]);
    expect(documents.cluster.volumeClaims).toEqual([bound, aVolumeClaim({ name: 'data-db-1' })]);
    expect(notes).toEqual([]);
  });
});
