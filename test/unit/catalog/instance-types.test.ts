import { describe, expect, it } from 'vitest';
import { EmbeddedCatalog, offlineNodeClass } from '../../../lib/adapters/memory/embedded-catalog.ts';
import type { NodeClass, ResolvedNodeClass } from '../../../lib/model/node-class.ts';
import type { InstanceType } from '../../../lib/model/offering.ts';
import { compareText } from '../../../lib/model/stable-json.ts';
import { aNodeClass } from '../../support/memory-documents.ts';

const catalog = new EmbeddedCatalog('us-east-1');

interface Wish {
  readonly nodeClass?: Partial<NodeClass>;
  readonly zones?: readonly string[];
  readonly resolved?: Partial<ResolvedNodeClass>;
}

async function types({ nodeClass = {}, zones = [], resolved = {} }: Wish = {}) {
  const aClass = aNodeClass({ amiFamily: 'AL2023', ...nodeClass });
  const all = await catalog.instanceTypes(aClass, {
    ...offlineNodeClass(aClass, catalog.market, zones),
    ...resolved,
  });
  return new Map(all.map((type) => [type.name, type]));
}

async function type(name: string, wish: Wish = {}): Promise<InstanceType> {
  const found = (await types(wish)).get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('instance types of a NodeClass', () => {
  it("carry Karpenter's well-known labels", async () => {
    expect((await type('m7i.xlarge')).labels).toEqual({
      'node.kubernetes.io/instance-type': 'm7i.xlarge',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/region': 'us-east-1',
      'karpenter.k8s.aws/instance-family': 'm7i',
      'karpenter.k8s.aws/instance-size': 'xlarge',
      'karpenter.k8s.aws/instance-category': 'm',
      'karpenter.k8s.aws/instance-generation': '7',
      'karpenter.k8s.aws/instance-cpu': '4',
      'karpenter.k8s.aws/instance-cpu-manufacturer': 'intel',
      'karpenter.k8s.aws/instance-cpu-sustained-clock-speed-mhz': '3200',
      'karpenter.k8s.aws/instance-memory': '16384',
      'karpenter.k8s.aws/instance-hypervisor': 'nitro',
      'karpenter.k8s.aws/instance-network-bandwidth': '1562',
      'karpenter.k8s.aws/instance-ebs-bandwidth': '10000',
      'karpenter.k8s.aws/instance-encryption-in-transit-supported': 'true',
      'karpenter.k8s.aws/instance-capability-flex': 'false',
      'karpenter.k8s.aws/instance-tenancy': 'default',
    });
  });

  it('name GPUs and accelerators, and announce them as resources', async () => {
    const gpu = await type('g5.xlarge');
    expect(gpu.labels).toMatchObject({
      'karpenter.k8s.aws/instance-gpu-name': 'a10g',
      'karpenter.k8s.aws/instance-gpu-manufacturer': 'nvidia',
      'karpenter.k8s.aws/instance-gpu-count': '1',
      'karpenter.k8s.aws/instance-gpu-memory': '22888',
      'karpenter.k8s.aws/instance-local-nvme': '250',
    });
    expect(gpu.allocatable).toMatchObject({ 'nvidia.com/gpu': 1 });
    expect((await type('g4ad.4xlarge')).allocatable).toMatchObject({ 'amd.com/gpu': 1 });
    expect((await type('inf2.xlarge')).allocatable).toMatchObject({
      'aws.amazon.com/neuron': 1,
      'aws.amazon.com/neuroncore': 2,
      'vpc.amazonaws.com/pod-eni': 18,
    });
    expect((await type('trn1.32xlarge')).capacity).toMatchObject({ 'vpc.amazonaws.com/efa': 8 });
  });

  it('announce no GPU where a type has a share of one', async () => {
    const shared = await type('g6f.large');
    expect(shared.labels['karpenter.k8s.aws/instance-gpu-count']).toBe('0');
    expect(shared.allocatable).not.toHaveProperty('nvidia.com/gpu');
  });

  it('read category and generation out of odd family names', async () => {
    const { labels } = await type('u-6tb1.56xlarge');
    expect(labels['karpenter.k8s.aws/instance-category']).toBe('u');
    expect(labels['karpenter.k8s.aws/instance-generation']).toBe('1');
    expect((await type('m7i-flex.large')).labels).toMatchObject({
      'karpenter.k8s.aws/instance-family': 'm7i-flex',
      'karpenter.k8s.aws/instance-capability-flex': 'true',
    });
  });

  it('mark burstable and exotic types', async () => {
    const all = await types();
    const marked = (mark: 'burstable' | 'exotic') => (name: string) => all.get(name)?.[mark];
    expect(['t3.large', 't4g.small', 't1.micro', 'm7i.large'].map(marked('burstable'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(['m5.metal', 'g5.xlarge', 'inf2.xlarge', 'g6f.large', 'm7i.large'].map(marked('exotic'))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('come sorted by name, without Macs', async () => {
    const names = [...(await types()).keys()];
    expect(names).toEqual([...names].sort(compareText));
    expect(names.filter((name) => name.startsWith('mac'))).toEqual([]);
  });

  it('leave out architectures without an image', async () => {
    const all = await types({ resolved: { imageIds: { arm64: 'ami-1' } } });
    expect(new Set([...all.values()].map(({ labels }) => labels['kubernetes.io/arch']))).toEqual(
      new Set(['arm64']),
    );
  });

  it('leave out the first Graviton on Amazon Linux 2023 only', async () => {
    expect((await types()).has('a1.large')).toBe(false);
    expect((await types({ nodeClass: { amiFamily: 'Bottlerocket' } })).has('a1.large')).toBe(true);
  });

  it('say windows where the AMI family is Windows', async () => {
    const { labels } = await type('m7i.xlarge', { nodeClass: { amiFamily: 'Windows2022' } });
    expect(labels['kubernetes.io/os']).toBe('windows');
    expect(labels['node.kubernetes.io/windows-build']).toBe('10.0.20348');
  });
});

describe('offerings', () => {
  it('exist per zone with a subnet and per capacity type with a price', async () => {
    const { offerings } = await type('m7i.xlarge', { zones: ['us-east-1b', 'us-east-1a'] });
    expect(offerings.map(({ zone, zoneId, capacityType }) => [zone, zoneId, capacityType])).toEqual([
      ['us-east-1a', 'use1-az1', 'on-demand'],
      ['us-east-1a', 'use1-az1', 'spot'],
      ['us-east-1b', 'use1-az2', 'on-demand'],
      ['us-east-1b', 'use1-az2', 'spot'],
    ]);
    expect(offerings[0]?.priceMicroUsdPerHour).toBe(201_600);
  });

  it('leave out spot where EC2 does not sell it', async () => {
    const { offerings } = await type('u-6tb1.56xlarge');
    expect(new Set(offerings.map(({ capacityType }) => capacityType))).toEqual(new Set(['on-demand']));
  });

  it('leave out zones where the type is not sold, and types sold in no zone asked for', async () => {
    const all = await types({ zones: ['us-east-1c'] });
    expect(all.has('m5.large')).toBe(false);
    expect(all.size).toBeGreaterThan(0);
    expect([...all.values()].every(({ offerings }) => offerings.length > 0)).toBe(true);
  });
});

describe('a NodeClass without AWS', () => {
  it('has one subnet in each zone of the region, or in those asked for', () => {
    const subnets = (zones: readonly string[]) =>
      offlineNodeClass(aNodeClass(), catalog.market, zones).subnets.map(({ id }) => id);
    expect(subnets([])).toHaveLength(6);
    expect(subnets(['us-east-1c', 'us-east-1a'])).toEqual(['subnet-us-east-1a', 'subnet-us-east-1c']);
  });

  it('has one image per architecture, the same for the same selectors', () => {
    const images = (owner: string) =>
      offlineNodeClass(aNodeClass({ amiSelectorTerms: [{ tags: {}, owner }] }), catalog.market).imageIds;
    expect(images('self')).toEqual(images('self'));
    expect(images('self')).not.toEqual(images('amazon'));
    expect(images('self')['amd64']).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(images('self')['amd64']).not.toBe(images('self')['arm64']);
  });
});
