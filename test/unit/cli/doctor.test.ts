import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientsOf } from '../../../cli/doctor/clients.ts';
import { gatherFacts } from '../../../cli/doctor/gather.ts';
import { createServiceLinkedRole } from '../../../lib/adapters/aws/iam.ts';
import { diagnose } from '../../../lib/doctor/diagnose.ts';
import { pathOf } from '../../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../../lib/rbac/manifests.ts';
import { type AccountAnswers, anAwsAccount, endsAwsAccounts, errorXml } from '../../support/aws-account.ts';
import { dovetail } from '../../support/cli.ts';
import { aDoctorsApiServer, doctorAnswers } from '../../support/doctor-account.ts';
import { endsServers } from '../../support/kube-wire.ts';
import { realClock } from '../../support/real-time.ts';

endsAwsAccounts();
endsServers();

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function anAccount(answers: AccountAnswers = {}, objects: Readonly<Record<string, unknown>> = {}) {
  const server = await aDoctorsApiServer(objects);
  return anAwsAccount({ ...doctorAnswers(server, realClock.nowMs()), ...answers });
}

/** State, name and code of what is not well. */
async function troublesOf(answers: AccountAnswers = {}, objects: Readonly<Record<string, unknown>> = {}) {
  const { env, asked } = await anAccount(answers, objects);
  const checks = diagnose(await gatherFacts(clientsOf(env, undefined), { clusterName: 'shop' }));
  const troubles = checks.flatMap((check) =>
    'code' in check ? [`${check.state} ${check.name}: ${check.code}`] : [],
  );
  return { troubles, checks, asked };
}

/** Names of AWS actions that only look. */
const LOOKS = /^(Get|List|Describe|Query\b|GET )/;

const ofEvents = (detailType: string) => [
  { Name: 'service', Value: 'shop-1a2b' },
  { Name: 'detailType', Value: detailType },
];

describe('dovetail doctor', () => {
  it('finds a well account well, and changes nothing', async () => {
    const { troubles, asked } = await troublesOf();
    // Nothing is published in it.
    expect(troubles).toEqual(['warning documents: DocumentsMissing']);
    expect(asked.length).toBeGreaterThan(25);
    expect(asked.filter((action) => !LOOKS.test(action))).toEqual([]);
  });

  it.each<readonly [string, AccountAnswers, string]>([
    [
      'an expired login',
      { GetCallerIdentity: { status: 403, body: errorXml('ExpiredToken', 'expired') } },
      'failed credentials: ExpiredCredentials',
    ],
    [
      'a cluster of another region',
      { 'GET /clusters/shop': { status: 404, body: { __type: 'ResourceNotFoundException' } } },
      'failed cluster: ClusterNotFound',
    ],
    [
      'ten concurrent executions',
      { 'GET /2016-08-19/account-settings': { body: { AccountLimit: { ConcurrentExecutions: 10 } } } },
      'warning Lambda concurrency: ConcurrencyLow',
    ],
    [
      'an account without Spot',
      { 'ListRoles spot.amazonaws.com': { body: '<IsTruncated>false</IsTruncated><Roles/>' } },
      'failed AWSServiceRoleForEC2Spot: ServiceLinkedRoleMissing',
    ],
    [
      'an alarm that rings',
      { DescribeAlarms: { body: { MetricAlarms: [{ AlarmName: 'silent', AlarmDescription: 'see' }] } } },
      'warning alarm silent: AlarmRinging',
    ],
    [
      'events that nobody read',
      {
        ListMetrics: { body: { Metrics: [{ Dimensions: ofEvents('AWS Health Event') }] } },
        GetMetricData: { body: { MetricDataResults: [{ Id: 'm0', Values: [1, 0, 2] }] } },
      },
      'warning events: EventsNotRead',
    ],
    [
      'figures that one may not read',
      { DescribeAlarms: { status: 403, body: { __type: 'AccessDeniedException' } } },
      'warning alarms: AccessDenied',
    ],
    [
      'dead letters',
      { GetQueueAttributes: { body: { Attributes: { ApproximateNumberOfMessages: '3' } } } },
      'failed dead letters of launch-dead: DeadLetters',
    ],
    [
      'items of a newer release',
      { Query: { body: { Items: [{ pk: { S: 'p' }, sk: { S: 's' }, schemaVersion: { N: '9' } }] } } },
      'failed items claims: NewerSchema',
    ],
    [
      'a kill switch that is set',
      { GetParameter: { body: { Parameter: { Name: '/s', Value: 'launches', Version: 2 } } } },
      'warning kill switch: Stopped',
    ],
    [
      'a function that lost its entry',
      {
        'GET /clusters/shop/access-entries/arn:aws:iam::123456789012:role/poller': {
          status: 404,
          body: { __type: 'ResourceNotFoundException' },
        },
      },
      'failed access entry of dovetail:poller: FunctionEntryUnfit',
    ],
  ])('tells %s', async (_, answers, trouble) => {
    expect((await troublesOf(answers)).troubles).toContain(trouble);
  });

  it("tells AWS's default quota where the account has none of its own", async () => {
    const { checks } = await troublesOf({
      GetServiceQuota: { status: 400, body: { __type: 'NoSuchResourceException' } },
      GetAWSDefaultServiceQuota: { body: { Quota: { Value: 5 } } },
    });
    expect(checks.find(({ name }) => name === 'EC2 quota spot')).toMatchObject({
      state: 'ok',
      message: '5 vCPUs of standard types at one time',
    });
  });

  it('counts by kind, over all hours of the day', async () => {
    const { checks } = await troublesOf({
      ListMetrics: { body: { Metrics: ['b', 'a', 'none'].map((kind) => ({ Dimensions: ofEvents(kind) })) } },
      GetMetricData: {
        body: {
          MetricDataResults: [
            { Id: 'm0', Values: [1, 0, 2] },
            { Id: 'm1', Values: [4] },
            { Id: 'm2', Values: [] },
          ],
        },
      },
    });
    const check = checks.find(({ name }) => name === 'events');
    expect(check?.message).toContain('nothing was done about 4 × a, 3 × b: they');
  });

  it('tells which verbs a role lacks', async () => {
    const role = RBAC_MANIFESTS.find(({ metadata }) => metadata.name === 'dovetail-drainer');
    if (role === undefined) throw new Error('there is no role of the drainer');
    const { checks } = await troublesOf({}, { [pathOf(role)]: { ...role, rules: [] } });
    const check = checks.find(({ name }) => name === 'ClusterRole dovetail-drainer');
    expect(check).toMatchObject({ state: 'failed', code: 'RbacIncomplete' });
    expect(check?.message).toContain('lacks create pods/eviction');
  });

  it('looks before the deploy as well', async () => {
    const gone = { status: 400, body: errorXml('ValidationError', 'Stack dovetail-shop does not exist') };
    const { troubles, checks } = await troublesOf({ DescribeStacks: gone });
    expect(troubles).toEqual([]);
    expect(checks.find(({ name }) => name === 'stack')?.state).toBe('skipped');
  });

  it('ends with 1 when a check failed, and prints them as JSON', async () => {
    const { env } = await anAccount({
      'ListRoles spot.amazonaws.com': { body: '<IsTruncated>false</IsTruncated><Roles/>' },
    });
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const run = await dovetail(['doctor', '--cluster', 'shop', '--json']);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 1, stderr: '' });
    const { cluster, checks } = JSON.parse(run.stdout);
    expect(cluster).toBe('shop');
    expect(checks.filter(({ state }: { state: string }) => state === 'failed')).toMatchObject([
      { name: 'AWSServiceRoleForEC2Spot', code: 'ServiceLinkedRoleMissing' },
    ]);
  });

  it('ends with 2 for a command line that asks for nothing', async () => {
    expect((await dovetail(['doctor'])).code).toBe(2);
  });
});

describe('service-linked roles', () => {
  it('are made once; one that is there is as good', async () => {
    const made = await anAwsAccount({ CreateServiceLinkedRole: { body: '<Role/>' } });
    const { iam } = clientsOf(made.env, undefined);
    expect(await createServiceLinkedRole(iam, 'spot.amazonaws.com')).toBe('created');
    const taken = 'Service role name AWSServiceRoleForEC2Spot has been taken in this account';
    const there = await anAwsAccount({
      CreateServiceLinkedRole: { status: 400, body: errorXml('InvalidInput', taken) },
    });
    const again = clientsOf(there.env, undefined);
    expect(await createServiceLinkedRole(again.iam, 'spot.amazonaws.com')).toBe('present');
  });
});
