import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { type NodePoolSection, nodePoolWith } from '../../support/node-pool-sections.ts';

/** A section, what is written last in it, and all that is found wrong, as line:column: message (path). */
type Rule = [section: NodePoolSection, pieces: string[], messages: string[]];

const LONG = 'x'.repeat(64);

function refusals(section: NodePoolSection, pieces: readonly string[]): readonly string[] {
  const { errors } = loadText(nodePoolWith(section, ...pieces), { requireNodeClasses: false });
  return errors.map((error) => error.replace('in.yaml:', ''));
}

describe('the metadata of a NodePool', () => {
  it.each<Rule>([
    ['document', ['statuss: {}'], ['6:1: unknown field "statuss"; did you mean "status"? (statuss)']],
    [
      'metadata',
      ['name: A'],
      [
        '6:9: invalid name "A": want lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit (metadata.name)',
      ],
    ],
    [
      'metadata',
      ['name: a..b'],
      [
        '6:9: invalid name "a..b": want lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit (metadata.name)',
      ],
    ],
    [
      'metadata',
      [`name: ${LONG}`],
      [`6:9: "${LONG}" is too large: want at most 63 characters (metadata.name)`],
    ],
    ['metadata', ['{ }'], ['6:3: missing field: want a text (metadata.name)']],
    [
      'metadata',
      ['name: a', 'anotations: {}'],
      ['7:3: unknown field "anotations"; did you mean "annotations"? (metadata.anotations)'],
    ],
    [
      'metadata',
      ['name: a', 'annotations: { dovetail.sh/placement: slots }'],
      [
        '7:41: unknown value "slots": want one of slot, barrier, off; did you mean "slot"? (metadata.annotations["dovetail.sh/placement"])',
      ],
    ],
    [
      'metadata',
      ['name: a', 'annotations: { dovetail.sh/placment: off }'],
      [
        '7:18: unknown annotation "dovetail.sh/placment"; did you mean "dovetail.sh/placement"? (metadata.annotations["dovetail.sh/placment"])',
      ],
    ],
    [
      'metadata',
      ['name: a', 'annotations: { dovetail.sh/speed: fast }'],
      [
        '7:18: unknown annotation "dovetail.sh/speed": only dovetail.sh/placement is read (metadata.annotations["dovetail.sh/speed"])',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the size of a NodePool', () => {
  it.each<Rule>([
    ['spec', ['weight: 0'], ['6:11: 0 is too small: want at least 1 (spec.weight)']],
    ['spec', ['weight: 101'], ['6:11: 101 is too large: want at most 100 (spec.weight)']],
    ['spec', ['weight: 1.5'], ['6:11: want a whole number, found 1.5 (spec.weight)']],
    ['spec', ['weight: "10"'], ['6:11: want a number, found "10": remove the quotes (spec.weight)']],
    ['spec', ['replicas: -1'], ['6:13: -1 is too small: want at least 0 (spec.replicas)']],
    [
      'spec',
      ['replicas: 1', 'weight: 1'],
      ['7:11: a pool with "replicas" takes no "weight": remove one of them (spec.weight)'],
    ],
    [
      'spec',
      ['replicas: 1', 'limits: { cpu: 1, nodes: 2 }'],
      ['7:18: a pool with "replicas" takes only the limit "nodes": remove "cpu" (spec.limits.cpu)'],
    ],
    [
      'spec',
      ['limits: { cpu: -1 }'],
      ['6:18: invalid quantity "-1": must not be negative (spec.limits.cpu)'],
    ],
    [
      'spec',
      ['limits: { memory: 10GB }'],
      [
        '6:21: invalid quantity "10GB": did you mean "10G" (powers of 1000) or "10Gi" (powers of 1024)? (spec.limits.memory)',
      ],
    ],
    [
      'spec',
      ['limits: { nodes: many }'],
      [
        '6:20: invalid quantity "many": want a number such as 0.5, 250m or 2Gi (suffix n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei, or an exponent such as 1e3) (spec.limits.nodes)',
      ],
    ],
    ['spec', ['limits: 5'], ['6:11: want an object, found 5 (spec.limits)']],
    ['spec', ['disruption: 5'], ['6:15: want an object, found 5 (spec.disruption)']],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the disruption of a NodePool', () => {
  it.each<Rule>([
    [
      'disruption',
      ['consolidationPolicy: WhenIdle'],
      [
        '7:26: unknown value "WhenIdle": want one of WhenEmptyOrUnderutilized, WhenEmpty, Balanced (spec.disruption.consolidationPolicy)',
      ],
    ],
    [
      'disruption',
      ['consolidationPolicy: WhenUnderutilized'],
      [
        '7:26: consolidationPolicy "WhenUnderutilized" is called WhenEmptyOrUnderutilized in v1: write that (spec.disruption.consolidationPolicy)',
      ],
    ],
    [
      'disruption',
      ['consolidateAfter: 30'],
      [
        '7:23: invalid duration "30": want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never (spec.disruption.consolidateAfter)',
      ],
    ],
    [
      'disruption',
      ['consolidateAfter: 1d'],
      [
        '7:23: invalid duration "1d": want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never (spec.disruption.consolidateAfter)',
      ],
    ],
    [
      'disruption',
      ['consolidateAfter: 1.5h'],
      [
        '7:23: invalid duration "1.5h": want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never (spec.disruption.consolidateAfter)',
      ],
    ],
    [
      'disruption',
      ['consolidateAfter: never'],
      [
        '7:23: invalid duration "never": want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never (spec.disruption.consolidateAfter)',
      ],
    ],
    [
      'disruption',
      ['consolidateAfter: 3000000h'],
      [
        '7:23: invalid duration "3000000h": longer than 292 years: shorten it, or Never (spec.disruption.consolidateAfter)',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the disruption budgets of a NodePool', () => {
  it.each<Rule>([
    [
      'budget',
      ['{ nodes: 101% }'],
      [
        '8:18: invalid number of nodes "101%": want a whole number such as "5", or a share from "0%" to "100%" (spec.disruption.budgets[0].nodes)',
      ],
    ],
    [
      'budget',
      ['{ nodes: -1 }'],
      [
        '8:18: invalid number of nodes -1: want a whole number such as "5", or a share from "0%" to "100%" (spec.disruption.budgets[0].nodes)',
      ],
    ],
    [
      'budget',
      ['{ nodes: 5.5% }'],
      [
        '8:18: invalid number of nodes "5.5%": want a whole number such as "5", or a share from "0%" to "100%" (spec.disruption.budgets[0].nodes)',
      ],
    ],
    [
      'budget',
      ['{ nodes: "5", reasons: [Expired] }'],
      [
        '8:33: unknown value "Expired": want one of Underutilized, Empty, Drifted (spec.disruption.budgets[0].reasons[0])',
      ],
    ],
    [
      'budget',
      ['{ nodes: "5", reasons: [Empty, Empty] }'],
      ['8:40: duplicate reason Empty: keep one of them (spec.disruption.budgets[0].reasons[1])'],
    ],
    [
      'budget',
      ['{ nodes: "5", duration: 1h }'],
      [
        '8:33: "duration" needs a "schedule" beside it: say when it begins, or remove it (spec.disruption.budgets[0].duration)',
      ],
    ],
    [
      'budget',
      ['{ nodes: "5", schedule: "@daily" }'],
      [
        '8:33: "schedule" needs a "duration" beside it: say for how long each time holds, or remove it (spec.disruption.budgets[0].schedule)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "@daily", duration: Never }'],
      [
        '8:41: invalid duration "Never": a budget\'s is in hours, minutes or both, such as 8h, 30m or 1h30m (spec.disruption.budgets[0].duration)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "@daily", duration: 90s }'],
      [
        '8:41: invalid duration "90s": a budget\'s is in hours, minutes or both, such as 8h, 30m or 1h30m (spec.disruption.budgets[0].duration)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "@daily", duration: 30m1h }'],
      [
        '8:41: invalid duration "30m1h": a budget\'s is in hours, minutes or both, such as 8h, 30m or 1h30m (spec.disruption.budgets[0].duration)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "@daily", duration: 1d }'],
      [
        '8:41: invalid duration "1d": a budget\'s is in hours, minutes or both, such as 8h, 30m or 1h30m (spec.disruption.budgets[0].duration)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "@daily", duration: 3000000h }'],
      [
        '8:41: invalid duration "3000000h": longer than 292 years: shorten it (spec.disruption.budgets[0].duration)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "@every 1h", duration: 1h }'],
      [
        '8:21: invalid schedule "@every 1h": want one of @hourly, @daily, @midnight, @weekly, @monthly, @annually, @yearly (spec.disruption.budgets[0].schedule)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "0 0 * *", duration: 1h }'],
      [
        '8:21: invalid schedule "0 0 * *": want five fields (minute hour day-of-month month day-of-week), found 4 (spec.disruption.budgets[0].schedule)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "0 0 L * *", duration: 1h }'],
      [
        '8:21: invalid schedule "0 0 L * *": day of month "L" is not *, a number from 1 to 31, a range or a step of these (spec.disruption.budgets[0].schedule)',
      ],
    ],
    [
      'budget',
      ['{ schedule: "0 0 31 2 *", duration: 1h }'],
      [
        '8:21: invalid schedule "0 0 31 2 *": no month has that day: correct the day (spec.disruption.budgets[0].schedule)',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the EC2NodeClass that a NodePool names', () => {
  it.each<Rule>([
    [
      'nodeClassRef',
      ['{ group: karpenter.azure.com, kind: EC2NodeClass, name: a }'],
      [
        '8:30: NodeClasses of group "karpenter.azure.com" are not read: want karpenter.k8s.aws (spec.template.spec.nodeClassRef.group)',
      ],
    ],
    [
      'nodeClassRef',
      ['{ group: eks.amazonaws.com, kind: NodeClass, name: a }'],
      [
        '8:30: NodeClasses of group "eks.amazonaws.com" are not read (it is that of EKS Auto Mode): want karpenter.k8s.aws (spec.template.spec.nodeClassRef.group)',
        '8:55: NodeClasses of kind "NodeClass" are not read: want EC2NodeClass (spec.template.spec.nodeClassRef.kind)',
      ],
    ],
    [
      'nodeClassRef',
      ['{ group: karpenter.k8s.aws, kind: EC2NodeClass, name: "" }'],
      ['8:75: empty name: want the name of an EC2NodeClass (spec.template.spec.nodeClassRef.name)'],
    ],
    [
      'nodeClassRef',
      ['{ name: a }'],
      [
        '8:21: missing field: want karpenter.k8s.aws (spec.template.spec.nodeClassRef.group)',
        '8:21: missing field: want EC2NodeClass (spec.template.spec.nodeClassRef.kind)',
      ],
    ],
    [
      'nodeClassRef',
      ['{ group: karpenter.k8s.aws, kind: EC2NodeClass }'],
      ['8:21: missing field: want a text (spec.template.spec.nodeClassRef.name)'],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the lifetime and taints of a NodePool', () => {
  it.each<Rule>([
    [
      'templateSpec',
      ['expireAfter: 30d'],
      [
        '9:20: invalid duration "30d": want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never (spec.template.spec.expireAfter)',
      ],
    ],
    [
      'templateSpec',
      ['terminationGracePeriod: Never'],
      [
        '9:31: invalid duration "Never": want an end, such as 1h30m (spec.template.spec.terminationGracePeriod)',
      ],
    ],
    [
      'templateSpec',
      ['terminationGracePeriod: 1.5h'],
      [
        '9:31: invalid duration "1.5h": want whole hours, minutes and seconds such as 720h, 1h30m or 30s (spec.template.spec.terminationGracePeriod)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ effect: NoSchedule }]'],
      ['9:16: missing field: want a text (spec.template.spec.taints[0].key)'],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a }]'],
      [
        '9:16: missing field: want one of NoSchedule, PreferNoSchedule, NoExecute (spec.template.spec.taints[0].effect)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a, effect: noschedule }]'],
      [
        '9:34: unknown value "noschedule": want one of NoSchedule, PreferNoSchedule, NoExecute; did you mean "NoSchedule"? (spec.template.spec.taints[0].effect)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: "", effect: NoSchedule }]'],
      [
        '9:23: invalid taint key "": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.spec.taints[0].key)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a b, effect: NoSchedule }]'],
      [
        '9:23: invalid taint key "a b": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.spec.taints[0].key)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a, value: "x y", effect: NoSchedule }]'],
      [
        '9:33: invalid taint value "x y": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.spec.taints[0].value)',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a, value: true, effect: NoSchedule }]'],
      ['9:33: want a text, found true: write "true" in quotes (spec.template.spec.taints[0].value)'],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a, effect: NoSchedule }, { key: a, value: x, effect: NoSchedule }]'],
      [
        '9:48: duplicate taint a:NoSchedule, also at taints[0]: keep one of them (spec.template.spec.taints[1])',
      ],
    ],
    [
      'templateSpec',
      ['taints: [{ key: a, effect: NoSchedule }]', 'startupTaints: [{ key: a, effect: NoSchedule }]'],
      [
        '10:23: duplicate taint a:NoSchedule, also at taints[0]: keep one of them (spec.template.spec.startupTaints[0])',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the budgets of a NodePool', () => {
  it.each([
    ['{}', { nodes: { kind: 'percent', percent: 10 } }],
    ['{ nodes: 5 }', { nodes: { kind: 'count', count: 5 } }],
    ['{ nodes: "0", reasons: [] }', { nodes: { kind: 'count', count: 0 }, reasons: [] }],
    ['{ nodes: 100% }', { nodes: { kind: 'percent', percent: 100 } }],
    [
      '{ nodes: "0", schedule: "@weekly", duration: 8h30m0s }',
      { nodes: { kind: 'count', count: 0 }, schedule: '0 0 * * 0', durationMs: 30_600_000 },
    ],
  ])('may be %s', (budget, model) => {
    const { documents, errors } = loadText(nodePoolWith('budget', budget), { requireNodeClasses: false });
    expect(errors).toEqual([]);
    expect(documents.nodePools[0]?.disruption.budgets).toEqual([model]);
  });

  it('are 50 at most', () => {
    const budgets = Array.from({ length: 51 }, () => '{ nodes: "1" }');
    expect(refusals('budget', budgets.slice(1))).toEqual([]);
    expect(refusals('budget', budgets)).toEqual([
      expect.stringMatching(/^8:7: .* is too large: want at most 50 entries \(spec\.disruption\.budgets\)$/),
    ]);
  });
});
