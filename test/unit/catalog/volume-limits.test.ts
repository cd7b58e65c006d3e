import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EmbeddedCatalog, offlineNodeClass } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { type TypeFacts, typeFactsOf } from '../../../lib/catalog/catalogue.ts';
import type { TypesFile } from '../../../lib/catalog/catalogue-files.ts';
import { startsWith } from '../../../lib/catalog/launch-spec.ts';
import { ebsVolumeLimit } from '../../../lib/catalog/volume-limits.ts';
import type { AmiFamily } from '../../../lib/model/node-class.ts';
import { aNodeClass } from '../../support/memory-documents.ts';

const DATA = new URL('../../../lib/catalog/data/instance-types.json', import.meta.url);
const TYPES = new Map(
  typeFactsOf(JSON.parse(readFileSync(DATA, 'utf8')) as TypesFile).map((type) => [type.name, type]),
);

function typeNamed(name: string): TypeFacts {
  const type = TYPES.get(name);
  if (type === undefined) throw new Error(`no ${name}`);
  return type;
}

const limitOf = (name: string, volumes = 1, interfaces = 1): number =>
  ebsVolumeLimit(typeNamed(name), { volumes, interfaces });

/** `EbsInfo.MaximumEbsAttachments` of EC2 (2026), which the driver starts from; 39 where it has its own for Xen. */
const MAXIMUM: readonly (readonly [maximum: number, types: string])[] = [
  [39, 't2.micro m4.large c4.8xlarge r4.16xlarge i3.large x1.32xlarge d2.xlarge'],
  [
    31,
    'a1.metal c5.metal m5d.metal m6i.metal r7g.metal c7gd.metal i3en.metal i4i.metal g4dn.metal z1d.metal',
  ],
  [
    27,
    't3.medium t4g.large m5.large m5.24xlarge c5n.18xlarge r5b.large m6i.32xlarge m6a.48xlarge c7gn.large',
  ],
  [27, 'm7g.16xlarge u-6tb1.112xlarge hpc6a.48xlarge x2iezn.12xlarge'],
  [26, 'c5d.large c5d.9xlarge c5ad.2xlarge m5d.2xlarge m6gd.8xlarge r6id.8xlarge m7gd.large i3en.3xlarge'],
  [
    26,
    'i4i.4xlarge im4gn.large is4gen.2xlarge x2iedn.16xlarge z1d.6xlarge inf1.2xlarge inf2.8xlarge g5g.xlarge',
  ],
  [25, 'c5d.12xlarge c5ad.24xlarge m5ad.8xlarge m5dn.12xlarge c6gd.12xlarge m6idn.16xlarge x2gd.16xlarge'],
  [25, 'g4dn.16xlarge g4ad.xlarge g5.8xlarge g5g.16xlarge i3en.2xlarge i4i.8xlarge trn1.2xlarge vt1.3xlarge'],
  [25, 'd3en.xlarge x2idn.32xlarge z1d.12xlarge is4gen.4xlarge'],
  [24, 'd3.xlarge g4ad.8xlarge i4i.12xlarge'],
  [23, 'c5d.24xlarge m5d.16xlarge r5ad.24xlarge r6id.32xlarge hpc6id.32xlarge i3en.12xlarge i4g.16xlarge'],
  [23, 'is4gen.8xlarge inf1.6xlarge vt1.6xlarge d3en.2xlarge'],
  [22, 'g4dn.12xlarge g5.24xlarge'],
  [21, 'd3.2xlarge g4ad.16xlarge i4i.24xlarge'],
  [19, 'd3en.4xlarge i3en.24xlarge i4i.32xlarge dl2q.24xlarge'],
  [15, 'd3.4xlarge d3en.6xlarge'],
  [17, 'p3dn.24xlarge'],
  [11, 'inf1.24xlarge d3en.8xlarge'],
  [9, 'g5.48xlarge'],
  [3, 'd3.8xlarge d3en.12xlarge'],
  [28, 'inf2.48xlarge trn1.32xlarge trn1n.32xlarge p4d.24xlarge p4de.24xlarge'],
  [27, 'hpc7a.12xlarge hpc7a.96xlarge'],
  [
    32,
    'm7i.large c7a.medium m7i-flex.2xlarge r7iz.4xlarge m8g.12xlarge c8gd.large r8i-flex.8xlarge g6.xlarge',
  ],
  [32, 'g6e.8xlarge g6f.large gr6.4xlarge f2.6xlarge i7ie.3xlarge i8ge.6xlarge p5.4xlarge x8aedz.6xlarge'],
  [48, 'm7a.16xlarge c7i-flex.16xlarge r8g.16xlarge i7ie.18xlarge i8ge.18xlarge g6.16xlarge c8gn.16xlarge'],
  [64, 'm7i.24xlarge r8a.24xlarge c8gn.48xlarge m8gn.48xlarge p5.48xlarge p5en.48xlarge trn2.48xlarge'],
  [64, 'p6-b200.48xlarge p6-b300.48xlarge x8aedz.12xlarge g7e.24xlarge'],
  [88, 'm7a.32xlarge r7iz.32xlarge c8i.32xlarge'],
  [128, 'm7i.48xlarge c8g.48xlarge m8gb.48xlarge r8i.96xlarge x8i.64xlarge g6e.48xlarge f2.48xlarge'],
  [128, 'x8aedz.24xlarge u7i-12tb.224xlarge u7in-32tb.224xlarge i7i.48xlarge'],
  [39, 'm7i.metal-24xl r7iz.metal-16xl c8g.metal-24xl i7ie.metal-24xl c8gn.metal-48xl r8gb.metal-24xl'],
  [64, 'm8a.metal-24xl c8i.metal-48xl x8i.metal-48xl x8aedz.metal-12xl'],
  [78, 'c8gb.metal-48xl r8gb.metal-48xl'],
  [79, 'm7a.metal-48xl r7iz.metal-32xl m8gd.metal-48xl c8a.metal-48xl m8i.metal-96xl x8aedz.metal-24xl'],
];

describe('the number of EBS volumes a new node can attach', () => {
  const known = MAXIMUM.flatMap(([maximum, names]) => names.split(' ').map((name) => ({ name, maximum })));

  it("is the driver's for known types of every kind: EC2's maximum less the root volume", () => {
    expect(known.length).toBeGreaterThan(150);
    const wrong = known.filter(({ name, maximum }) => limitOf(name) !== maximum - 1);
    expect(wrong.map(({ name, maximum }) => ({ name, want: maximum - 1, got: limitOf(name) }))).toEqual([]);
  });

  it('is less every further interface where the limit is shared, and only there', () => {
    expect([limitOf('m5.large', 1, 3), limitOf('m5.metal', 1, 2)]).toEqual([24, 29]);
    expect([limitOf('m7i.large', 1, 3), limitOf('t2.micro', 1, 2)]).toEqual([31, 38]);
  });

  it('is never 0, which Kubernetes would take for no limit', () => {
    expect(limitOf('d3.8xlarge', 2, 4)).toBe(1);
  });

  it('of families newer than the known ones is the common one less the disks they may have', () => {
    expect([limitOf('m9g.large'), limitOf('c9gd.large'), limitOf('c9gd.48xlarge')]).toEqual([26, 25, 14]);
    const above = [...TYPES.values()].filter(
      ({ generation, name }) => Number(generation) >= 9 && limitOf(name) > 30,
    );
    expect(above).toEqual([]);
  });

  it('is known for every type of the catalogue', () => {
    const limits = [...TYPES.keys()].map((name) => limitOf(name));
    expect(limits.every((limit) => Number.isInteger(limit) && limit >= 1 && limit <= 127)).toBe(true);
  });

  it('is on the instance types of a NodeClass', async () => {
    const catalog = new EmbeddedCatalog('us-east-1');
    const nodeClass = aNodeClass({ amiFamily: 'Bottlerocket' });
    const types = await catalog.instanceTypes(nodeClass, offlineNodeClass(nodeClass, catalog.market));
    const limits = (name: string) => types.find((type) => type.name === name)?.volumeLimits;
    expect(limits('m5.large')).toEqual({ 'ebs.csi.aws.com': 25 });
    expect(limits('m7i.large')).toEqual({ 'ebs.csi.aws.com': 30 });
  });
});

describe('what an instance of a NodeClass starts with', () => {
  const volumes = (amiFamily: AmiFamily, ...blockDeviceMappings: object[]) =>
    startsWith(aNodeClass({ amiFamily, spec: { blockDeviceMappings } })).volumes;
  const device = (deviceName: string, rest: object = {}) => ({ deviceName, ebs: {}, ...rest });

  it("is the image's volumes and those mapped beside them", () => {
    expect([volumes('AL2023'), volumes('Bottlerocket'), volumes('Windows2022'), volumes('Custom')]).toEqual([
      1, 2, 1, 1,
    ]);
    expect(volumes('AL2023', device('/dev/xvda'), device('/dev/xvdb'))).toBe(2);
    expect(volumes('Bottlerocket', device('/dev/xvdb'))).toBe(2);
  });

  it('has a root volume that a Custom image brings along when no mapping is the root', () => {
    expect(volumes('Custom', device('/dev/sdf'))).toBe(2);
    expect(volumes('Custom', device('/dev/sda1'), device('/dev/sdf'))).toBe(2);
    expect(volumes('Custom', device('/dev/sdf', { rootVolume: true }))).toBe(1);
  });

  it('is the interfaces laid out, else one', () => {
    const entry = { networkCardIndex: 0, deviceIndex: 0, interfaceType: 'interface' };
    expect(startsWith(aNodeClass()).interfaces).toBe(1);
    expect(startsWith(aNodeClass({ spec: { networkInterfaces: [entry, entry] } })).interfaces).toBe(2);
  });
});
