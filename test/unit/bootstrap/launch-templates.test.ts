import { describe, expect, it } from 'vitest';
import { type LaunchTemplateInput, launchTemplatesOf } from '../../../lib/bootstrap/launch-templates.ts';
import { launchTemplateName } from '../../../lib/model/launch-template.ts';
import { aNodePool, anInstanceType } from '../../support/builders.ts';
import {
  aCluster,
  aNodeClass,
  anImage,
  aTemplateInput,
  aType,
  theTemplate,
  userDataText,
} from '../../support/launch-templates.ts';

const templates = (overrides: Partial<LaunchTemplateInput>) =>
  launchTemplatesOf(aTemplateInput(overrides)).map((template) => template.types);

const errorOf = (overrides: Partial<LaunchTemplateInput>): unknown => {
  try {
    return launchTemplatesOf(aTemplateInput(overrides));
  } catch (error) {
    return error;
  }
};

describe('launch templates of a pool', () => {
  it('are one for all types whose kubelets admit equally many pods', () => {
    const types = [aType('r7i.large', 29), aType('m7i.large', 29), aType('m7i.xlarge', 58)];
    expect(templates({ types })).toEqual([['m7i.large', 'r7i.large'], ['m7i.xlarge']]);
  });

  it('are one for all types where a Custom image joins by itself', () => {
    const nodeClass = aNodeClass('amiFamily: Custom\namiSelectorTerms: [{ id: ami-1 }]');
    const types = [aType('m7i.xlarge', 58), aType('m7i.large', 29)];
    expect(templates({ types, nodeClass })).toEqual([['m7i.large', 'm7i.xlarge']]);
  });

  it('are one for each image', () => {
    const types = [
      aType('m7i.xlarge', 58),
      aType('m7g.xlarge', 58, { 'kubernetes.io/arch': 'arm64' }),
      aType('g6.xlarge', 58, { 'gpu-count': '1' }),
    ];
    const images = [
      anImage({ id: 'ami-amd', variants: ['standard'] }),
      anImage({ id: 'ami-arm', arch: 'arm64', variants: ['standard'] }),
      anImage({ id: 'ami-gpu', variants: ['nvidia'] }),
    ];
    const made = launchTemplatesOf(aTemplateInput({ types, images }));
    expect(made.map(({ spec, types: [type] }) => [spec.imageId, type])).toEqual([
      ['ami-gpu', 'g6.xlarge'],
      ['ami-arm', 'm7g.xlarge'],
      ['ami-amd', 'm7i.xlarge'],
    ]);
  });

  it('leave out a type that no image fits', () => {
    const types = [aType('m7i.xlarge', 58), aType('m7g.xlarge', 58, { 'kubernetes.io/arch': 'arm64' })];
    expect(templates({ types })).toEqual([['m7i.xlarge']]);
  });

  it('do not depend on the order of types, images and security groups', () => {
    const types = [aType('m7i.xlarge', 58), aType('m7i.large', 29), aType('c7i.large', 29)];
    const images = [anImage(), anImage({ id: 'ami-1' })];
    const forward = launchTemplatesOf(aTemplateInput({ types, images }));
    const backward = launchTemplatesOf(
      aTemplateInput({
        types: [...types].reverse(),
        images: [...images].reverse(),
        securityGroupIds: ['sg-0a', 'sg-0b'],
      }),
    );
    expect(backward).toEqual(forward);
  });

  it('have a name that their content alone decides', () => {
    const { name, spec } = theTemplate();
    expect(name).toMatch(/^dovetail-[0-9a-f]{16}$/);
    expect(launchTemplateName(structuredClone(spec))).toBe(name);
    expect(theTemplate({ installation: 'another' }).name).not.toBe(name);
  });

  it('have one interface with EFA per card where pods ask for EFA', () => {
    const types = [
      anInstanceType({ name: 'p5.48xlarge', capacity: { pods: 100, 'vpc.amazonaws.com/efa': 3 } }),
    ];
    const interfaces = (efa: boolean) =>
      theTemplate({ types, efa }).spec.networkInterfaces.map(
        ({ networkCardIndex, deviceIndex, interfaceType }) => [networkCardIndex, deviceIndex, interfaceType],
      );
    expect(interfaces(false)).toEqual([[0, 0, undefined]]);
    expect(interfaces(true)).toEqual([
      [0, 0, 'efa'],
      [1, 1, 'efa'],
      [2, 1, 'efa'],
    ]);
  });

  it('place types of dedicated tenancy so', () => {
    const types = [aType('m7i.xlarge', 58, { tenancy: 'dedicated' })];
    expect(theTemplate({ types }).spec.placement).toEqual({ tenancy: 'dedicated' });
    expect(theTemplate().spec.placement).toBeUndefined();
  });

  it('allow pods one hop less where the document has its defaults than where there is no document', () => {
    const documented = aNodeClass();
    const { metadataOptions: _, ...spec } = documented.spec;
    const hops = (nodeClass: typeof documented) =>
      theTemplate({ nodeClass }).spec.metadataOptions.httpPutResponseHopLimit;
    expect([hops(documented), hops({ ...documented, spec })]).toEqual([1, 2]);
  });

  it("tag instances as ours, whatever the user's tags say", () => {
    const nodeClass = { ...aNodeClass(), tags: { 'dovetail.sh/nodepool': 'fake', team: 'data' } };
    for (const { tags } of theTemplate({ nodeClass }).spec.tagSpecifications) {
      expect(tags).toMatchObject({
        'dovetail.sh/nodepool': 'default',
        'dovetail.sh/installation': 'shop-dovetail',
        team: 'data',
      });
    }
  });
});

describe('the instance profile', () => {
  it('is the one of the role, which may be written with its path', () => {
    const nodeClass = aNodeClass('role: team/path/node-role');
    expect(theTemplate({ nodeClass }).spec.instanceProfile).toBe('shop-nodes');
  });

  it('is the one that the NodeClass names', () => {
    const base = aNodeClass();
    const { role: _, ...withoutRole } = base;
    expect(theTemplate({ nodeClass: { ...withoutRole, instanceProfile: 'mine' } }).spec.instanceProfile).toBe(
      'mine',
    );
  });

  it('is missing where the role is not one of the installation, and the error names those', () => {
    expect(errorOf({ nodeClass: aNodeClass('role: other') })).toMatchObject({
      code: 'NodeRoleUnknown',
      retry: 'never',
      message: expect.stringMatching(/"other".*\(node-role\).*-c nodeRoles=other/),
    });
    expect(errorOf({ nodeClass: aNodeClass('role: constructor') })).toMatchObject({
      code: 'NodeRoleUnknown',
    });
  });
});

describe('what EC2 would refuse', () => {
  it('is said before: no security group', () => {
    expect(errorOf({ securityGroupIds: [] })).toMatchObject({ code: 'SecurityGroupsMissing' });
  });

  it('is said before: a public address on several interfaces', () => {
    const nodeClass = aNodeClass(
      'associatePublicIPAddress: true\nnetworkInterfaces: [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }, { networkCardIndex: 0, deviceIndex: 1, interfaceType: efa-only }]',
    );
    expect(errorOf({ nodeClass })).toMatchObject({
      code: 'PublicIpUnsupported',
      message: expect.stringContaining('2 interfaces'),
    });
  });

  it.each([
    ['no device', '[{ ebs: { volumeSize: 1Gi } }]', /blockDeviceMappings\[0\]: no device/],
    ['no volume', '[{ deviceName: /dev/xvda }]', /blockDeviceMappings\[0\]: no volume/],
  ])('is said before: a block device with %s', (_, mappings, message) => {
    expect(errorOf({ nodeClass: aNodeClass(`blockDeviceMappings: ${mappings}`) })).toMatchObject({
      code: 'BlockDeviceInvalid',
      message: expect.stringMatching(message),
    });
  });

  it('is said before: a root volume without a device of a Custom image', () => {
    const lines =
      'amiFamily: Custom\namiSelectorTerms: [{ id: ami-1 }]\nblockDeviceMappings: [{ rootVolume: true, ebs: { volumeSize: 1Gi } }]';
    expect(errorOf({ nodeClass: aNodeClass(lines) })).toMatchObject({ code: 'BlockDeviceInvalid' });
  });

  it('is said before: user data that grows over the limit, with both sizes', () => {
    const own = `#!/bin/bash\n${'#'.repeat(16_300)}\n`;
    const nodeClass = aNodeClass(`userData: ${JSON.stringify(own)}`);
    const found = errorOf({ nodeClass });
    expect(found).toMatchObject({ code: 'UserDataTooLarge', retry: 'never' });
    const [, total, mine, ours] =
      /has (\d+) bytes, more than EC2's 16384: (\d+) are your own and (\d+) join/.exec(String(found)) ?? [];
    expect(Number(mine)).toBe(own.length);
    expect(Number(mine) + Number(ours)).toBe(Number(total));
  });

  it('is not user data of the largest size, counted in bytes', () => {
    const room = 16_384 - userDataText(theTemplate()).length;
    const fits = (own: string): boolean => {
      const nodeClass = aNodeClass(`userData: ${JSON.stringify(own)}`);
      return Array.isArray(errorOf({ nodeClass }));
    };
    const header = `--dovetail\nContent-Type: text/x-shellscript; charset="us-ascii"\n\n\n`;
    const largest = `#!${'#'.repeat(room - header.length - 2)}`;
    expect([fits(largest), fits(`${largest}#`), fits(largest.replace('##', '#é'))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the cluster in a template', () => {
  it('is in the name, so that a new certificate authority makes new templates', () => {
    expect(theTemplate({ cluster: aCluster({ caBase64: 'bmV3' }) }).name).not.toBe(theTemplate().name);
  });

  it('does not change with limits, weight and disruption of the pool', () => {
    const nodePool = aNodePool({
      weight: 7,
      limits: { cpu: 1000 },
      disruption: { consolidateAfterMs: null },
    });
    expect(theTemplate({ nodePool }).name).toBe(theTemplate().name);
  });
});
