import { describe, expect, it } from 'vitest';
import { DEFAULT_NODE_CLASS } from '../../../lib/config/defaults.ts';
import type { NodeClass } from '../../../lib/model/node-class.ts';
import { fixtureFile, load, loadText, nodeClassText } from '../../support/documents.ts';

const GIB = 1024 ** 3;

function nodeClass(spec: object = {}): NodeClass {
  const { documents, errors } = loadText(nodeClassText(spec));
  expect(errors).toEqual([]);
  const [read] = documents.nodeClasses;
  if (read === undefined) throw new Error('no EC2NodeClass was read');
  return read;
}

const withImages = (amiSelectorTerms: readonly object[], more: object = {}): object => ({
  amiSelectorTerms,
  ...more,
});

describe('EC2NodeClass documents', () => {
  it('are read with every field that planning uses', () => {
    const { documents, errors } = load([fixtureFile('general.yaml')]);
    expect(errors).toEqual([]);
    expect(documents.nodeClasses).toEqual([
      {
        name: 'everyday',
        hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        hashVersion: 'v6',
        amiFamily: 'AL2023',
        amiSelectorTerms: [
          { tags: { environment: 'test' } },
          { tags: {}, name: 'shop-image', owner: 'self' },
          { tags: {}, id: 'ami-0123456789abcdef0' },
        ],
        subnetSelectorTerms: [
          { tags: { 'karpenter.sh/discovery': 'shop', environment: 'test' } },
          { tags: {}, id: 'subnet-09fa4a0a8f233a921' },
        ],
        securityGroupSelectorTerms: [
          { tags: { 'karpenter.sh/discovery': 'shop' } },
          { tags: {}, name: 'shop-nodes' },
          { tags: {}, id: 'sg-063d7acfb4b06c82c' },
        ],
        role: 'ShopNodeRole',
        tags: { team: 'storefront' },
        kubelet: {
          maxPods: 40,
          podsPerCore: 4,
          kubeReserved: { cpu: 200, memory: 150 * 1024 ** 2, 'ephemeral-storage': 3 * GIB },
          systemReserved: { cpu: 100, memory: 100 * 1024 ** 2, 'ephemeral-storage': GIB },
          evictionHard: {
            'memory.available': { kind: 'percent', percent: 5 },
            'nodefs.available': { kind: 'percent', percent: 10 },
            'nodefs.inodesFree': { kind: 'bytes', bytes: 0 },
          },
        },
        rootVolumeBytes: 100 * GIB,
        spec: expect.objectContaining({ userData: 'echo hello\n', detailedMonitoring: true }),
      },
    ]);
  });

  it('keep metadata options with the defaults of the CRD', () => {
    const defaults = {
      httpEndpoint: 'enabled',
      httpProtocolIPv6: 'disabled',
      httpPutResponseHopLimit: 1,
      httpTokens: 'required',
    };
    expect(nodeClass({ metadataOptions: {} }).spec['metadataOptions']).toEqual(defaults);
    expect(nodeClass().spec['metadataOptions']).toEqual(defaults);
  });
});

describe('the AMI family', () => {
  it.each([
    ['al2@latest', 'AL2'],
    ['al2023@v20260101', 'AL2023'],
    ['bottlerocket@1.20.0', 'Bottlerocket'],
    ['windows2022@latest', 'Windows2022'],
  ])('of alias %s is %s', (alias, family) => {
    expect(nodeClass(withImages([{ alias }])).amiFamily).toBe(family);
  });

  it('may be Custom beside an alias, and is needed without one', () => {
    expect(nodeClass({ amiFamily: 'Custom' }).amiFamily).toBe('Custom');
    expect(loadText(nodeClassText(withImages([{ id: 'ami-1' }]))).errors).toEqual([
      expect.stringContaining('missing field: without an alias, want one of AL2, AL2023'),
    ]);
  });
});

describe('the volume for ephemeral storage', () => {
  const disk = (deviceName: string, volumeSize: string, more: object = {}) => ({
    deviceName,
    ebs: { volumeSize },
    ...more,
  });

  it.each([
    ['the default of AL2023', {}, 20 * GIB],
    ['the default of Windows', withImages([{ alias: 'windows2022@latest' }]), 50 * GIB],
    [
      'the family device',
      { blockDeviceMappings: [disk('/dev/xvda', '80Gi'), disk('/dev/xvdz', '1Ti')] },
      80 * GIB,
    ],
    ['no other device', { blockDeviceMappings: [disk('/dev/xvdz', '1Ti')] }, 20 * GIB],
    [
      'the data volume of Bottlerocket',
      withImages([{ alias: 'bottlerocket@latest' }], {
        blockDeviceMappings: [disk('/dev/xvda', '4Gi'), disk('/dev/xvdb', '60Gi')],
      }),
      60 * GIB,
    ],
    [
      'the one marked as root',
      { blockDeviceMappings: [disk('/dev/xvda', '8Gi'), disk('/dev/xvdb', '100G', { rootVolume: true })] },
      100e9,
    ],
    [
      'the last one of a custom image',
      withImages([{ id: 'ami-1' }], {
        amiFamily: 'Custom',
        blockDeviceMappings: [disk('/dev/sda1', '8Gi'), disk('/dev/sdb', '90Gi')],
      }),
      90 * GIB,
    ],
  ])('is %s', (_, spec, bytes) => {
    expect(nodeClass(spec).rootVolumeBytes).toBe(bytes);
  });
});

describe('the hash of an EC2NodeClass', () => {
  it('changes with what running nodes were made from and not with selectors', () => {
    const base = nodeClass().hash;
    expect(nodeClass({ userData: 'x' }).hash).not.toBe(base);
    expect(nodeClass({ kubelet: { maxPods: 20 } }).hash).not.toBe(base);
    expect(nodeClass({ metadataOptions: { httpTokens: 'optional' } }).hash).not.toBe(base);
    expect(nodeClass({ metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 } }).hash).toBe(
      base,
    );
    expect(nodeClass({ subnetSelectorTerms: [{ id: 'subnet-2' }], ipPrefixCount: 1 }).hash).toBe(base);
    expect(nodeClass(withImages([{ alias: 'al2023@v20260101' }], { amiFamily: 'AL2023' })).hash).toBe(base);
  });
});

describe('the default EC2NodeClass', () => {
  it('is Amazon Linux 2023 with its default disk', () => {
    expect(DEFAULT_NODE_CLASS).toMatchObject({
      name: 'default',
      amiFamily: 'AL2023',
      rootVolumeBytes: 20 * GIB,
    });
  });
});
