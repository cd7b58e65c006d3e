import { describe, expect, it } from 'vitest';
import { freeResources, type NodeView, nodeFailures } from '../../../lib/constraints/pod-on-node.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import { aBoundPod, aNode, anAffinity, aPod } from '../../support/builders.ts';

const node = (overrides: Partial<NodeView> = {}): NodeView => ({ ...aNode(), pods: [], ...overrides });
const reasons = (pod: Pod, view: NodeView) => nodeFailures(pod, view).map(({ reason }) => reason);

describe('a pod on one node', () => {
  it('fits where nothing speaks against it', () => {
    expect(reasons(aPod(), node())).toEqual([]);
  });

  it("lists every filter that refuses it, in kube-scheduler's words", () => {
    const view = node({
      unschedulable: true,
      taints: [{ key: 'dedicated', value: 'db', effect: 'NoExecute' }],
      allocatable: { cpu: 50, memory: 0, pods: 0 },
    });
    expect(reasons(aPod({ spec: { nodeSelector: { disk: 'ssd' } } }), view)).toEqual([
      'node(s) were unschedulable',
      'node(s) had untolerated taint {dedicated=db:NoExecute}',
      "node(s) didn't match Pod's node affinity/selector",
      'Insufficient cpu',
      'Insufficient memory',
      'Too many pods',
    ]);
  });

  it('is not kept away by soft taints, nor by a cordon it tolerates', () => {
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' as const }];
    const view = node({ unschedulable: true, taints: [{ key: 'a', effect: 'PreferNoSchedule' }] });
    expect(reasons(aPod({ spec: { tolerations } }), view)).toEqual([]);
  });

  it('counts what runs there, but not what has ended', () => {
    const running = aBoundPod('node-a', { name: 'a', cpuMillicores: 3000 });
    const ended = aBoundPod('node-a', { name: 'b', cpuMillicores: 3000, phase: 'Failed' });
    expect(freeResources(node({ pods: [running, ended] }))['cpu']).toBe(920);
    expect(reasons(aPod({ cpuMillicores: 921 }), node({ pods: [running, ended] }))).toEqual([
      'Insufficient cpu',
    ]);
  });

  it('needs one of its required affinity terms', () => {
    const term = (value: string) => ({
      matchFields: [],
      matchExpressions: [{ key: 'disk', operator: 'In' as const, values: [value] }],
    });
    const pod = aPod({ spec: { affinity: anAffinity({ nodeRequired: [term('ssd'), term('nvme')] }) } });
    expect(reasons(pod, node({ labels: { disk: 'nvme' } }))).toEqual([]);
    expect(reasons(pod, node({ labels: { disk: 'hdd' } }))).toHaveLength(1);
  });

  it.each<[string, Requirement['operator'], string[], boolean]>([
    ['00000000000000000003', 'Gt', ['2'], true],
    ['9007199254740993', 'Gt', ['9007199254740992'], true],
    ['9223372036854775808', 'Gt', ['1'], false],
    ['-1', 'Lt', ['0'], true],
    ['abc', 'Lt', ['9'], false],
    ['', 'Lt', ['9'], false],
    ['1.5', 'Gt', ['1'], false],
    ['5', 'Gt', ['-1'], false],
    ['5', 'NotIn', ['no value'], false],
    ['5', 'Gt', ['1', '2'], false],
  ])('with label size=%s and affinity %s %j: fits %s', (size, operator, values, fits) => {
    const matchExpressions = [{ key: 'size', operator, values }];
    const affinity = anAffinity({ nodeRequired: [{ matchExpressions, matchFields: [] }] });
    expect(reasons(aPod({ spec: { affinity } }), node({ labels: { size } })).length === 0).toBe(fits);
  });

  it.each<[Requirement, boolean]>([
    [{ key: 'metadata.name', operator: 'In', values: ['node-a'] }, true],
    [{ key: 'metadata.name', operator: 'NotIn', values: ['node-b'] }, true],
    [{ key: 'metadata.name', operator: 'In', values: ['node-a', 'node-b'] }, false],
    [{ key: 'metadata.name', operator: 'Exists', values: [] }, false],
    [{ key: 'metadata.uid', operator: 'NotIn', values: ['x'] }, false],
  ])('selected by field %j: fits %s', (field, fits) => {
    const affinity = anAffinity({ nodeRequired: [{ matchExpressions: [], matchFields: [field] }] });
    expect(reasons(aPod({ spec: { affinity } }), node()).length === 0).toBe(fits);
  });

  it('reads deprecated label keys as the stable ones', () => {
    const pod = aPod({ spec: { nodeSelector: { 'failure-domain.beta.kubernetes.io/zone': 'us-east-1a' } } });
    expect(reasons(pod, node({ labels: { 'topology.kubernetes.io/zone': 'us-east-1a' } }))).toEqual([]);
  });

  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '0.0.0.0', true],
    ['', '10.0.0.2', true],
    // kube-scheduler looks for 0.0.0.0 only; Karpenter takes the unspecified IPv6 address for every address too.
    ['::', '10.0.0.2', true],
  ])('shares a host port on %s and %s: conflict %s', (mine, theirs, conflict) => {
    const port = (hostIp: string) => [{ port: 80, protocol: 'TCP' as const, hostIp }];
    const other = aBoundPod('node-a', { name: 'other', spec: { hostPorts: port(theirs) } });
    const failures = reasons(aPod({ spec: { hostPorts: port(mine) } }), node({ pods: [other] }));
    expect(failures.length > 0).toBe(conflict);
    const udp = aPod({ spec: { hostPorts: [{ port: 80, protocol: 'UDP', hostIp: mine }] } });
    expect(reasons(udp, node({ pods: [other] }))).toEqual([]);
  });
});
