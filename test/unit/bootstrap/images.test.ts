import { describe, expect, it } from 'vitest';
import { clusterDnsIp } from '../../../lib/bootstrap/cluster-dns.ts';
import { aliasImages, imageFor, imageParameters } from '../../../lib/bootstrap/images.ts';
import { anImage, aType } from '../../support/launch-templates.ts';

const names = (alias: string, kubernetes = '1.35'): string[] =>
  imageParameters(alias, kubernetes).map(({ name }) => name);

const EKS = '/aws/service/eks/optimized-ami';

describe('the SSM parameters of an alias', () => {
  it('of Amazon Linux 2023 are one per architecture and variant', () => {
    expect(names('al2023@latest')).toEqual([
      `${EKS}/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id`,
      `${EKS}/1.35/amazon-linux-2023/x86_64/nvidia/recommended/image_id`,
      `${EKS}/1.35/amazon-linux-2023/x86_64/neuron/recommended/image_id`,
      `${EKS}/1.35/amazon-linux-2023/arm64/standard/recommended/image_id`,
      `${EKS}/1.35/amazon-linux-2023/arm64/nvidia/recommended/image_id`,
    ]);
  });

  it('name the version where one is pinned', () => {
    expect(names('al2023@v20260801')[1]).toBe(
      `${EKS}/1.35/amazon-linux-2023/x86_64/nvidia/amazon-eks-node-al2023-x86_64-nvidia-1.35-v20260801/image_id`,
    );
    expect(names('al2@v20240807', '1.30')).toEqual([
      `${EKS}/1.30/amazon-linux-2/amazon-eks-node-1.30-v20240807/image_id`,
      `${EKS}/1.30/amazon-linux-2-gpu/amazon-eks-gpu-node-1.30-v20240807/image_id`,
      `${EKS}/1.30/amazon-linux-2-arm64/amazon-eks-arm64-node-1.30-v20240807/image_id`,
    ]);
  });

  it('of Bottlerocket take a version with and without its v', () => {
    const expected = [
      '/aws/service/bottlerocket/aws-k8s-1.35/x86_64/1.50.0/image_id',
      '/aws/service/bottlerocket/aws-k8s-1.35-nvidia/x86_64/1.50.0/image_id',
      '/aws/service/bottlerocket/aws-k8s-1.35/arm64/1.50.0/image_id',
      '/aws/service/bottlerocket/aws-k8s-1.35-nvidia/arm64/1.50.0/image_id',
    ];
    expect(names('bottlerocket@v1.50.0')).toEqual(expected);
    expect(names('bottlerocket@1.50.0')).toEqual(expected);
  });

  it('of Windows is the Core image of the year', () => {
    expect(names('windows2022@latest')).toEqual([
      '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.35/image_id',
    ]);
  });

  it.each([
    ['al2032@latest', '1.35', /"al2032@latest" names no family.*did you mean "al2023"/],
    ['ubuntu@latest', '1.35', /want one of al2, al2023, bottlerocket/],
    ['constructor@latest', '1.35', /names no family/],
    ['al2023@newest', '1.35', /write al2023@latest or a version such as al2023@v\d{8}/],
    ['al2023', '1.35', /no such version/],
    ['bottlerocket@1.50', '1.35', /bottlerocket@1\.50\.0/],
    ['windows2022@v1', '1.35', /write windows2022@latest$/],
    ['al2@latest', '1.33', /no images for Kubernetes 1.33, only up to 1.32: use al2023@latest/],
    ['windows2025@latest', '1.34', /only from 1.35 on/],
    ['al2023@latest', 'v1.35', /no images for Kubernetes v1.35/],
  ])('of %s on Kubernetes %s are refused', (alias, kubernetes, message) => {
    expect(() => imageParameters(alias, kubernetes)).toThrow(
      expect.objectContaining({
        code: 'AmiAliasUnknown',
        retry: 'never',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('lead to the images that SSM knows, with what they are made for', () => {
    const [gpu = ''] = names('al2@latest', '1.30').filter((name) => name.includes('-gpu'));
    expect([...aliasImages('al2@latest', '1.30', new Map([[gpu, 'ami-1']]))]).toEqual([
      ['ami-1', { arch: 'amd64', variants: ['nvidia', 'neuron'] }],
    ]);
  });

  it('that SSM knows none of are an error that names the alias and the version', () => {
    expect(() => aliasImages('al2023@v20200101', '1.35', new Map())).toThrow(
      /"al2023@v20200101" has no image for Kubernetes 1.35 in this region/,
    );
  });
});

describe('the image of a type', () => {
  const plain = aType('m7i.xlarge', 58);
  const gpu = aType('g6.xlarge', 58, { 'gpu-count': '1' });
  const neuron = aType('inf2.xlarge', 58, { 'accelerator-count': '1' });
  const arm = aType('m7g.xlarge', 58, { 'kubernetes.io/arch': 'arm64' });
  const idFor = (images: readonly ReturnType<typeof anImage>[], type = plain) => imageFor(images, type)?.id;

  it('is the newest', () => {
    const images = [anImage({ id: 'ami-old', createdAtMs: 1 }), anImage({ id: 'ami-new', createdAtMs: 2 })];
    expect([idFor(images), idFor([...images].reverse())]).toEqual(['ami-new', 'ami-new']);
  });

  it('is an older one when the newest is deprecated, and a deprecated one when there is no other', () => {
    const deprecated = anImage({ id: 'ami-new', createdAtMs: 2, deprecated: true });
    expect(idFor([deprecated, anImage({ id: 'ami-old', createdAtMs: 1 })])).toBe('ami-old');
    expect(idFor([deprecated])).toBe('ami-new');
  });

  it('is the one with the smaller id of two as new as each other', () => {
    expect(idFor([anImage({ id: 'ami-b' }), anImage({ id: 'ami-a' })])).toBe('ami-a');
  });

  it('is made for its architecture and its hardware', () => {
    const images = [
      anImage({ id: 'ami-standard', variants: ['standard'] }),
      anImage({ id: 'ami-nvidia', variants: ['nvidia'] }),
      anImage({ id: 'ami-neuron', variants: ['neuron'] }),
    ];
    expect([plain, gpu, neuron, arm].map((type) => idFor(images, type))).toEqual([
      'ami-standard',
      'ami-nvidia',
      'ami-neuron',
      undefined,
    ]);
  });

  it('is any of its architecture where nothing says what an image is made for', () => {
    expect([plain, gpu, neuron].map((type) => idFor([anImage({ id: 'ami-mine' })], type))).toEqual([
      'ami-mine',
      'ami-mine',
      'ami-mine',
    ]);
  });
});

describe("the address of a cluster's DNS service", () => {
  it.each([
    ['10.100.0.0/16', '10.100.0.10'],
    ['172.20.0.0/16', '172.20.0.10'],
    ['fd30:1234:5678::/108', 'fd30:1234:5678::a'],
  ])('in %s is %s', (cidr, address) => {
    expect(clusterDnsIp(cidr)).toBe(address);
  });
});
