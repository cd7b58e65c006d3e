import { describe, expect, it } from 'vitest';
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import {
  aBoundPod,
  aNodePool,
  anAffinity,
  aPlanningNode,
  aPod,
  aProvisioningInput,
  aSpread,
  matching,
  pods,
} from '../../support/builders.ts';

/** What the last pod without a place is told about the one NodePool. */
function reason(overrides: Partial<ProvisioningInput>): string {
  const { unschedulable } = planProvisioning(aProvisioningInput(overrides));
  return unschedulable.at(-1)?.reasons[0]?.replace('NodePool default: ', '') ?? '';
}

const ZONE = LABEL.zone;
const near = (app: string, topologyKey: string): PodAffinityTerm => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});
const web = { labels: { app: 'web' } };
/** A full node in one zone, with these pods. */
const fullNode = (zone: string, ...running: Parameters<typeof aPod>[0][]) =>
  aPlanningNode({
    name: `node-${zone}`,
    labels: { [ZONE]: zone },
    allocatable: { cpu: 1, memory: 1, pods: 0 },
    pods: running.map((overrides, at) => aBoundPod(`node-${zone}`, { name: `${zone}-${at}`, ...overrides })),
  });

describe('topology spread that leaves no domain is explained', () => {
  it('with the pods per domain, maxSkew and where the NodePool could add', () => {
    const requirements = [{ key: ZONE, operator: 'In' as const, values: ['us-east-1a'] }];
    const input = {
      pods: [aPod({ ...web, spec: { topologySpread: [aSpread()] } })],
      nodes: [fullNode('us-east-1a', web, web), fullNode('us-east-1b', web)],
      nodePools: [aNodePool({ template: { requirements } })],
    };
    expect(reason(input)).toBe(
      `topology spread on ${ZONE} (maxSkew 1) leaves no domain: it counts us-east-1a 2, us-east-1b 1; the NodePool can add to us-east-1a`,
    );
  });

  it('with the minDomains that do not exist', () => {
    const topologySpread = [aSpread({ minDomains: 4 })];
    expect(reason({ pods: pods(4, 'web', { ...web, spec: { topologySpread } }) })).toBe(
      `topology spread on ${ZONE} (maxSkew 1, minDomains 4 of which there are 3) leaves no domain: it counts us-east-1a 1, us-east-1b 1, us-east-1c 1; the NodePool can add to us-east-1a, us-east-1b, us-east-1c`,
    );
  });

  it('with the key that no offering has, and the one that was meant', () => {
    const nodePools = [aNodePool({ template: { labels: { 'acme.org/rack': 'r1' } } })];
    const spread = (topologyKey: string) => ({
      pods: [aPod({ ...web, spec: { topologySpread: [aSpread({ topologyKey })] } })],
      nodePools,
    });
    expect(reason(spread('acme.org/rakc'))).toBe(
      'no offering has the label acme.org/rakc, on which its topology spread counts: add it to the NodePool; did you mean "acme.org/rack"?',
    );
    expect(reason(spread('acme.org/rack'))).toBe('');
  });
});

describe('pod affinity that leaves no domain is explained', () => {
  const affinity = (key: string) => ({ affinity: anAffinity({ podRequired: [near('db', key)] }) });

  it('with the pods that do not exist', () => {
    expect(reason({ pods: [aPod({ spec: affinity(ZONE) })] })).toBe(
      `pod affinity on ${ZONE}: no pod with app=db runs or is planned in namespace default`,
    );
  });

  it('with the domains of the pods, where the NodePool cannot add', () => {
    const node = fullNode('us-east-1f', { labels: { app: 'db' } });
    expect(reason({ pods: [aPod({ spec: affinity(ZONE) })], nodes: [node] })).toBe(
      `pod affinity on ${ZONE}: 1 pod with app=db is in us-east-1f; the NodePool can add to us-east-1a, us-east-1b, us-east-1c`,
    );
  });

  it('with the nodes that have no room, where a node of its own does not help', () => {
    const node = fullNode('us-east-1a', { labels: { app: 'db' } });
    expect(reason({ pods: [aPod({ spec: affinity(LABEL.hostname) })], nodes: [node] })).toBe(
      `pod affinity on ${LABEL.hostname}: no node with one of 1 pod with app=db has room for it, and a new node has no such pod`,
    );
  });
});

describe('pod anti-affinity that leaves no domain is explained', () => {
  const apart = { affinity: anAffinity({ podAntiRequired: [near('web', ZONE)] }) };
  const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

  it('with the domains that all have a pod already', () => {
    const nodes = zones.map((zone) => fullNode(zone, web));
    expect(reason({ pods: [aPod({ spec: apart })], nodes })).toBe(
      `pod anti-affinity on ${ZONE}: each of us-east-1a, us-east-1b, us-east-1c has or may get a pod with app=web`,
    );
  });

  it('with the domains of a planned node that could still be in any of them', () => {
    expect(reason({ pods: pods(2, 'web', { ...web, spec: apart }) })).toBe(
      `pod anti-affinity on ${ZONE}: each of us-east-1a, us-east-1b, us-east-1c has or may get a pod with app=web; the anti-affinity of running and planned pods such as default/web-0 keeps it out of ${ZONE} us-east-1a, us-east-1b, us-east-1c`,
    );
  });

  it('with a pod that keeps it away, where it asks for nothing itself', () => {
    const nodes = zones.map((zone) => fullNode(zone, { labels: { app: 'loner' }, spec: apart }));
    expect(reason({ pods: [aPod(web)], nodes })).toBe(
      `the anti-affinity of running and planned pods such as default/us-east-1a-0 keeps it out of ${ZONE} us-east-1a, us-east-1b, us-east-1c`,
    );
  });
});

describe('rules that leave no domain only together', () => {
  it('are all named', () => {
    const spec = {
      affinity: anAffinity({ podRequired: [near('db', ZONE)], podAntiRequired: [near('web', ZONE)] }),
    };
    const nodes = [fullNode('us-east-1a', web, { labels: { app: 'db' } })];
    expect(reason({ pods: [aPod({ spec })], nodes })).toBe(
      `pod affinity on ${ZONE}, pod anti-affinity on ${ZONE} leaves none of 3 offerings that are large enough`,
    );
  });
});
