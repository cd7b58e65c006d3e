// An account with everything that `dovetail doctor` asks for, deployed and well.
import { pathOf } from '../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';
import type { AccountAnswers } from './aws-account.ts';
import { aStub } from './kube-wire.ts';

const IAM = 'arn:aws:iam::123456789012:role';
const TRUST = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const FUNCTIONS = ['poller', 'provisioner', 'drainer', 'reconciler', 'publisher'];

const members = (items: readonly string[]): string =>
  items.map((item) => `<member>${item}</member>`).join('');
const output = (key: string, value: string): string =>
  `<OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue>`;

const roleXml = (name: string, trust = TRUST): string =>
  `<Role><Arn>${IAM}/${name}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument></Role>`;

const policiesXml = (...names: readonly string[]): string =>
  `<IsTruncated>false</IsTruncated><AttachedPolicies>${members(names.map((name) => `<PolicyName>${name}</PolicyName>`))}</AttachedPolicies>`;

const stackXml = `<Stacks>${members([
  `<StackName>dovetail-shop</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${members([
    output('Installation', 'shop-1a2b'),
    output('Table', 'table'),
    output('Functions', FUNCTIONS.join(',')),
    output('StopParameter', '/dovetail/shop/stop'),
    output('Documents', '/dovetail/shop'),
  ])}</Outputs>`,
])}</Stacks>`;

/** `endpoint`: of the API server. `catalogueAtMs`: when it was stored, and the snapshot taken. */
export function doctorAnswers(endpoint: string, nowMs: number): AccountAnswers {
  const cluster = {
    ...{ name: 'shop', status: 'ACTIVE', version: '1.35', endpoint },
    certificateAuthority: { data: '' },
    accessConfig: { authenticationMode: 'API' },
    resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'] },
  };
  const functions = FUNCTIONS.map((name) => [
    `GET /2015-03-31/functions/${name}/configuration?Qualifier=live`,
    {
      body: {
        Version: '7',
        Role: `${IAM}/${name}`,
        Environment: { Variables: name === 'publisher' ? { NODE_ROLES: '{"nodes":"profile"}' } : {} },
      },
    },
  ]);
  const entries = ['poller', 'drainer', 'nodes'].map((name) => [
    `GET /clusters/shop/access-entries/${IAM}/${name}`,
    {
      body: {
        accessEntry:
          name === 'nodes'
            ? { type: 'EC2_LINUX' }
            : { type: 'STANDARD', kubernetesGroups: [`dovetail:${name}`] },
      },
    },
  ]);
  return {
    GetCallerIdentity: {
      body: '<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/ada</Arn>',
    },
    'GET /clusters/shop': { body: { cluster } },
    ...Object.fromEntries([...functions, ...entries]),
    'GET /2016-08-19/account-settings': { body: { AccountLimit: { ConcurrentExecutions: 1000 } } },
    DescribeStacks: { body: stackXml },
    ListStackResources: {
      body: `<StackResourceSummaries>${members([
        '<ResourceType>AWS::CloudWatch::Alarm</ResourceType><LogicalResourceId>PollerSilent1A</LogicalResourceId><PhysicalResourceId>dovetail-shop-PollerSilent1A</PhysicalResourceId>',
        '<ResourceType>AWS::SQS::Queue</ResourceType><LogicalResourceId>LaunchDeadLetters1A</LogicalResourceId><PhysicalResourceId>https://sqs.us-east-1.amazonaws.com/123456789012/launch-dead</PhysicalResourceId>',
      ])}</StackResourceSummaries>`,
    },
    DescribeAlarms: { body: { MetricAlarms: [] } },
    ListMetrics: { body: { Metrics: [] } },
    GetServiceQuota: { body: { Quota: { QuotaCode: 'L-1', Value: 640 } } },
    GetQueueAttributes: { body: { Attributes: { ApproximateNumberOfMessages: '0' } } },
    ListRoles: {
      body: `<IsTruncated>false</IsTruncated><Roles>${members(['<RoleName>any</RoleName>'])}</Roles>`,
    },
    'GetRole nodes': { body: roleXml('nodes') },
    ListAttachedRolePolicies: {
      body: policiesXml(
        'AmazonEKSWorkerNodePolicy',
        'AmazonEKS_CNI_Policy',
        'AmazonEC2ContainerRegistryPullOnly',
      ),
    },
    GetInstanceProfile: {
      body: `<InstanceProfile><Roles>${members(['<RoleName>nodes</RoleName>'])}</Roles></InstanceProfile>`,
    },
    GetParameter: { body: { Parameter: { Name: '/dovetail/shop/stop', Value: 'none', Version: 1 } } },
    GetParametersByPath: { body: { Parameters: [] } },
    GetItem: { body: { Item: pointer(nowMs) } },
    Query: { body: { Items: [] } },
    DescribeInstanceStatus: { body: '<instanceStatusSet/>' },
  };
}

/** Good as the newest snapshot and as the newest catalogue. */
const pointer = (atMs: number) => ({
  pk: { S: 'newest' },
  sk: { S: 'newest' },
  schemaVersion: { N: '1' },
  takenAtMs: { N: String(atMs) },
  body: { S: JSON.stringify({ id: 'c1', storedAtMs: atMs, types: 1 }) },
});

/** An API server with our objects, to whoever has any token; `objects` replaces some, by path. */
export function aDoctorsApiServer(objects: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const ours = Object.fromEntries(RBAC_MANIFESTS.map((manifest) => [pathOf(manifest), manifest]));
  const served: Readonly<Record<string, unknown>> = {
    '/version': { gitVersion: 'v1.35.4' },
    ...ours,
    ...objects,
  };
  return aStub((request, response) => {
    const known = served[request.url ?? ''];
    const refused = request.headers.authorization === undefined;
    response.writeHead(refused ? 401 : known === undefined ? 404 : 200, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(known ?? { kind: 'Status' }));
  });
}
