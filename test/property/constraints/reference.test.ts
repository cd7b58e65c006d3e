import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFailures } from '../../../lib/constraints/cluster-filters.ts';
import { type FilterFailure, nodeFailures } from '../../../lib/constraints/pod-on-node.ts';
import { volumePlaces } from '../../../lib/constraints/volumes.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { ReferenceCluster, ReferenceNode } from '../../support/reference/cluster.ts';
import { clusters } from '../../support/reference/cluster-arbitraries.ts';
import { referenceFailures } from '../../support/reference/filters.ts';
import { pendingPods } from '../../support/reference/pod-arbitraries.ts';

const CLUSTERS = 2600;
const PODS = 5;
const NODES = 4;
const PLUGINS = [
  'InterPodAffinity affinity',
  'InterPodAffinity anti-affinity',
  'InterPodAffinity existing anti-affinity',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit cpu',
  'NodeResourcesFit memory',
  'NodeResourcesFit nvidia.com/gpu',
  'NodeResourcesFit pods',
  'NodeUnschedulable',
  'PodTopologySpread',
  'TaintToleration',
  'VolumeBinding',
];

/** In the words of the reference: the plugin, and what it is about where one plugin has several answers. */
const inWords = ({ plugin, reason }: FilterFailure): string => {
  if (plugin === 'NodeResourcesFit') {
    return `${plugin} ${reason === 'Too many pods' ? 'pods' : reason.replace('Insufficient ', '')}`;
  }
  if (plugin !== 'InterPodAffinity') return plugin;
  return `${plugin} ${/(existing pods )?(anti-)?affinity/.exec(reason)?.[0].replace('existing pods', 'existing')}`;
};

function libraryFailures(
  pod: Pod,
  cluster: ReferenceCluster,
): (node: ReferenceNode) => readonly FilterFailure[] {
  const topology = clusterFailures(pod, cluster.nodes, cluster.namespaces);
  const places = volumePlaces(pod, cluster);
  return (node) => [...nodeFailures(pod, node, places), ...topology(node)];
}

describe('the filters of lib/constraints', () => {
  it('agree with the reference on every generated pod and node, plugin by plugin', () => {
    const tally = new Map<string, number>();
    const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
    const pods = fc.array(pendingPods({ refusable: true }), { minLength: PODS, maxLength: PODS });
    void fc.assert(
      fc.property(clusters({ leaving: true }), pods, (cluster, pending) => {
        for (const pod of pending) {
          const failuresOn = libraryFailures(pod, cluster);
          for (const node of cluster.nodes) {
            const expected = new Set(referenceFailures(pod, node, cluster));
            const found = new Set(failuresOn(node).map(inWords));
            expect(found, JSON.stringify({ pod: pod.spec, node })).toEqual(expected);
            count('cases');
            count(expected.size === 0 ? 'fits' : 'refused');
            for (const plugin of expected) count(plugin);
          }
        }
      }),
      { numRuns: CLUSTERS },
    );
    const of = (what: string): number => tally.get(what) ?? 0;
    expect(of('cases')).toBe(CLUSTERS * PODS * NODES);
    expect(of('fits')).toBeGreaterThan(of('cases') / 5);
    expect(of('refused')).toBeGreaterThan(of('cases') / 5);
    const seldom = PLUGINS.filter((plugin) => of(plugin) < of('cases') / 200);
    expect(seldom).toEqual([]);
  });
});
