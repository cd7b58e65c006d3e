import { describe, expect, it } from 'vitest';
import { clusterFailures } from '../../../lib/constraints/cluster-filters.ts';
import type { NodeView } from '../../../lib/constraints/pod-on-node.ts';
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { aBoundPod, aNode, anAffinity, aPod, aSpread, matching } from '../../support/builders.ts';

const web = { labels: { app: 'web' } };
const node = (name: string, zone: string, pods: Pod[] = [], labels = {}): NodeView => ({
  ...aNode({ name, labels: { zone, ...labels } }),
  pods,
});
const webPods = (count: number, name: string): Pod[] =>
  Array.from({ length: count }, (_, index) => aBoundPod(name, { ...web, name: `${name}-${index}` }));
const term = (overrides: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey: 'zone',
  labelSelector: matching({ app: 'web' }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
  ...overrides,
});
const namespaces = [
  { name: 'default', labels: {} },
  { name: 'shop', labels: { tier: 'front' } },
];
/** Names of the nodes that pass. */
const passing = (pod: Pod, nodes: NodeView[]): string[] => {
  const failures = clusterFailures(pod, nodes, namespaces);
  return nodes.filter((one) => failures(one).length === 0).map(({ name }) => name);
};

describe('topology spread', () => {
  const spreading = (overrides = {}, pod = {}) =>
    aPod({ ...web, ...pod, spec: { topologySpread: [aSpread({ topologyKey: 'zone', ...overrides })] } });
  const nodes = [
    node('a', 'z1', webPods(2, 'a')),
    node('b', 'z2', webPods(1, 'b')),
    node('c', 'z3', webPods(1, 'c')),
  ];

  it('keeps the difference between domains within maxSkew', () => {
    expect(passing(spreading(), nodes)).toEqual(['b', 'c']);
    expect(passing(spreading({ maxSkew: 2 }), nodes)).toEqual(['a', 'b', 'c']);
  });

  it('does not count a pod that its own selector does not pick', () => {
    expect(passing(spreading({}, { labels: { app: 'other' } }), nodes)).toEqual(['a', 'b', 'c']);
  });

  it('takes the minimum as zero while there are fewer domains than minDomains', () => {
    expect(passing(spreading({ minDomains: 4 }), nodes)).toEqual([]);
    expect(passing(spreading({ minDomains: 3 }), nodes)).toEqual(['b', 'c']);
  });

  it('refuses nodes without the label', () => {
    expect(passing(spreading({ topologyKey: 'rack' }), nodes)).toEqual([]);
  });

  it('counts only nodes that the pod could use, unless told otherwise', () => {
    const withEmpty = [...nodes.slice(0, 2), node('x', 'z4', [], { dead: 'yes' })];
    const selector = { nodeSelector: { dead: 'no' } };
    const pod = (nodeAffinityPolicy: 'Honor' | 'Ignore') =>
      aPod({
        ...web,
        spec: { ...selector, topologySpread: [aSpread({ topologyKey: 'zone', nodeAffinityPolicy })] },
      });
    const labelled = withEmpty.map((one) => ({ ...one, labels: { dead: 'no', ...one.labels } }));
    expect(passing(pod('Honor'), labelled)).toContain('b');
    expect(passing(pod('Ignore'), labelled)).not.toContain('b');
  });

  it('counts no pod with a selector that asks for nothing, and only demands the label', () => {
    const pod = spreading({ labelSelector: matching({}) });
    expect(passing(pod, [...nodes, node('d', 'z4')])).toEqual(['a', 'b', 'c', 'd']);
    expect(passing(pod, [{ ...node('x', 'z1'), labels: {} }])).toEqual([]);
  });

  it('reads a deprecated topology key as the stable one', () => {
    const zoned = (name: string, key: string, zone: string, count: number): NodeView => ({
      ...aNode({ name, labels: { [key]: zone } }),
      pods: webPods(count, name),
    });
    const pod = spreading({ topologyKey: 'failure-domain.beta.kubernetes.io/zone' });
    const mixed = [
      zoned('a', 'topology.kubernetes.io/zone', 'z1', 2),
      zoned('b', 'failure-domain.beta.kubernetes.io/zone', 'z1', 0),
      zoned('c', 'topology.kubernetes.io/zone', 'z2', 1),
    ];
    expect(passing(pod, mixed)).toEqual(['c']);
  });

  it('narrows the selector by matchLabelKeys, so that revisions spread on their own', () => {
    const pod = spreading({ matchLabelKeys: ['rev'] }, { labels: { app: 'web', rev: '2' } });
    expect(passing(pod, nodes)).toEqual(['a', 'b', 'c']);
  });
});

describe('pod affinity', () => {
  const wanting = (overrides: Partial<PodAffinityTerm> = {}, labels: Record<string, string> = {}) =>
    aPod({ labels, spec: { affinity: anAffinity({ podRequired: [term(overrides)] }) } });
  const nodes = [node('a', 'z1', webPods(1, 'a')), node('b', 'z1'), node('c', 'z2')];

  it('needs a matching pod in the domain of the node', () => {
    expect(passing(wanting(), nodes)).toEqual(['a', 'b']);
    expect(passing(wanting({ topologyKey: 'kubernetes.io/hostname' }), nodes)).toEqual(['a']);
  });

  it('lets a pod that it picks itself be the first one', () => {
    const empty = [node('a', 'z1'), node('b', 'z2')];
    expect(passing(wanting(), empty)).toEqual([]);
    expect(passing(wanting({}, { app: 'web' }), empty)).toEqual(['a', 'b']);
  });

  it('looks in its own namespace, in named ones and in those a selector picks', () => {
    const shop = [node('a', 'z1', [aBoundPod('a', { ...web, namespace: 'shop' })]), node('b', 'z2')];
    expect(passing(wanting(), shop)).toEqual([]);
    expect(passing(wanting({ namespaces: ['shop'] }), shop)).toEqual(['a']);
    expect(passing(wanting({ namespaceSelector: matching({ tier: 'front' }) }), shop)).toEqual(['a']);
    expect(passing(wanting({ namespaceSelector: matching({ tier: 'back' }) }), shop)).toEqual([]);
    expect(passing(wanting({ namespaceSelector: matching({}) }), shop)).toEqual(['a']);
  });
});

describe('pod anti-affinity', () => {
  const avoiding = (labels: Record<string, string> = {}, overrides: Partial<PodAffinityTerm> = {}) => ({
    labels,
    spec: { affinity: anAffinity({ podAntiRequired: [term(overrides)] }) },
  });

  it('keeps out of domains that hold a matching pod', () => {
    const nodes = [node('a', 'z1', webPods(1, 'a')), node('b', 'z1'), node('c', 'z2')];
    expect(passing(aPod(avoiding()), nodes)).toEqual(['c']);
  });

  it('works in the other direction too: a running pod keeps those it does not want away', () => {
    const nodes = [node('a', 'z1', [aBoundPod('a', avoiding())]), node('b', 'z1'), node('c', 'z2')];
    expect(passing(aPod(web), nodes)).toEqual(['c']);
    expect(passing(aPod(), nodes)).toEqual(['a', 'b', 'c']);
  });

  it('leaves out pods with the same value of a mismatch key', () => {
    const tenant = { labels: { app: 'web', tenant: 'acme' } };
    const nodes = [node('a', 'z1', [aBoundPod('a', tenant)]), node('c', 'z2')];
    const pod = (name: string) => aPod(avoiding({ tenant: name }, { mismatchLabelKeys: ['tenant'] }));
    expect(passing(pod('acme'), nodes)).toEqual(['a', 'c']);
    expect(passing(pod('other'), nodes)).toEqual(['c']);
  });
});
