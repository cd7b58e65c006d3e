import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { PlanningNode, ProvisioningInput } from '../../../lib/planning/types.ts';
import {
  aClusterState,
  aNodePool,
  aPlanningNode,
  aPod,
  aProvisioningInput,
  aStorageClass,
  aVolume,
  aVolumeClaim,
} from '../../support/builders.ts';

const LOCAL = aStorageClass({ name: 'local', provisioner: 'kubernetes.io/no-provisioner' });
const CLAIM = aVolumeClaim({ storageClassName: 'local' });
const POD = aPod({ name: 'db', spec: { volumeClaims: ['data'] } });

const on = (key: string, ...values: string[]) => [
  { matchFields: [], matchExpressions: [{ key, operator: 'In' as const, values }] },
];
const diskOf = (host: string, overrides: Parameters<typeof aVolume>[0] = {}) =>
  aVolume({ name: `pv-${host}`, onHost: true, nodeAffinity: on(LABEL.hostname, host), ...overrides });
const freeDiskOf = (host: string) => diskOf(host, { freeInClass: 'local' });
const takenDiskOf = (host: string) => ({
  volumes: [diskOf(host)],
  volumeClaims: [
    CLAIM,
    aVolumeClaim({ name: 'other', storageClassName: 'local', phase: 'Bound', volumeName: `pv-${host}` }),
  ],
});

const ofPool = (name: string, overrides: Partial<PlanningNode> = {}) =>
  aPlanningNode({ name, ...overrides, labels: { [LABEL.nodePool]: 'default', ...overrides.labels } });
const ofNobody = (name: string) => aPlanningNode({ name });

/** What becomes of the pod: the pool of a new node, the name of a node that is there, or the reasons. */
function fate(
  nodes: readonly PlanningNode[],
  state: Partial<ClusterState> = {},
  rest: Partial<ProvisioningInput> = {},
) {
  const cluster = aClusterState({ volumeClaims: [CLAIM], storageClasses: [LOCAL], ...state });
  const plan = planProvisioning(aProvisioningInput({ pods: [POD], nodes, cluster, ...rest }));
  return [
    ...plan.nodes.map(({ nodePool, zone }) => `new ${nodePool.name} in ${zone}`),
    ...plan.existing.map(({ node }) => `on ${node}`),
    ...plan.unschedulable.flatMap(({ reasons }) => reasons),
  ];
}
const NEW = ['new default in us-east-1a'];
const waitingOn = (node: string) => [
  `existing nodes: ${node} has room for it but no free volume for its claims data yet: it waits for those that the node brings, and no other node is bought meanwhile`,
];

describe('a claim of a class whose volumes are disks of nodes', () => {
  it('gets a new node, which is to bring the disk', () => {
    expect(fate([])).toEqual(NEW);
  });

  it('takes a free disk of a node that is there before a new node is bought', () => {
    expect(fate([ofNobody('a'), ofPool('b')], { volumes: [freeDiskOf('a')] })).toEqual(['on a']);
  });

  it('gets a new node when other claims have all disks of the nodes that are there', () => {
    expect(fate([ofPool('a')], takenDiskOf('a'))).toEqual(NEW);
  });

  it('gets a new node when the nodes that are there are of no NodePool, so that nobody says they bring disks', () => {
    expect(fate([ofNobody('a')])).toEqual(NEW);
    expect(fate([ofPool('a', { labels: { [LABEL.nodePool]: 'gone' } })])).toEqual(NEW);
  });

  it('is planned onto a node on its way', () => {
    expect(fate([ofPool('a', { inFlight: true })])).toEqual(['on a']);
  });

  it('waits at an open node that has not shown a disk yet, and nothing is bought again and again', () => {
    expect(fate([ofPool('a')])).toEqual(waitingOn('a'));
    expect(fate([ofPool('a'), ofPool('b')], takenDiskOf('a'))).toEqual(waitingOn('b'));
  });

  it('takes no account of a disk that is being wiped', () => {
    expect(fate([ofPool('a')], { volumes: [{ ...freeDiskOf('a'), deletionAtMs: 1 }] })).toEqual(
      waitingOn('a'),
    );
  });

  it('gets a new node where the class allows one', () => {
    const nodes = [ofPool('a', { labels: { [LABEL.zone]: 'us-east-1a' } })];
    const inZone = (zone: string) => ({
      storageClasses: [{ ...LOCAL, allowedTopologies: on(LABEL.zone, zone) }],
    });
    expect(fate(nodes, inZone('us-east-1b'))).toEqual(['new default in us-east-1b']);
    expect(fate(nodes, inZone('us-east-1z'))).toEqual([
      expect.stringContaining(
        'can be used: in topology.kubernetes.io/zone us-east-1z and in karpenter.sh/nodepool default',
      ),
      "existing nodes: 0 of 1 can take it: 1 didn't find available persistent volumes to bind",
    ]);
  });

  it('waits for the control plane when the class binds immediately, on new nodes as on old ones', () => {
    const storageClasses = [{ ...LOCAL, volumeBindingMode: 'Immediate' as const }];
    expect(fate([ofPool('a')], { storageClasses })).toEqual([
      'persistentvolumeclaim "data" is unbound and its storage class "local" binds immediately',
    ]);
  });

  it('is refused by name when no NodePool can add a node', () => {
    const refusal = [
      'persistentvolumeclaim "data" is unbound, nobody makes volumes of its storage class "local" and none is free',
    ];
    expect(fate([ofPool('a')], {}, { nodePools: [] })).toEqual(refusal);
    expect(fate([ofPool('a')], {}, { nodePools: [aNodePool({ replicas: 1 })] })).toEqual(refusal);
  });

  it('goes where a volume is free when people make them by hand, because no node brings such a one', () => {
    const freeIn = (zone: string) => ({
      volumes: [aVolume({ freeInClass: 'local', nodeAffinity: on(LABEL.zone, zone) })],
    });
    expect(fate([], freeIn('us-east-1b'))).toEqual(['new default in us-east-1b']);
    expect(fate([], freeIn('us-east-1z'))[0]).toContain(
      'can be used: in topology.kubernetes.io/zone us-east-1z;',
    );
  });

  it('may choose among the free disks of hundreds of nodes', () => {
    const volumes = Array.from({ length: 300 }, (_, index) => freeDiskOf(`host-${index}`));
    expect(fate([ofNobody('host-299')], { volumes })).toEqual(['on host-299']);
  });
});

describe('a node that a pod waits at for its volume', () => {
  it('keeps room for it, and its other room for others', () => {
    const cluster = aClusterState({ volumeClaims: [CLAIM], storageClasses: [LOCAL] });
    const filler = (name: string, cpu: number) => aPod({ name, spec: { requests: { cpu, pods: 1 } } });
    const waiting = { ...POD, spec: { ...POD.spec, requests: { cpu: 3000, pods: 1 } } };
    const pods = [waiting, filler('small', 500), filler('large', 2000)];
    const plan = planProvisioning(aProvisioningInput({ pods, nodes: [ofPool('a')], cluster }));
    expect(plan.existing.map((entry) => [entry.node, entry.pods.map(({ name }) => name)])).toEqual([
      ['a', ['small']],
    ]);
    expect(plan.nodes.flatMap((node) => node.pods.map(({ name }) => name))).toEqual(['large']);
    expect(plan.unschedulable.map(({ pod }) => pod.name)).toEqual(['db']);
  });
});
