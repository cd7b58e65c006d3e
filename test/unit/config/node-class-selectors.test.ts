import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { nodeClassYaml } from '../../support/node-class-text.ts';

const refusals = (lines: string, without: readonly string[] = []): readonly string[] =>
  loadText(nodeClassYaml(lines, without)).errors;

const listOf = (count: number, entry: (index: number) => string): string =>
  `[${Array.from({ length: count }, (_, index) => entry(index)).join(', ')}]`;

describe('selector terms of an EC2NodeClass', () => {
  it.each([
    [
      'subnetSelectorTerms: []',
      ['in.yaml:5:24: [] is too small: want at least 1 entry (spec.subnetSelectorTerms)'],
    ],
    [
      'securityGroupSelectorTerms: []',
      ['in.yaml:5:31: [] is too small: want at least 1 entry (spec.securityGroupSelectorTerms)'],
    ],
    [
      'subnetSelectorTerms: [{}]',
      ['in.yaml:5:25: an empty term: want one of tags, id (spec.subnetSelectorTerms[0])'],
    ],
    [
      'securityGroupSelectorTerms: [{}]',
      ['in.yaml:5:32: an empty term: want one of tags, id, name (spec.securityGroupSelectorTerms[0])'],
    ],
    [
      'capacityReservationSelectorTerms: [{}]',
      [
        'in.yaml:5:38: an empty term: want one of tags, id, instanceMatchCriteria (spec.capacityReservationSelectorTerms[0])',
      ],
    ],
    [
      'subnetSelectorTerms: [{ tags: {} }]',
      ['in.yaml:5:25: an empty term: want one of tags, id (spec.subnetSelectorTerms[0])'],
    ],
    [
      'capacityReservationSelectorTerms: [{ ownerID: "123456789012" }]',
      [
        'in.yaml:5:38: an empty term: want one of tags, id, instanceMatchCriteria (spec.capacityReservationSelectorTerms[0])',
      ],
    ],
    [
      'subnetSelectorTerms: [{ tags: { a: "" } }]',
      [
        'in.yaml:5:38: invalid tag "a": "": want a key and a value, which may be "*" for any (spec.subnetSelectorTerms[0].tags.a)',
      ],
    ],
    [
      'subnetSelectorTerms: [{ tags: { "": b } }]',
      [
        'in.yaml:5:39: invalid tag "": "b": want a key and a value, which may be "*" for any (spec.subnetSelectorTerms[0].tags[""])',
      ],
    ],
    [
      'subnetSelectorTerms: [{ tags: { k0: v, k1: v, k2: v, k3: v, k4: v, k5: v, k6: v, k7: v, k8: v, k9: v, k10: v, k11: v, k12: v, k13: v, k14: v, k15: v, k16: v, k17: v, k18: v, k19: v, k20: v } }]',
      ['in.yaml:5:33: 21 tags are too many: want at most 20 in a term (spec.subnetSelectorTerms[0].tags)'],
    ],
    [
      'subnetSelectorTerms: [{ tags: { a: 1 } }]',
      ['in.yaml:5:38: want a text, found 1: write "1" in quotes (spec.subnetSelectorTerms[0].tags.a)'],
    ],
    [
      'subnetSelectorTerms: [{ id: subnet-1, tags: { a: b } }]',
      ['in.yaml:5:27: "id" stands alone in a term: remove "tags" (spec.subnetSelectorTerms[0].id)'],
    ],
    [
      'securityGroupSelectorTerms: [{ id: sg-1, tags: { a: b } }]',
      ['in.yaml:5:34: "id" stands alone in a term: remove "tags" (spec.securityGroupSelectorTerms[0].id)'],
    ],
    [
      'securityGroupSelectorTerms: [{ id: sg-1, name: web }]',
      ['in.yaml:5:34: "id" stands alone in a term: remove "name" (spec.securityGroupSelectorTerms[0].id)'],
    ],
    [
      'securityGroupSelectorTerms: [{ name: web, tags: { a: b } }]',
      [
        'in.yaml:5:34: "name" stands alone in a term: remove "tags" (spec.securityGroupSelectorTerms[0].name)',
      ],
    ],
    [
      'capacityReservationSelectorTerms: [{ id: cr-1, tags: { a: b } }]',
      [
        'in.yaml:5:40: "id" stands alone in a term: remove "tags" (spec.capacityReservationSelectorTerms[0].id)',
      ],
    ],
    [
      'capacityReservationSelectorTerms: [{ id: cr-1, ownerID: "123456789012" }]',
      [
        'in.yaml:5:40: "id" stands alone in a term: remove "ownerID" (spec.capacityReservationSelectorTerms[0].id)',
      ],
    ],
    [
      'capacityReservationSelectorTerms: [{ id: cr-1, instanceMatchCriteria: open }]',
      [
        'in.yaml:5:40: "id" stands alone in a term: remove "instanceMatchCriteria" (spec.capacityReservationSelectorTerms[0].id)',
      ],
    ],
    [
      'subnetSelectorTerms: [{ id: sn-1 }]',
      ['in.yaml:5:31: invalid id "sn-1": want subnet-… as EC2 shows it (spec.subnetSelectorTerms[0].id)'],
    ],
    [
      'securityGroupSelectorTerms: [{ id: web }]',
      ['in.yaml:5:38: invalid id "web": want sg-… as EC2 shows it (spec.securityGroupSelectorTerms[0].id)'],
    ],
    [
      'capacityReservationSelectorTerms: [{ id: r-1 }]',
      [
        'in.yaml:5:44: invalid id "r-1": want cr-… as EC2 shows it (spec.capacityReservationSelectorTerms[0].id)',
      ],
    ],
    [
      'securityGroupSelectorTerms: [{ name: "" }]',
      ['in.yaml:5:40: "" is too small: want at least 1 character (spec.securityGroupSelectorTerms[0].name)'],
    ],
    [
      'capacityReservationSelectorTerms: [{ ownerID: "12345678901", tags: { a: b } }]',
      [
        'in.yaml:5:49: invalid account id "12345678901": want 12 digits (spec.capacityReservationSelectorTerms[0].ownerID)',
      ],
    ],
    [
      'capacityReservationSelectorTerms: [{ instanceMatchCriteria: closed }]',
      [
        'in.yaml:5:63: unknown value "closed": want one of open, targeted (spec.capacityReservationSelectorTerms[0].instanceMatchCriteria)',
      ],
    ],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });

  it.each([
    ['subnetSelectorTerms', (index: number) => `{ id: subnet-${index} }`],
    ['securityGroupSelectorTerms', (index: number) => `{ id: sg-${index} }`],
    ['capacityReservationSelectorTerms', (index: number) => `{ id: cr-${index} }`],
    ['amiSelectorTerms', (index: number) => `{ id: ami-${index} }`],
  ])('are at most 30 %s', (field, entry) => {
    const family = field === 'amiSelectorTerms' ? 'amiFamily: AL2\n' : '';
    expect(refusals(`${family}${field}: ${listOf(30, entry)}`)).toEqual([]);
    expect(refusals(`${family}${field}: ${listOf(31, entry)}`)).toEqual([
      expect.stringMatching(
        new RegExp(`^in\\.yaml:[56]:\\d+: .* is too large: want at most 30 entries \\(spec\\.${field}\\)$`),
      ),
    ]);
  });

  it('have at most 20 tags each', () => {
    const tags = (count: number): string =>
      Array.from({ length: count }, (_, index) => `k${index}: v`).join(', ');
    expect(refusals(`subnetSelectorTerms: [{ tags: { ${tags(20)} } }]`)).toEqual([]);
    expect(refusals(`subnetSelectorTerms: [{ tags: { ${tags(21)} } }]`)).toEqual([
      'in.yaml:5:33: 21 tags are too many: want at most 20 in a term (spec.subnetSelectorTerms[0].tags)',
    ]);
  });

  it.each([
    ['subnetSelectorTerms', 'in.yaml:5:3: missing field: want a list (spec.subnetSelectorTerms)'],
    [
      'securityGroupSelectorTerms',
      'in.yaml:5:3: missing field: want a list (spec.securityGroupSelectorTerms)',
    ],
    [
      'amiSelectorTerms',
      'in.yaml:5:3: missing field: v1 chooses no image by itself, so name one, for example [{alias: al2023@latest}] (spec.amiSelectorTerms)',
    ],
  ])('are wanted: %s', (field, message) => {
    expect(refusals('', [field])).toEqual([message]);
  });

  it('of every kind that Karpenter takes are read', () => {
    expect(
      refusals(`subnetSelectorTerms: [{ tags: { a: b, c: "*" } }, { id: subnet-09fa }]
securityGroupSelectorTerms: [{ tags: { a: b } }, { id: sg-1 }, { name: web }]
capacityReservationSelectorTerms:
- { tags: { a: b }, ownerID: "123456789012", instanceMatchCriteria: targeted }
- { id: cr-1 }
- { instanceMatchCriteria: open }
amiFamily: AL2023
amiSelectorTerms:
- { name: web, owner: self }
- { tags: { a: b }, owner: "123456789012", name: "web-*" }
- { id: ami-1 }
- { ssmParameter: /web/image }`),
    ).toEqual([]);
  });
});

describe('images of an EC2NodeClass', () => {
  it.each([
    [
      'amiSelectorTerms: []',
      ['in.yaml:5:21: [] is too small: want at least 1 entry (spec.amiSelectorTerms)'],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{}]',
      [
        'in.yaml:6:22: an empty term: want one of tags, id, name, alias, ssmParameter (spec.amiSelectorTerms[0])',
      ],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ owner: self }]',
      [
        'in.yaml:6:22: an empty term: want one of tags, id, name, alias, ssmParameter (spec.amiSelectorTerms[0])',
      ],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ id: ami-1, tags: { a: b } }]',
      ['in.yaml:6:24: "id" stands alone in a term: remove "tags" (spec.amiSelectorTerms[0].id)'],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ id: ami-1, name: web }]',
      ['in.yaml:6:24: "id" stands alone in a term: remove "name" (spec.amiSelectorTerms[0].id)'],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ id: ami-1, owner: self }]',
      ['in.yaml:6:24: "id" stands alone in a term: remove "owner" (spec.amiSelectorTerms[0].id)'],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ id: ami-1, ssmParameter: /web }]',
      ['in.yaml:6:24: "id" stands alone in a term: remove "ssmParameter" (spec.amiSelectorTerms[0].id)'],
    ],
    [
      'amiSelectorTerms: [{ alias: al2@latest, id: ami-1 }]',
      ['in.yaml:5:24: "alias" stands alone in a term: remove "id" (spec.amiSelectorTerms[0].alias)'],
    ],
    [
      'amiSelectorTerms: [{ alias: al2@latest, tags: { a: b } }]',
      ['in.yaml:5:24: "alias" stands alone in a term: remove "tags" (spec.amiSelectorTerms[0].alias)'],
    ],
    [
      'amiSelectorTerms: [{ alias: al2@latest, name: web }]',
      ['in.yaml:5:24: "alias" stands alone in a term: remove "name" (spec.amiSelectorTerms[0].alias)'],
    ],
    [
      'amiSelectorTerms: [{ alias: al2@latest, owner: self }]',
      ['in.yaml:5:24: "alias" stands alone in a term: remove "owner" (spec.amiSelectorTerms[0].alias)'],
    ],
    [
      'amiSelectorTerms: [{ alias: al2@latest }, { id: ami-1 }]',
      [
        'in.yaml:5:31: an alias must be the only term: remove the other terms (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ id: AMI-1 }]',
      ['in.yaml:6:28: invalid id "AMI-1": want ami-… as EC2 shows it (spec.amiSelectorTerms[0].id)'],
    ],
    [
      'amiFamily: AL2\namiSelectorTerms: [{ ssmParameter: "" }]',
      ['in.yaml:6:38: "" is too small: want at least 1 character (spec.amiSelectorTerms[0].ssmParameter)'],
    ],
    [
      'amiSelectorTerms: [{ alias: al2022@latest }]',
      [
        'in.yaml:5:31: unknown family in alias "al2022@latest": want one of al2, al2023, bottlerocket, windows2019, windows2022, windows2025; did you mean "al2023"? (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: AL2023@latest }]',
      [
        'in.yaml:5:31: unknown family in alias "AL2023@latest": want one of al2, al2023, bottlerocket, windows2019, windows2022, windows2025; did you mean "al2023"? (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: ubuntu@latest }]',
      [
        'in.yaml:5:31: unknown family in alias "ubuntu@latest": want one of al2, al2023, bottlerocket, windows2019, windows2022, windows2025 (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: "@latest" }]',
      [
        'in.yaml:5:31: unknown family in alias "@latest": want one of al2, al2023, bottlerocket, windows2019, windows2022, windows2025 (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: al2023 }]',
      [
        'in.yaml:5:31: alias "al2023" has no version: write al2023@latest or a version (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: al2023@ }]',
      [
        'in.yaml:5:31: alias "al2023@" has no version: write al2023@latest or a version (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: al2023-latest }]',
      [
        'in.yaml:5:31: unknown family in alias "al2023-latest": want one of al2, al2023, bottlerocket, windows2019, windows2022, windows2025 (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: windows2022@v1.0.0 }]',
      [
        'in.yaml:5:31: alias "windows2022@v1.0.0": Windows images have only the version "latest": write windows2022@latest (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiSelectorTerms: [{ alias: al2023@v11111111111111111111111 }]',
      [
        'in.yaml:5:31: alias "al2023@v11111111111111111111111" is too long: want at most 30 characters (spec.amiSelectorTerms[0].alias)',
      ],
    ],
    [
      'amiFamily: AL2024',
      [
        'in.yaml:5:14: unknown value "AL2024": want one of AL2, AL2023, Bottlerocket, Custom, Windows2019, Windows2022, Windows2025; did you mean "AL2023"? (spec.amiFamily)',
      ],
    ],
    [
      'amiFamily: Ubuntu',
      [
        'in.yaml:5:14: unknown value "Ubuntu": v1 has no such family: write AL2, which boots in the same way, and name the image in amiSelectorTerms (spec.amiFamily)',
      ],
    ],
    [
      'amiFamily: AL2',
      [
        'in.yaml:5:14: amiFamily "AL2" does not match the alias, which is of AL2023: remove it or write AL2023 (spec.amiFamily)',
      ],
    ],
    [
      'amiSelectorTerms: [{ id: ami-1 }]',
      [
        'in.yaml:5:3: missing field: without an alias, want one of AL2, AL2023, Bottlerocket, Custom, Windows2019, Windows2022, Windows2025 (spec.amiFamily)',
      ],
    ],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });
});
