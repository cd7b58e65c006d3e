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

describe('the requirements of a NodePool', () => {
  it.each<Rule>([
    [
      'requirement',
      ['{ operator: Exists }'],
      ['9:11: missing field: want a text (spec.template.spec.requirements[0].key)'],
    ],
    [
      'requirement',
      ['{ key: rack }'],
      [
        '9:11: missing field: want one of In, NotIn, Exists, DoesNotExist, Gt, Lt, Gte, Lte (spec.template.spec.requirements[0].operator)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: in, values: [x] }'],
      [
        '9:34: unknown value "in": want one of In, NotIn, Exists, DoesNotExist, Gt, Lt, Gte, Lte; did you mean "In"? (spec.template.spec.requirements[0].operator)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In }'],
      [
        '9:11: operator In needs at least one value: list the values (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In, values: [] }'],
      [
        '9:46: operator In needs at least one value: list the values (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In, values: x }'],
      ['9:46: want a list, found "x" (spec.template.spec.requirements[0].values)'],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In, values: [1] }'],
      ['9:47: want a text, found 1: write "1" in quotes (spec.template.spec.requirements[0].values[0])'],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In, values: [no spaces] }'],
      [
        '9:47: invalid label value "no spaces": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.spec.requirements[0].values[0])',
      ],
    ],
    [
      'requirement',
      [`{ key: rack, operator: NotIn, values: [${LONG}] }`],
      [
        `9:50: invalid label value "${LONG}": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.spec.requirements[0].values[0])`,
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Gt }'],
      [
        '9:11: operator Gt needs exactly one whole number from 0 in quotes, such as ["4"], found [] (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Gt, values: ["-1"] }'],
      [
        '9:46: operator Gt needs exactly one whole number from 0 in quotes, such as ["4"], found ["-1"] (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Lt, values: ["1", "2"] }'],
      [
        '9:46: operator Lt needs exactly one whole number from 0 in quotes, such as ["4"], found ["1","2"] (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Gte, values: ["1.5"] }'],
      [
        '9:47: operator Gte needs exactly one whole number from 0 in quotes, such as ["4"], found ["1.5"] (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Lte, values: [many] }'],
      [
        '9:47: operator Lte needs exactly one whole number from 0 in quotes, such as ["4"], found ["many"] (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Exists, minValues: 0 }'],
      ['9:53: 0 is too small: want at least 1 (spec.template.spec.requirements[0].minValues)'],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Exists, minValues: 51 }'],
      ['9:53: 51 is too large: want at most 50 (spec.template.spec.requirements[0].minValues)'],
    ],
    [
      'requirement',
      ['{ key: rack, operator: In, values: [x], minValues: 2 }'],
      [
        '9:62: minValues 2 is more than the 1 value listed: lower it or list more (spec.template.spec.requirements[0].minValues)',
      ],
    ],
    [
      'requirement',
      ['{ key: karpenter.sh/capacity-type, operator: In, values: [ondemand] }'],
      [
        '9:68: no capacity type among ["ondemand"]: want one of spot, on-demand, reserved (spec.template.spec.requirements[0].values)',
      ],
    ],
    [
      'requirement',
      ['{ key: karpenter.sh/capacity-type, operator: In, values: [spot, ondemand], minValues: 2 }'],
      [
        '9:97: minValues 2 is more than the 1 capacity type among ["spot","ondemand"]: lower it or list more of spot, on-demand, reserved (spec.template.spec.requirements[0].minValues)',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the keys that a NodePool may require', () => {
  it.each<Rule>([
    [
      'requirement',
      ['{ key: kubernetes.io/hostname, operator: Exists }'],
      [
        '9:18: label "kubernetes.io/hostname" is set on each node and cannot be chosen: remove it (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: karpenter.sh/nodepool, operator: Exists }'],
      [
        '9:18: label "karpenter.sh/nodepool" is set on each node and cannot be chosen: remove it (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: karpenter.sh/initialized, operator: Exists }'],
      [
        '9:18: label "karpenter.sh/initialized" is in the reserved domain "karpenter.sh": use a domain of your own (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: x.karpenter.k8s.aws/y, operator: Exists }'],
      [
        '9:18: label "x.karpenter.k8s.aws/y" is in the reserved domain "karpenter.k8s.aws": use a domain of your own (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: karpenter.k8s.aws/instance-famly, operator: Exists }'],
      [
        '9:18: label "karpenter.k8s.aws/instance-famly" is in the reserved domain "karpenter.k8s.aws"; did you mean "karpenter.k8s.aws/instance-family"? (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: dovetail.sh/slot, operator: Exists }'],
      [
        '9:18: label "dovetail.sh/slot" is in the reserved domain "dovetail.sh": use a domain of your own (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: bad key, operator: Exists }'],
      [
        '9:18: invalid label key "bad key": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.spec.requirements[0].key)',
      ],
    ],
    [
      'requirement',
      ['{ key: Upper.org/a, operator: Exists }'],
      [
        '9:18: invalid label key "Upper.org/a": what comes before the "/" must be a DNS name (spec.template.spec.requirements[0].key)',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('the labels of a NodePool', () => {
  it.each<Rule>([
    [
      'label',
      ['karpenter.sh/nodepool: mine'],
      [
        '9:9: label "karpenter.sh/nodepool" is set on each node and cannot be chosen: remove it (spec.template.metadata.labels["karpenter.sh/nodepool"])',
      ],
    ],
    [
      'label',
      ['kubernetes.io/hostname: h'],
      [
        '9:9: label "kubernetes.io/hostname" is set on each node and cannot be chosen: remove it (spec.template.metadata.labels["kubernetes.io/hostname"])',
      ],
    ],
    [
      'label',
      ['karpenter.sh/registered: "true"'],
      [
        '9:9: label "karpenter.sh/registered" is in the reserved domain "karpenter.sh": use a domain of your own (spec.template.metadata.labels["karpenter.sh/registered"])',
      ],
    ],
    [
      'label',
      ['karpenter.k8s.aws/mine: x'],
      [
        '9:9: label "karpenter.k8s.aws/mine" is in the reserved domain "karpenter.k8s.aws": use a domain of your own (spec.template.metadata.labels["karpenter.k8s.aws/mine"])',
      ],
    ],
    [
      'label',
      ['a/b/c: x'],
      [
        '9:9: invalid label key "a/b/c": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.metadata.labels["a/b/c"])',
      ],
    ],
    [
      'label',
      ['team: no spaces'],
      [
        '9:15: invalid label value "no spaces": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.metadata.labels.team)',
      ],
    ],
    [
      'label',
      [`team: ${LONG}`],
      [
        `9:15: invalid label value "${LONG}": want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit (spec.template.metadata.labels.team)`,
      ],
    ],
    [
      'label',
      ['team: 5'],
      ['9:15: want a text, found 5: write "5" in quotes (spec.template.metadata.labels.team)'],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

describe('requirements and labels that no node can meet together', () => {
  it.each<Rule>([
    [
      'requirement',
      ['{ key: rack, operator: In, values: [a] }', '{ key: rack, operator: NotIn, values: [a] }'],
      [
        '10:11: requirement rack NotIn [a] excludes rack In [a] (requirements[0]): no node meets both, change one of them (spec.template.spec.requirements[1])',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Gt, values: ["8"] }', '{ key: rack, operator: Lt, values: ["4"] }'],
      [
        '10:11: requirement rack Lt [4] excludes rack Gt [8] (requirements[0]): no node meets both, change one of them (spec.template.spec.requirements[1])',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Exists }', '{ key: rack, operator: DoesNotExist }'],
      [
        '10:11: requirement rack DoesNotExist excludes rack Exists (requirements[0]): no node meets both, change one of them (spec.template.spec.requirements[1])',
      ],
    ],
    [
      'requirement',
      ['{ key: rack, operator: Lt, values: ["0"] }'],
      [
        '9:11: requirement rack Lt [0] excludes every value: no node can meet it, change it (spec.template.spec.requirements[0])',
      ],
    ],
    [
      'requirement',
      [
        '{ key: beta.kubernetes.io/arch, operator: In, values: [amd64] }',
        '{ key: kubernetes.io/arch, operator: In, values: [arm64] }',
      ],
      [
        '10:11: requirement kubernetes.io/arch In [arm64] excludes beta.kubernetes.io/arch In [amd64] (requirements[0]): no node meets both, change one of them (spec.template.spec.requirements[1])',
      ],
    ],
    [
      'requirement',
      [
        '{ key: rack, operator: In, values: [a, b] }',
        '{ key: rack, operator: NotIn, values: [a] }',
        '{ key: rack, operator: NotIn, values: [b] }',
      ],
      [
        '11:11: requirement rack NotIn [b] excludes rack In [a, b] (requirements[0]) and rack NotIn [a] (requirements[1]): no node meets both, change one of them (spec.template.spec.requirements[2])',
      ],
    ],
  ])('refuse in the %s %j', (section, pieces, messages) => {
    expect(refusals(section, pieces)).toEqual(messages);
  });
});

const NODE_CLASS_REF = 'nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: a }';

describe('labels beside requirements', () => {
  const labelled = (requirement: string, label: string): readonly string[] =>
    loadText(
      [
        'apiVersion: karpenter.sh/v1',
        'kind: NodePool',
        'metadata: { name: a }',
        'spec:',
        '  template:',
        `    metadata: { labels: { ${label} } }`,
        `    spec: { ${NODE_CLASS_REF}, requirements: [${requirement}] }`,
      ].join('\n'),
      { requireNodeClasses: false },
    ).errors;

  it('must be among the values required', () => {
    expect(labelled('{ key: team, operator: In, values: [b, c] }', 'team: a')).toEqual([
      'in.yaml:6:33: label team: a is not in the requirement team In [b, c]: no node has both, change one of them (spec.template.metadata.labels.team)',
    ]);
    expect(labelled('{ key: team, operator: DoesNotExist }', 'team: a')).toHaveLength(1);
    expect(
      labelled('{ key: beta.kubernetes.io/os, operator: NotIn, values: [linux] }', 'kubernetes.io/os: linux'),
    ).toHaveLength(1);
  });

  it('may be', () => {
    expect(labelled('{ key: team, operator: In, values: [a, b] }', 'team: a')).toEqual([]);
    expect(labelled('{ key: team, operator: Exists }', 'team: a')).toEqual([]);
  });
});

describe('a NodePool', () => {
  it.each([
    'kubernetes.io/arch',
    'node.kubernetes.io/instance-type',
    'node-restriction.kubernetes.io/team',
    'node-role.kubernetes.io/worker',
    'kops.k8s.io/instancegroup',
    'topology.k8s.aws/zone-id',
    'karpenter.sh/capacity-type',
    'karpenter.k8s.aws/instance-tenancy',
    'karpenter.k8s.aws/capacity-reservation-id',
    'eks.amazonaws.com/compute-type',
    'example.org/rack',
    'rack',
  ])('may require and carry %s', (key) => {
    expect(refusals('requirement', [`{ key: ${key}, operator: Exists }`])).toEqual([]);
    expect(refusals('label', [`${key}: a`])).toEqual([]);
  });

  it('may compare with bounds, list nothing to exclude, and bind one key several times', () => {
    expect(
      refusals('requirement', [
        '{ key: karpenter.k8s.aws/instance-generation, operator: Gt, values: ["4"] }',
        '{ key: karpenter.k8s.aws/instance-generation, operator: Lte, values: ["7"], minValues: 2 }',
        '{ key: karpenter.k8s.aws/instance-family, operator: NotIn, values: [] }',
        '{ key: rack, operator: In, values: [a, b, ""], minValues: 3 }',
        '{ key: rack, operator: NotIn, values: [b] }',
      ]),
    ).toEqual([]);
  });

  it('takes up to 100 requirements and 100 labels', () => {
    const requirements = Array.from({ length: 101 }, (_, at) => `{ key: k${at}, operator: Exists }`);
    expect(refusals('requirement', requirements.slice(1))).toEqual([]);
    expect(refusals('requirement', requirements)).toEqual([
      expect.stringMatching(
        /^9:9: .* is too large: want at most 100 entries \(spec\.template\.spec\.requirements\)$/,
      ),
    ]);
    const labels = Array.from({ length: 101 }, (_, at) => `l${at}: x`);
    expect(refusals('label', labels.slice(1))).toEqual([]);
    expect(refusals('label', labels)).toEqual([
      '9:9: 101 labels: want at most 100, remove some (spec.template.metadata.labels)',
    ]);
  });

  it('takes keys of up to 316 characters', () => {
    const key = (name: number): string =>
      `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}/${'e'.repeat(name)}`;
    expect(refusals('requirement', [`{ key: ${key(62)}, operator: Exists }`])).toEqual([]);
    expect(refusals('requirement', [`{ key: ${key(63)}, operator: Exists }`])).toEqual([
      expect.stringMatching(/^9:18: .* is too large: want at most 316 characters/),
    ]);
  });
});
