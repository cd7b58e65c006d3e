import { describe, expect, it } from 'vitest';
import { launchTemplateData } from '../../../lib/adapters/aws/ec2/launch-template-data.ts';
import { LaunchTemplates } from '../../../lib/adapters/aws/ec2/launch-templates.ts';
import { requestTemplates, templatesOfToday } from '../../../lib/adapters/aws/ec2/request-templates.ts';
import type { NodeClass } from '../../../lib/model/node-class.ts';
import { aNodePool } from '../../support/builders.ts';
import { anEc2Wire, aTemplate, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aCluster, aNodeClass, anImage, aType, theTemplate } from '../../support/launch-templates.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';

endsEc2Servers();

const HOUR_MS = 60 * 60_000;

describe('launch templates by content', () => {
  it('makes one once, also when another process made it before', async () => {
    const { client, clock, launchTemplates, server } = await anEc2Wire();
    const template = aTemplate(['m7i.large']);
    await launchTemplates.ensure(template);
    await launchTemplates.ensure(template);
    expect(server.requests).toEqual(['CreateLaunchTemplate']);
    await new LaunchTemplates({ client, installation: 'test', clock }).ensure(template);
    expect(await launchTemplates.list()).toEqual([{ name: template.name, createdAtMs: clock.nowMs() }]);
  });

  it('lists those of this installation, over pages', async () => {
    const { client, clock, launchTemplates } = await anEc2Wire();
    const templates = Array.from({ length: 201 }, (_, n) => aTemplate([], { imageId: `ami-${n}` }));
    for (const template of templates) await launchTemplates.ensure(template);
    await new LaunchTemplates({ client, installation: 'another', clock }).ensure(
      aTemplate([], { imageId: 'ami-x' }),
    );
    expect((await launchTemplates.list()).map(({ name }) => name)).toEqual(
      templates.map(({ name }) => name).sort(),
    );
  });

  it('removes what is neither in use nor younger than an hour', async () => {
    const { launchTemplates, clock } = await anEc2Wire();
    const [used, old, young] = ['ami-1', 'ami-2', 'ami-3'].map((imageId) => aTemplate([], { imageId }));
    if (used === undefined || old === undefined || young === undefined) throw new Error('three templates');
    await launchTemplates.ensure(used);
    await launchTemplates.ensure(old);
    await clock.advance(HOUR_MS + 1);
    await launchTemplates.ensure(young);
    expect(await launchTemplates.removeUnused(new Set([used.name]))).toEqual([old.name]);
    expect(await launchTemplates.removeUnused(new Set([used.name]))).toEqual([]);
    expect((await launchTemplates.list()).map(({ name }) => name)).toEqual([used.name, young.name].sort());
    await launchTemplates.ensure(old);
    expect(await launchTemplates.list()).toHaveLength(3);
  });
});

describe('what a launch template holds', () => {
  it('says all of a plain NodeClass in the words of EC2', () => {
    const { spec } = theTemplate();
    expect(launchTemplateData(spec)).toMatchObject({
      ImageId: spec.imageId,
      IamInstanceProfile: { Name: 'shop-nodes' },
      UserData: spec.userData?.base64,
      NetworkInterfaces: [{ NetworkCardIndex: 0, DeviceIndex: 0, Groups: ['sg-0a', 'sg-0b'] }],
      MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
      Monitoring: { Enabled: false },
      TagSpecifications: [
        { ResourceType: 'instance' },
        { ResourceType: 'volume' },
        { ResourceType: 'network-interface' },
      ],
    });
  });

  it('leaves out what the NodeClass does not say, so that EC2 decides', () => {
    const data = launchTemplateData({ ...theTemplate().spec, blockDeviceMappings: [] });
    const absent = ['BlockDeviceMappings', 'Placement', 'CpuOptions', 'EnclaveOptions'];
    expect(absent.filter((member) => member in data)).toEqual([]);
  });

  it('says disks, placement, processor options and enclaves where they are asked for', () => {
    const { spec } = theTemplate();
    const data = launchTemplateData({
      ...spec,
      blockDeviceMappings: [
        { deviceName: '/dev/xvda', volumeSizeGib: 50, volumeType: 'gp3', encrypted: true },
      ],
      placement: { groupName: 'near', tenancy: 'dedicated' },
      cpuOptions: { nestedVirtualization: 'enabled' },
      enclave: true,
      networkInterfaces: [
        {
          networkCardIndex: 1,
          deviceIndex: 1,
          interfaceType: 'efa-only',
          securityGroupIds: ['sg-0a'],
          connectionTracking: { udpTimeout: 60 },
        },
      ],
    });
    expect(data).toMatchObject({
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 50, VolumeType: 'gp3', Encrypted: true } },
      ],
      Placement: { GroupName: 'near', Tenancy: 'dedicated' },
      CpuOptions: { NestedVirtualization: 'enabled' },
      EnclaveOptions: { Enabled: true },
      NetworkInterfaces: [{ InterfaceType: 'efa-only', ConnectionTrackingSpecification: { UdpTimeout: 60 } }],
    });
  });

  it('reaches the instance that starts from it', async () => {
    const { fleet, server } = await anEc2Wire([aPool('m7i.large')]);
    const { instances } = await fleet.launch(aFleetRequest('on-demand', [anOverride('m7i.large')]));
    const start = instances[0] && server.startOf(instances[0].instanceId);
    expect(start?.template.data.text('UserData')).toBe(theTemplate().spec.userData?.base64);
    expect(start?.template.data.part('IamInstanceProfile').text('Name')).toBe('shop-nodes');
    expect(start?.subnet.id).toBe('subnet-us-east-1a');
  });
});

describe('the templates of a request', () => {
  const nodeClass = { ...aNodeClass(), name: 'general' };
  const facts = (classes: readonly NodeClass[] = [nodeClass]) => ({
    installation: 'test',
    documents: {
      nodePools: async () => [
        aNodePool({ name: 'general', template: { ...aNodePool().template, nodeClass: 'general' } }),
      ],
      nodeClasses: async () => classes,
      resolvedNodeClass: async () => ({
        name: 'general',
        subnets: [],
        securityGroupIds: ['sg-0a'],
        imageIds: { amd64: 'ami-1' },
      }),
    },
    catalog: {
      instanceTypes: async () => [
        aType('m7i.large', 29),
        aType('m7i.xlarge', 58),
        aType('p5.48xlarge', 100, { 'gpu-count': '8' }),
      ],
    },
    cluster: async () => aCluster(),
    images: async () => [
      anImage({ id: 'ami-plain', variants: ['standard'] }),
      anImage({ id: 'ami-gpu', variants: ['nvidia'] }),
    ],
    instanceProfiles: { 'node-role': 'shop-nodes' },
  });

  it('are of the types of its overrides alone, each with the image for its hardware', async () => {
    const request = aFleetRequest('spot', [anOverride('m7i.large'), anOverride('p5.48xlarge')]);
    const templates = await requestTemplates(facts(), request);
    expect(templates.map(({ types, spec }) => [types, spec.imageId])).toEqual([
      [['m7i.large'], 'ami-plain'],
      [['p5.48xlarge'], 'ami-gpu'],
    ]);
  });

  it('are all among those of today, which no launch is left without', async () => {
    const today = await templatesOfToday(facts());
    for (const extra of [{}, { efa: true }, { enclave: true }] as const) {
      const request = aFleetRequest('spot', [anOverride('m7i.xlarge'), anOverride('p5.48xlarge')]);
      const launchTemplate = { ...request.launchTemplate, ...extra };
      const templates = await requestTemplates(facts(), { ...request, launchTemplate });
      expect(templates.filter(({ name }) => !today.has(name))).toEqual([]);
    }
    expect(today.has(theTemplate({ images: [anImage({ id: 'ami-before' })] }).name)).toBe(false);
  });

  it('wait for documents that are not there', async () => {
    const request = aFleetRequest('spot', [anOverride('m7i.large')]);
    await expect(requestTemplates(facts([]), request)).rejects.toMatchObject({
      code: 'DocumentsNotReady',
      retry: 'same-request',
    });
  });
});
