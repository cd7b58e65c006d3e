import { describe, expect, it } from 'vitest';
import { findImages, type ImageLookup, imageIdsOf } from '../../../lib/adapters/aws/ec2/discovery/images.ts';
import { resolveNodeClass } from '../../../lib/adapters/aws/ec2/discovery/node-class.ts';
import { findSecurityGroups } from '../../../lib/adapters/aws/ec2/discovery/security-groups.ts';
import { findSubnets, roomiestPerZone } from '../../../lib/adapters/aws/ec2/discovery/subnets.ts';
import type { Ec2ServerOptions } from '../../../lib/local/ec2-server.ts';
import type { SelectorTerm } from '../../../lib/model/node-class.ts';
import { anAccountImage, anEc2Wire, aSubnet, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aNodeClass, anImage } from '../../support/launch-templates.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';

endsEc2Servers();

const DAY_MS = 86_400_000;
const name = 'general';
const term = (members: Partial<SelectorTerm>): SelectorTerm => ({ tags: {}, ...members });

describe('subnets of a NodeClass', () => {
  const subnets = [
    aSubnet('subnet-1', 'us-east-1a', 10, { team: 'shop', tier: 'private' }),
    aSubnet('subnet-2', 'us-east-1a', 50, { team: 'shop' }),
    aSubnet('subnet-3', 'us-east-1b', 20, { team: 'other' }),
    aSubnet('subnet-4', 'us-east-1c', 20),
  ];
  const idsOf = async (...subnetSelectorTerms: SelectorTerm[]): Promise<string[]> => {
    const { client } = await anEc2Wire([], { subnets });
    return (await findSubnets(client, { name, subnetSelectorTerms })).map(({ id }) => id);
  };

  it('are the roomiest of each zone, with their zone ids', async () => {
    const { client } = await anEc2Wire([], { subnets });
    const zoneId = expect.stringMatching(/^use1-az\d$/);
    const terms = { name, subnetSelectorTerms: [term({ tags: { team: '*' } })] };
    expect(await findSubnets(client, terms)).toEqual([
      { id: 'subnet-2', zone: 'us-east-1a', zoneId },
      { id: 'subnet-3', zone: 'us-east-1b', zoneId },
    ]);
  });

  it('match all tags of a term, and any of the terms', async () => {
    expect(await idsOf(term({ tags: { team: 'shop', tier: '*' } }))).toEqual(['subnet-1']);
    expect(await idsOf(term({ tags: { team: 'other' } }), term({ id: 'subnet-4' }))).toEqual([
      'subnet-3',
      'subnet-4',
    ]);
    expect(await idsOf(term({ id: 'subnet-1' }), term({ id: 'subnet-0' }))).toEqual(['subnet-1']);
  });

  it('that match nothing are an error with the terms and what to do', async () => {
    await expect(idsOf(term({ tags: { team: 'none' } }))).rejects.toMatchObject({
      code: 'SubnetsMissing',
      retry: 'never',
      message:
        'EC2NodeClass general: no subnet matches subnetSelectorTerms {"tags":{"team":"none"}}: tag or name one so, or change the terms',
    });
  });

  it('go by free addresses, then by id', () => {
    const one = (id: string, freeAddresses: number) => ({ id, zone: 'a', zoneId: 'az1', freeAddresses });
    expect(roomiestPerZone([one('s3', 5), one('s2', 9), one('s1', 9)])).toMatchObject([{ id: 's1' }]);
  });

  it('lose addresses to what runs in them', async () => {
    const both = [aSubnet('subnet-us-east-1a', 'us-east-1a', 10), aSubnet('subnet-z', 'us-east-1a', 9)];
    const { client, fleet } = await anEc2Wire([aPool('m7i.large')], { subnets: both });
    const terms = {
      name,
      subnetSelectorTerms: [term({ id: 'subnet-us-east-1a' }), term({ id: 'subnet-z' })],
    };
    expect(await findSubnets(client, terms)).toMatchObject([{ id: 'subnet-us-east-1a' }]);
    await fleet.launch(aFleetRequest('on-demand', [anOverride('m7i.large')], { targetCapacity: 3 }));
    expect(await findSubnets(client, terms)).toMatchObject([{ id: 'subnet-z' }]);
  });
});

describe('security groups of a NodeClass', () => {
  const securityGroups = [
    { id: 'sg-0c', name: 'nodes', vpcId: 'vpc-1', tags: { team: 'shop' } },
    { id: 'sg-0a', name: 'pods', vpcId: 'vpc-1', tags: { team: 'shop' } },
    { id: 'sg-0b', name: 'others', vpcId: 'vpc-1', tags: {} },
  ];

  it('are selected by tags, name or id, sorted by id', async () => {
    const { client } = await anEc2Wire([], { securityGroups });
    const find = (...securityGroupSelectorTerms: SelectorTerm[]) =>
      findSecurityGroups(client, { name, securityGroupSelectorTerms });
    expect(await find(term({ tags: { team: 'shop' } }))).toEqual(['sg-0a', 'sg-0c']);
    expect(await find(term({ name: 'others' }), term({ id: 'sg-0a' }))).toEqual(['sg-0a', 'sg-0b']);
    await expect(find(term({ name: 'none' }))).rejects.toMatchObject({
      code: 'SecurityGroupsMissing',
      message: expect.stringContaining('securityGroupSelectorTerms {"name":"none"}'),
    });
  });
});

describe('images of a NodeClass', () => {
  const images: Ec2ServerOptions['images'] = [
    {
      ...anAccountImage('ami-old', 'amd64'),
      createdAtMs: START_MS - 9 * DAY_MS,
      deprecatedAtMs: START_MS - DAY_MS,
    },
    { ...anAccountImage('ami-new', 'amd64'), createdAtMs: START_MS - DAY_MS },
    { ...anAccountImage('ami-arm', 'arm64'), name: 'golden-arm', owner: 'self', tags: { role: 'nodes' } },
    { ...anAccountImage('ami-stranger', 'amd64'), name: 'golden-amd', owner: '123456789012' },
  ];
  const lookup = async (values: Readonly<Record<string, string>> = {}): Promise<ImageLookup> => {
    const { client } = await anEc2Wire([], { images });
    const parameters = async (names: readonly string[]) =>
      new Map(names.flatMap((one) => (values[one] === undefined ? [] : [[one, values[one]] as const])));
    return { ec2: client, parameters, kubernetesVersion: '1.35', nowMs: START_MS };
  };
  const find = async (values: Readonly<Record<string, string>>, ...amiSelectorTerms: SelectorTerm[]) =>
    findImages(await lookup(values), { name, amiSelectorTerms });

  it('of an alias are what its parameters name, with the hardware each is for', async () => {
    const path = '/aws/service/eks/optimized-ami/1.35/amazon-linux-2023';
    const values = {
      [`${path}/x86_64/standard/recommended/image_id`]: 'ami-new',
      [`${path}/arm64/nvidia/recommended/image_id`]: 'ami-arm',
    };
    expect(await find(values, term({ alias: 'al2023@latest' }))).toMatchObject([
      { id: 'ami-arm', arch: 'arm64', variants: ['nvidia'], deprecated: false },
      { id: 'ami-new', arch: 'amd64', variants: ['standard'], createdAtMs: START_MS - DAY_MS },
    ]);
  });

  it('of an alias that SSM does not know are an error', async () => {
    await expect(find({}, term({ alias: 'al2023@v20200101' }))).rejects.toMatchObject({
      code: 'AmiAliasUnknown',
      retry: 'never',
    });
  });

  it('are selected by id, name, tags, owner or SSM parameter', async () => {
    const idsOf = async (values: Readonly<Record<string, string>>, ...terms: SelectorTerm[]) =>
      (await find(values, ...terms)).map(({ id }) => id);
    expect(await idsOf({}, term({ id: 'ami-old' }))).toEqual(['ami-old']);
    expect(await idsOf({}, term({ tags: { role: '*' } }))).toEqual(['ami-arm']);
    expect(await idsOf({}, term({ name: 'golden-amd', owner: '123456789012' }))).toEqual(['ami-stranger']);
    expect(await idsOf({ '/golden': 'ami-new' }, term({ ssmParameter: '/golden' }))).toEqual(['ami-new']);
  });

  it('of strangers do not match by name alone', async () => {
    expect(await find({}, term({ name: 'golden-*' }))).toMatchObject([{ id: 'ami-arm' }]);
  });

  it('that match nothing are an error', async () => {
    await expect(find({}, term({ ssmParameter: '/none' }))).rejects.toMatchObject({
      code: 'ImagesMissing',
      message: expect.stringContaining('amiSelectorTerms {"ssmParameter":"/none"}'),
    });
  });

  it('give each architecture the newest that is not deprecated, for ordinary hardware first', async () => {
    const found = await find({}, term({ id: 'ami-old' }), term({ id: 'ami-new' }), term({ id: 'ami-arm' }));
    expect(found.map(({ id, deprecated }) => [id, deprecated])).toContainEqual(['ami-old', true]);
    expect(imageIdsOf(found)).toEqual({ amd64: 'ami-new', arm64: 'ami-arm' });
    const special = anImage({ id: 'ami-gpu', variants: ['nvidia'], createdAtMs: START_MS });
    const plain = anImage({ id: 'ami-plain', variants: ['standard'], createdAtMs: START_MS - DAY_MS });
    expect(imageIdsOf([special, plain])).toEqual({ amd64: 'ami-plain' });
    expect(imageIdsOf([special])).toEqual({ amd64: 'ami-gpu' });
  });

  it('stand beside subnets and groups in the resolved NodeClass', async () => {
    const { client } = await anEc2Wire();
    const nodeClass = {
      ...aNodeClass(),
      amiSelectorTerms: [term({ id: 'ami-1' })],
      subnetSelectorTerms: [term({ id: 'subnet-us-east-1b' })],
      securityGroupSelectorTerms: [term({ name: 'nodes' })],
    };
    const { resolved, images: found } = await resolveNodeClass(
      { ec2: client, parameters: async () => new Map(), kubernetesVersion: '1.35', nowMs: START_MS },
      nodeClass,
    );
    expect(resolved).toMatchObject({
      name: nodeClass.name,
      subnets: [{ id: 'subnet-us-east-1b', zone: 'us-east-1b' }],
      securityGroupIds: ['sg-0a'],
      imageIds: { amd64: 'ami-1' },
    });
    expect(found).toHaveLength(1);
  });
});
