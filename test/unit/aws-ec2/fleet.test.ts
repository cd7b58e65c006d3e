import { describe, expect, it } from 'vitest';
import { Ec2Fleet } from '../../../lib/adapters/aws/ec2/fleet.ts';
import { LaunchTemplates } from '../../../lib/adapters/aws/ec2/launch-templates.ts';
import { instanceId } from '../../../lib/model/ids.ts';
import { TAG } from '../../../lib/model/labels.ts';
import { anEc2Wire, aTemplate, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';

endsEc2Servers();

const POOLS = [
  aPool('m7i.large', { units: 2_000 }),
  aPool('m7g.large'),
  aPool('m7i.large', { capacityType: 'spot' }),
];
const LAG_MS = 10_000;
const oneNode = aFleetRequest('on-demand', [anOverride('m7i.large')]);

describe('launching over the wire', () => {
  it('tags instances with the template and with the request, the request last', async () => {
    const { fleet, clock } = await anEc2Wire(POOLS);
    await fleet.launch({ ...oneNode, tags: { ...oneNode.tags, Name: 'mine' } });
    await clock.advance(LAG_MS);
    const [instance] = await fleet.describeOwned();
    expect(instance?.tags).toMatchObject({
      'kubernetes.io/cluster/shop': 'owned',
      [TAG.installation]: 'test',
      [TAG.order]: 'o1',
      Name: 'mine',
    });
  });

  it('makes each template once', async () => {
    const { fleet, server } = await anEc2Wire(POOLS);
    const overrides = [anOverride('m7i.large'), anOverride('m7g.large')];
    await fleet.launch(aFleetRequest('on-demand', overrides));
    await fleet.launch(aFleetRequest('on-demand', overrides, { clientToken: 'o1-2' }));
    expect(server.requests).toEqual([
      'CreateLaunchTemplate',
      'CreateLaunchTemplate',
      'CreateFleet',
      'CreateFleet',
    ]);
  });

  it('makes a template again that was removed under it', async () => {
    const { fleet, client, clock } = await anEc2Wire(POOLS);
    await fleet.launch(oneNode);
    await clock.advance(2 * 60 * 60_000);
    const cleaner = new LaunchTemplates({ client, installation: 'test', clock });
    expect(await cleaner.removeUnused(new Set())).toHaveLength(1);
    const answer = await fleet.launch({ ...oneNode, clientToken: 'o1-2' });
    expect(answer.instances).toHaveLength(1);
    expect(await cleaner.list()).toHaveLength(1);
  });

  it('starts what is left when no image fits a type, and names that type', async () => {
    const wire = await anEc2Wire(POOLS);
    const fleet = new Ec2Fleet({
      client: wire.client,
      installation: 'test',
      launchTemplates: wire.launchTemplates,
      templatesOf: async () => [aTemplate(['m7i.large'], { imageId: 'ami-1' })],
    });
    const overrides = [anOverride('m7g.large'), anOverride('m7i.large')];
    const answer = await fleet.launch(aFleetRequest('on-demand', overrides));
    expect(answer.instances.map(({ instanceType }) => instanceType)).toEqual(['m7i.large']);
    expect(answer.errors).toMatchObject([
      { code: 'NoImageForType', instanceType: 'm7g.large', zone: 'us-east-1a' },
    ]);
    const none = await fleet.launch(
      aFleetRequest('on-demand', [anOverride('m7g.large')], { clientToken: 'o1-2' }),
    );
    expect(none).toMatchObject({ instances: [], errors: [{ code: 'NoImageForType' }] });
  });

  it('refuses reserved capacity by name, because nothing would use the reservation', async () => {
    const { fleet, server } = await anEc2Wire(POOLS);
    await expect(fleet.launch({ ...oneNode, capacityType: 'reserved' })).rejects.toMatchObject({
      code: 'CapacityTypeUnsupported',
      retry: 'never',
    });
    expect(server.requests).not.toContain('CreateFleet');
  });

  it('is told of an image that does not exist as an error of the override', async () => {
    const wire = await anEc2Wire(POOLS);
    const fleet = new Ec2Fleet({
      client: wire.client,
      installation: 'test',
      launchTemplates: wire.launchTemplates,
      templatesOf: async () => [aTemplate(['m7i.large'], { imageId: 'ami-gone' })],
    });
    const answer = await fleet.launch(oneNode);
    expect(answer).toMatchObject({
      instances: [],
      errors: [{ code: 'InvalidAMIID.NotFound', instanceType: 'm7i.large', zone: 'us-east-1a' }],
    });
  });

  it('is refused two subnets of one zone, which are one pool', async () => {
    const { fleet } = await anEc2Wire(POOLS, {
      subnets: ['subnet-1', 'subnet-2'].map((id) => ({
        id,
        zone: 'us-east-1a',
        vpcId: 'vpc-1',
        addresses: 10,
        tags: {},
      })),
    });
    const overrides = ['subnet-1', 'subnet-2'].map((subnetId) => ({ ...anOverride('m7i.large'), subnetId }));
    await expect(fleet.launch(aFleetRequest('spot', overrides))).rejects.toMatchObject({
      code: 'InvalidFleetConfig',
      retry: 'never',
    });
  });
});

describe('requests that fail as a whole', () => {
  it.each([
    ['RequestLimitExceeded', 'same-request'],
    ['InternalError', 'same-request'],
    ['InsufficientInstanceCapacity', 'other-offering'],
    ['VcpuLimitExceeded', 'other-offering'],
    ['MaxFleetCountExceeded', 'other-offering'],
    ['UnauthorizedOperation', 'never'],
    ['IdempotentParameterMismatch', 'never'],
    ['InvalidParameterValue', 'never'],
  ] as const)('says of %s that it is retried: %s', async (code, retry) => {
    const { fleet, server } = await anEc2Wire(POOLS);
    server.order({ action: 'CreateFleet', times: 1, code, message: 'as EC2 says' });
    await expect(fleet.launch(oneNode)).rejects.toMatchObject({
      retry,
      message: expect.stringContaining('as EC2 says'),
    });
  });

  it('gets through a throttled moment by itself when it has attempts left', async () => {
    const { fleet, server } = await anEc2Wire(POOLS, {}, { maxAttempts: 3 });
    server.order({ action: 'DescribeInstances', times: 1, code: 'RequestLimitExceeded' });
    expect(await fleet.describeOwned()).toEqual([]);
    expect(server.requests).toEqual(['DescribeInstances', 'DescribeInstances']);
  });
});

describe('many instances', () => {
  it('reads all pages, and asks for named ones in filters of 200', async () => {
    const { fleet, server, clock } = await anEc2Wire(POOLS);
    await fleet.launch(aFleetRequest('on-demand', [anOverride('m7i.large')], { targetCapacity: 1_001 }));
    await clock.advance(LAG_MS);
    const owned = await fleet.describeOwned();
    expect(owned).toHaveLength(1_001);
    const before = server.requests.length;
    expect(await fleet.describe(owned.slice(0, 201).map((one) => one.instanceId))).toHaveLength(201);
    expect(server.requests.slice(before)).toEqual(['DescribeInstances', 'DescribeInstances']);
  });

  it('ends every instance of a batch in which some are unknown', async () => {
    const { fleet, server, clock } = await anEc2Wire(POOLS);
    const { instances } = await fleet.launch({ ...oneNode, targetCapacity: 7 });
    await clock.advance(LAG_MS);
    const known = instances.map((one) => one.instanceId);
    const before = server.requests.length;
    await fleet.terminate([
      ...known.slice(0, 3),
      instanceId('i-0abc'),
      ...known.slice(3),
      instanceId('i-0def'),
    ]);
    const states = (await fleet.describe(known)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['shutting-down']));
    expect(server.requests.slice(before).filter((one) => one === 'TerminateInstances').length).toBeLessThan(
      16,
    );
  });

  it('fails when ending is refused for another reason', async () => {
    const { fleet, server } = await anEc2Wire(POOLS);
    server.order({ action: 'TerminateInstances', times: 1, code: 'OperationNotPermitted' });
    await expect(fleet.terminate([instanceId('i-0abc')])).rejects.toMatchObject({
      code: 'OperationNotPermitted',
      retry: 'never',
    });
  });
});
