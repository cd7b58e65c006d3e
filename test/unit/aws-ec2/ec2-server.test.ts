import { describe, expect, it } from 'vitest';
import { anEc2Wire, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';

endsEc2Servers();

type Fields = Readonly<Record<string, string>>;

/** A request as any client may send it, and the answer as EC2 writes it. */
async function ask(url: string, Action: string, fields: Fields = {}) {
  const body = new URLSearchParams({ Action, Version: '2016-11-15', ...fields });
  const response = await fetch(url, { method: 'POST', body });
  const text = await response.text();
  const part = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return { status: response.status, code: part('Code'), message: part('Message'), text, part };
}

const TEMPLATE: Fields = { LaunchTemplateName: 'dovetail-a', 'LaunchTemplateData.ImageId': 'ami-1' };
const FLEET: Fields = {
  Type: 'instant',
  ClientToken: 't1',
  'LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateName': 'dovetail-a',
  'LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version': '1',
  'LaunchTemplateConfigs.1.Overrides.1.InstanceType': 'm7i.large',
  'LaunchTemplateConfigs.1.Overrides.1.SubnetId': 'subnet-us-east-1a',
  'TargetCapacitySpecification.TotalTargetCapacity': '1',
  'TargetCapacitySpecification.DefaultTargetCapacityType': 'on-demand',
};

async function withTemplate() {
  const wire = await anEc2Wire([aPool('m7i.large')]);
  await ask(wire.server.url, 'CreateLaunchTemplate', TEMPLATE);
  return { ...wire, url: wire.server.url };
}

describe('the local EC2 server', () => {
  it('writes errors as EC2 does', async () => {
    const { server } = await anEc2Wire();
    const { status, text } = await ask(server.url, 'StopPretending');
    expect(status).toBe(400);
    expect(text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>InvalidAction</Code><Message>The action StopPretending is not valid for this web service.</Message></Error></Errors><RequestID>request-1</RequestID></Response>',
    );
  });

  it('refuses a parameter it would have to ignore', async () => {
    const { server } = await anEc2Wire();
    const { code } = await ask(server.url, 'DescribeSubnets', { SubnetIds: 'subnet-1' });
    expect(code).toBe('UnknownParameter');
  });

  it('answers faults in the order they were asked for, so often and no more', async () => {
    const { server } = await anEc2Wire();
    server.order({ action: 'DescribeSubnets', times: 2, code: 'RequestLimitExceeded' });
    server.order({ action: 'DescribeSubnets', times: 1, code: 'InternalError' });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await ask(server.url, 'DescribeSubnets')).status);
    expect(statuses).toEqual([503, 503, 500, 200]);
    expect((await ask(server.url, 'DescribeImages')).status).toBe(200);
  });

  it.each<[string, Fields, string]>([
    ['an unknown filter', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' }, 'InvalidParameterValue'],
    ['a page that is too small', { MaxResults: '4' }, 'InvalidParameterValue'],
    ['a page that is too large', { MaxResults: '1001' }, 'InvalidParameterValue'],
    ['a token of its own making', { NextToken: 'x' }, 'InvalidNextToken'],
    ['ids with a page size', { 'InstanceId.1': 'i-0abc', MaxResults: '5' }, 'InvalidParameterCombination'],
    ['an unknown id', { 'InstanceId.1': 'i-0abc' }, 'InvalidInstanceID.NotFound'],
    ['what is no id', { 'InstanceId.1': 'node-1' }, 'InvalidInstanceID.Malformed'],
  ])('refuses to describe instances with %s', async (_, fields, code) => {
    const { server } = await anEc2Wire();
    expect(await ask(server.url, 'DescribeInstances', fields)).toMatchObject({ status: 400, code });
  });

  it('shows an instance only after a while, and takes writes of it before', async () => {
    const { url, clock } = await withTemplate();
    const id = (await ask(url, 'CreateFleet', FLEET)).text.match(/i-[0-9a-f]+/)?.[0] ?? '';
    const tag = { 'ResourceId.1': id, 'Tag.1.Key': 'a', 'Tag.1.Value': 'b<c' };
    expect((await ask(url, 'CreateTags', tag)).part('return')).toBe('true');
    expect((await ask(url, 'DescribeInstances', { 'InstanceId.1': id })).code).toBe(
      'InvalidInstanceID.NotFound',
    );
    await clock.advance(10_000);
    const { text, part } = await ask(url, 'DescribeInstances', {
      'Filter.1.Name': 'tag:a',
      'Filter.1.Value.1': 'b?c',
    });
    expect(text).toContain('<key>a</key><value>b&lt;c</value>');
    expect(part('subnetId')).toBe('subnet-us-east-1a');
    expect((await ask(url, 'DescribeInstanceStatus')).text).toContain('<instanceStatus><status>ok</status>');
  });
});

describe('CreateFleet on the local EC2 server', () => {
  it('lists instances by pool, with the override each came from', async () => {
    const { url } = await withTemplate();
    const fields = { ...FLEET, 'TargetCapacitySpecification.TotalTargetCapacity': '12' };
    const { text } = await ask(url, 'CreateFleet', fields);
    expect(text.match(/i-[0-9a-f]+/g)).toHaveLength(10);
    expect(text.match(/<instanceIds>/g)).toHaveLength(1);
    expect(text).toContain(
      '<overrides><instanceType>m7i.large</instanceType><subnetId>subnet-us-east-1a</subnetId><availabilityZone>us-east-1a</availabilityZone></overrides>',
    );
    expect(text).toContain('<errorCode>InsufficientInstanceCapacity</errorCode>');
  });

  it.each<[string, Fields, string]>([
    ['another type of fleet', { Type: 'maintain' }, 'InvalidParameterValue'],
    ['no capacity', { 'TargetCapacitySpecification.TotalTargetCapacity': '0' }, 'InvalidParameterValue'],
    ['a token that is too long', { ClientToken: 'x'.repeat(65) }, 'InvalidParameterValue'],
    [
      'an unknown template',
      { 'LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateName': 'none' },
      'InvalidLaunchTemplateName.NotFoundException',
    ],
    ["AWS's own tags", tagged('instance', 'aws:mine'), 'InvalidParameterValue'],
    ['tags for what it does not make', tagged('launch-template', 'a'), 'InvalidParameterValue'],
    [
      'a strategy of the other kind',
      { 'OnDemandOptions.AllocationStrategy': 'price-capacity-optimized' },
      'InvalidFleetConfig',
    ],
    [
      'one pool twice',
      {
        'LaunchTemplateConfigs.1.Overrides.2.InstanceType': 'm7i.large',
        'LaunchTemplateConfigs.1.Overrides.2.SubnetId': 'subnet-us-east-1a',
      },
      'InvalidFleetConfig',
    ],
  ])('refuses %s', async (_, fields, code) => {
    const { url } = await withTemplate();
    expect(await ask(url, 'CreateFleet', { ...FLEET, ...fields })).toMatchObject({ status: 400, code });
  });

  it('refuses more than 50 tags', async () => {
    const { url } = await withTemplate();
    const tags = Array.from({ length: 51 }, (_, n) => [`TagSpecification.1.Tag.${n + 1}.Key`, `k${n}`]);
    const fields = { ...FLEET, 'TagSpecification.1.ResourceType': 'instance', ...Object.fromEntries(tags) };
    expect((await ask(url, 'CreateFleet', fields)).code).toBe('TagLimitExceeded');
  });

  it.each<[string, Fields, string]>([
    ['subnet', { 'LaunchTemplateConfigs.1.Overrides.1.SubnetId': 'subnet-0' }, 'InvalidSubnetID.NotFound'],
    ['image', { 'LaunchTemplateConfigs.1.Overrides.1.ImageId': 'ami-0' }, 'InvalidAMIID.NotFound'],
    ['architecture', { 'LaunchTemplateConfigs.1.Overrides.1.ImageId': 'ami-arm' }, 'InvalidParameterValue'],
  ])('says of an override with the wrong %s that it cannot start', async (_, fields, code) => {
    const { url } = await withTemplate();
    const answer = await ask(url, 'CreateFleet', { ...FLEET, ...fields });
    expect(answer.status).toBe(200);
    expect(answer.part('errorCode')).toBe(code);
    expect(answer.text).not.toContain('<instanceIds>');
  });

  it('breaks the connection when an answer is lost, and knows the token afterwards', async () => {
    const { url, failNextLaunch, fleet } = await withTemplate();
    failNextLaunch('answer-lost');
    await expect(ask(url, 'CreateFleet', FLEET)).rejects.toThrow();
    expect((await ask(url, 'CreateFleet', FLEET)).text.match(/i-[0-9a-f]+/g)).toHaveLength(1);
    const other = {
      ...FLEET,
      'TagSpecification.1.ResourceType': 'instance',
      'TagSpecification.1.Tag.1.Key': 'a',
    };
    expect((await ask(url, 'CreateFleet', other)).code).toBe('IdempotentParameterMismatch');
    const unreached = aFleetRequest('on-demand', [anOverride('m7i.large')], { clientToken: 't2' });
    failNextLaunch('request-lost');
    await expect(fleet.launch(unreached)).rejects.toMatchObject({
      code: 'EndpointUnreachable',
      retry: 'same-request',
    });
  });
});

describe('launch templates on the local EC2 server', () => {
  it.each<[string, Fields, string]>([
    ['a name that is taken', {}, 'InvalidLaunchTemplateName.AlreadyExistsException'],
    ['a name with a space', { LaunchTemplateName: 'a b c' }, 'InvalidLaunchTemplateName.MalformedException'],
    [
      'user data over 16 KB',
      { LaunchTemplateName: 'new', 'LaunchTemplateData.UserData': Buffer.alloc(16_385).toString('base64') },
      'InvalidParameterValue',
    ],
    [
      'security groups in two places',
      {
        LaunchTemplateName: 'new',
        'LaunchTemplateData.SecurityGroupId.1': 'sg-0a',
        'LaunchTemplateData.NetworkInterface.1.DeviceIndex': '0',
      },
      'InvalidParameterCombination',
    ],
  ])('refuses %s', async (_, fields, code) => {
    const { url } = await withTemplate();
    const refused = await ask(url, 'CreateLaunchTemplate', { ...TEMPLATE, ...fields });
    expect(refused).toMatchObject({ status: 400, code });
  });

  it('are found and deleted by name', async () => {
    const { url } = await withTemplate();
    const named = { 'LaunchTemplateName.1': 'dovetail-a' };
    expect((await ask(url, 'DescribeLaunchTemplates', named)).part('launchTemplateName')).toBe('dovetail-a');
    expect((await ask(url, 'DeleteLaunchTemplate', { LaunchTemplateName: 'dovetail-a' })).status).toBe(200);
    const gone = 'InvalidLaunchTemplateName.NotFoundException';
    expect((await ask(url, 'DescribeLaunchTemplates', named)).code).toBe(gone);
    expect((await ask(url, 'DeleteLaunchTemplate', { LaunchTemplateName: 'dovetail-a' })).code).toBe(gone);
  });
});

function tagged(type: string, key: string): Fields {
  return { 'TagSpecification.1.ResourceType': type, 'TagSpecification.1.Tag.1.Key': key };
}
