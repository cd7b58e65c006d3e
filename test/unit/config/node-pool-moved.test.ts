import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { type NodePoolSection, nodePoolWith } from '../../support/node-pool-sections.ts';

/** A section, what is written last in it, and all that is found wrong, as line:column: message (path). */
type Rule = [section: NodePoolSection, pieces: string[], messages: string[]];

function refusals(section: NodePoolSection, pieces: readonly string[]): readonly string[] {
  const { errors } = loadText(nodePoolWith(section, ...pieces), { requireNodeClasses: false });
  return errors.map((error) => error.replace('in.yaml:', ''));
}

describe('fields of a NodePool that do not exist', () => {
  it.each<Rule>([
    ['spec', ['wieght: 5'], ['6:3: unknown field "wieght"; did you mean "weight"? (spec.wieght)']],
    [
      'spec',
      ['kubelet: {}'],
      [
        '6:3: unknown field "kubelet": it moved to the EC2NodeClass in v1: write it there as spec.kubelet (spec.kubelet)',
      ],
    ],
    [
      'spec',
      ['kubeletConfiguration: {}'],
      [
        '6:3: unknown field "kubeletConfiguration": it moved to the EC2NodeClass in v1: write it there as spec.kubelet (spec.kubeletConfiguration)',
      ],
    ],
    [
      'spec',
      ['resources: {}'],
      [
        '6:3: unknown field "resources": only NodeClaims have it: pods say what they request, remove it (spec.resources)',
      ],
    ],
    [
      'spec',
      ['provider: {}'],
      [
        '6:3: unknown field "provider": name an EC2NodeClass in spec.template.spec.nodeClassRef instead (spec.provider)',
      ],
    ],
    [
      'spec',
      ['providerRef: {}'],
      [
        '6:3: unknown field "providerRef": name an EC2NodeClass in spec.template.spec.nodeClassRef instead (spec.providerRef)',
      ],
    ],
    [
      'spec',
      ['consolidation: { enabled: true }'],
      [
        '6:3: unknown field "consolidation": write spec.disruption.consolidationPolicy: WhenEmptyOrUnderutilized instead (spec.consolidation)',
      ],
    ],
    [
      'spec',
      ['ttlSecondsAfterEmpty: 30'],
      [
        '6:3: unknown field "ttlSecondsAfterEmpty": write spec.disruption.consolidationPolicy: WhenEmpty and spec.disruption.consolidateAfter with a unit, such as 30s, instead (spec.ttlSecondsAfterEmpty)',
      ],
    ],
    [
      'spec',
      ['ttlSecondsUntilExpired: 30'],
      [
        '6:3: unknown field "ttlSecondsUntilExpired": write spec.template.spec.expireAfter with a unit, such as 720h, instead (spec.ttlSecondsUntilExpired)',
      ],
    ],
    [
      'spec',
      ['requirements: []'],
      ['6:3: unknown field "requirements": write it as spec.template.spec.requirements (spec.requirements)'],
    ],
    [
      'spec',
      ['taints: []'],
      ['6:3: unknown field "taints": write it as spec.template.spec.taints (spec.taints)'],
    ],
    [
      'spec',
      ['startupTaints: []'],
      [
        '6:3: unknown field "startupTaints": write it as spec.template.spec.startupTaints (spec.startupTaints)',
      ],
    ],
    [
      'spec',
      ['nodeClassRef: {}'],
      ['6:3: unknown field "nodeClassRef": write it as spec.template.spec.nodeClassRef (spec.nodeClassRef)'],
    ],
    [
      'spec',
      ['expireAfter: 1h'],
      ['6:3: unknown field "expireAfter": write it as spec.template.spec.expireAfter (spec.expireAfter)'],
    ],
    [
      'spec',
      ['terminationGracePeriod: 1h'],
      [
        '6:3: unknown field "terminationGracePeriod": write it as spec.template.spec.terminationGracePeriod (spec.terminationGracePeriod)',
      ],
    ],
    [
      'spec',
      ['labels: {}'],
      ['6:3: unknown field "labels": write it as spec.template.metadata.labels (spec.labels)'],
    ],
    [
      'spec',
      ['annotations: {}'],
      ['6:3: unknown field "annotations": write it as spec.template.metadata.annotations (spec.annotations)'],
    ],
    [
      'spec',
      ['budgets: []'],
      ['6:3: unknown field "budgets": write it as spec.disruption.budgets (spec.budgets)'],
    ],
    [
      'spec',
      ['consolidationPolicy: WhenEmpty'],
      [
        '6:3: unknown field "consolidationPolicy": write it as spec.disruption.consolidationPolicy (spec.consolidationPolicy)',
      ],
    ],
    [
      'spec',
      ['consolidateAfter: 1m'],
      [
        '6:3: unknown field "consolidateAfter": write it as spec.disruption.consolidateAfter (spec.consolidateAfter)',
      ],
    ],
    [
      'spec',
      ['nodeSelector: {}'],
      [
        '6:3: unknown field "nodeSelector": want one of template, disruption, limits, weight, replicas (spec.nodeSelector)',
      ],
    ],
    [
      'template',
      ['requirements: []'],
      [
        '7:5: unknown field "requirements": write it as spec.template.spec.requirements (spec.template.requirements)',
      ],
    ],
    [
      'template',
      ['labels: {}'],
      ['7:5: unknown field "labels": write it as spec.template.metadata.labels (spec.template.labels)'],
    ],
    [
      'template',
      ['kubelet: {}'],
      [
        '7:5: unknown field "kubelet": it moved to the EC2NodeClass in v1: write it there as spec.kubelet (spec.template.kubelet)',
      ],
    ],
    [
      'template',
      ['limits: {}'],
      ['7:5: unknown field "limits": write it as spec.limits (spec.template.limits)'],
    ],
    [
      'template',
      ['metdata: {}'],
      ['7:5: unknown field "metdata"; did you mean "metadata"? (spec.template.metdata)'],
    ],
    [
      'templateSpec',
      ['kubelet: {}'],
      [
        '9:7: unknown field "kubelet": it moved to the EC2NodeClass in v1: write it there as spec.kubelet (spec.template.spec.kubelet)',
      ],
    ],
    [
      'templateSpec',
      ['resources: {}'],
      [
        '9:7: unknown field "resources": only NodeClaims have it: pods say what they request, remove it (spec.template.spec.resources)',
      ],
    ],
    [
      'templateSpec',
      ['labels: {}'],
      ['9:7: unknown field "labels": write it as spec.template.metadata.labels (spec.template.spec.labels)'],
    ],
    [
      'templateSpec',
      ['disruption: {}'],
      ['9:7: unknown field "disruption": write it as spec.disruption (spec.template.spec.disruption)'],
    ],
    [
      'templateSpec',
      ['limits: {}'],
      ['9:7: unknown field "limits": write it as spec.limits (spec.template.spec.limits)'],
    ],
    [
      'templateSpec',
      ['budgets: []'],
      ['9:7: unknown field "budgets": write it as spec.disruption.budgets (spec.template.spec.budgets)'],
    ],
    [
      'templateSpec',
      ['startupTaint: []'],
      ['9:7: unknown field "startupTaint"; did you mean "startupTaints"? (spec.template.spec.startupTaint)'],
    ],
    [
      'templateSpec',
      ['taint: []'],
      ['9:7: unknown field "taint"; did you mean "taints"? (spec.template.spec.taint)'],
    ],
    [
      'disruption',
      ['expireAfter: 1h'],
      [
        '7:5: unknown field "expireAfter": write it as spec.template.spec.expireAfter (spec.disruption.expireAfter)',
      ],
    ],
    [
      'disruption',
      ['terminationGracePeriod: 1h'],
      [
        '7:5: unknown field "terminationGracePeriod": write it as spec.template.spec.terminationGracePeriod (spec.disruption.terminationGracePeriod)',
      ],
    ],
    [
      'disruption',
      ['budget: []'],
      ['7:5: unknown field "budget"; did you mean "budgets"? (spec.disruption.budget)'],
    ],
    [
      'disruption',
      ['consolidatAfter: 1m'],
      [
        '7:5: unknown field "consolidatAfter"; did you mean "consolidateAfter"? (spec.disruption.consolidatAfter)',
      ],
    ],
    [
      'budget',
      ['{ node: "5" }'],
      ['8:11: unknown field "node"; did you mean "nodes"? (spec.disruption.budgets[0].node)'],
    ],
    [
      'budget',
      ['{ nodes: "5", shedule: "@daily" }'],
      ['8:23: unknown field "shedule"; did you mean "schedule"? (spec.disruption.budgets[0].shedule)'],
    ],
    [
      'budget',
      ['{ nodes: "5", reason: [Empty] }'],
      ['8:23: unknown field "reason"; did you mean "reasons"? (spec.disruption.budgets[0].reason)'],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Exists, minValue: 2 }'],
      [
        '9:42: unknown field "minValue"; did you mean "minValues"? (spec.template.spec.requirements[0].minValue)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In, value: [a] }'],
      [
        '9:11: operator In needs at least one value: list the values (spec.template.spec.requirements[0].values)',
        '9:38: unknown field "value"; did you mean "values"? (spec.template.spec.requirements[0].value)',
      ],
    ],
    [
      'nodeClassRef',
      ['{ apiVersion: karpenter.k8s.aws/v1beta1, kind: EC2NodeClass, name: a }'],
      [
        '8:21: missing field: want karpenter.k8s.aws (spec.template.spec.nodeClassRef.group)',
        '8:23: unknown field "apiVersion": write group: karpenter.k8s.aws instead (spec.template.spec.nodeClassRef.apiVersion)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a, effects: NoSchedule }]'],
      [
        '9:16: missing field: want one of NoSchedule, PreferNoSchedule, NoExecute (spec.template.spec.taints[0].effect)',
        '9:26: unknown field "effects"; did you mean "effect"? (spec.template.spec.taints[0].effects)',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('documents of earlier Karpenter APIs', () => {
  it('are told all that v1 wants otherwise, at once', () => {
    const text = [
      'apiVersion: karpenter.sh/v1beta1',
      'kind: NodePool',
      'metadata: { name: a }',
      'spec:',
      '  disruption: { consolidationPolicy: WhenUnderutilized, expireAfter: 720h }',
      '  template:',
      '    spec:',
      '      nodeClassRef: { apiVersion: karpenter.k8s.aws/v1beta1, kind: EC2NodeClass, name: a }',
      '      requirements: []',
      '      kubelet: { maxPods: 20 }',
    ].join('\n');
    expect(loadText(text, { requireNodeClasses: false }).errors).toEqual([
      'in.yaml:1:13: NodePools of "karpenter.sh/v1beta1" are not read: write karpenter.sh/v1 and correct what else is reported (apiVersion)',
      'in.yaml:5:38: consolidationPolicy "WhenUnderutilized" is called WhenEmptyOrUnderutilized in v1: write that (spec.disruption.consolidationPolicy)',
      'in.yaml:5:57: unknown field "expireAfter": write it as spec.template.spec.expireAfter (spec.disruption.expireAfter)',
      'in.yaml:8:21: missing field: want karpenter.k8s.aws (spec.template.spec.nodeClassRef.group)',
      'in.yaml:8:23: unknown field "apiVersion": write group: karpenter.k8s.aws instead (spec.template.spec.nodeClassRef.apiVersion)',
      'in.yaml:10:7: unknown field "kubelet": it moved to the EC2NodeClass in v1: write it there as spec.kubelet (spec.template.spec.kubelet)',
    ]);
  });

  it.each([
    ['karpenter.sh/v1alpha5', 'Provisioner', 'rewrite it as a NodePool of karpenter.sh/v1'],
    ['karpenter.sh/v1alpha5', 'Machine', 'the controller writes NodeClaims in its place, remove it'],
    [
      'karpenter.k8s.aws/v1alpha1',
      'AWSNodeTemplate',
      'rewrite it as an EC2NodeClass of karpenter.k8s.aws/v1',
    ],
  ])('of %s and kind %s are errors that name the successor', (apiVersion, kind, advice) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n`;
    const { errors, notes } = loadText(text);
    expect(errors).toEqual([
      `in.yaml:2:7: ${apiVersion} has no ${kind} since Karpenter 0.33: ${advice} (kind)`,
    ]);
    expect(notes).toEqual([]);
  });
});
