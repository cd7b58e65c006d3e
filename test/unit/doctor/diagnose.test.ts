import { describe, expect, it } from 'vitest';
import { RESERVED_CONCURRENCY } from '../../../infra/settings.ts';
import type { Check } from '../../../lib/doctor/check.ts';
import { CONCURRENCY_WANTED } from '../../../lib/doctor/checks/account.ts';
import { diagnose } from '../../../lib/doctor/diagnose.ts';
import type { DeployedFacts, Facts } from '../../../lib/doctor/facts.ts';
import { known, unasked } from '../../../lib/doctor/reading.ts';
import {
  aDeployment,
  aDescription,
  aNodeRole,
  anError,
  aStack,
  theFacts,
} from '../../support/doctor-facts.ts';
import { START_MS } from '../../support/memory-clock.ts';

/** State, name and code of all that is not well. */
const troubles = (facts: Facts): string[] => diagnose(facts).flatMap(troubleOf);
const troubleOf = (check: Check): string[] =>
  'code' in check ? [`${check.state} ${check.name}: ${check.code}`] : [];
const deployedWith = (overrides: Partial<DeployedFacts>): Facts =>
  theFacts({ deployed: known(aDeployment(overrides)) });
const messageOf = (facts: Facts, name: string): string =>
  diagnose(facts).find((check) => check.name === name)?.message ?? 'none';

describe('a cluster in which all is well', () => {
  it('has no warning and nothing that failed', () => {
    expect(troubles(theFacts())).toEqual([]);
  });

  it('is looked at in every way there is', () => {
    expect(diagnose(theFacts()).filter(({ state }) => state === 'skipped')).toEqual([]);
  });

  it('is judged before the deploy as well', () => {
    const facts = theFacts({ stack: known(undefined), deployed: unasked('nothing is deployed') });
    expect(troubles(facts)).toEqual([]);
    expect(messageOf(facts, 'stack')).toContain('npx cdk deploy -c cluster=shop');
  });
});

describe('the way into the cluster', () => {
  it('names region and account that were asked when the cluster is not there', () => {
    const facts = theFacts({ cluster: anError('ClusterNotFound'), server: unasked('not known') });
    expect(troubles(facts)).toContain('failed cluster: ClusterNotFound');
    expect(messageOf(facts, 'cluster')).toContain('region eu-west-1 of account 123456789012');
  });

  it.each([
    ['CONFIG_MAP', 'failed authentication mode: AuthenticationModeUnsupported'],
    ['API_AND_CONFIG_MAP', undefined],
  ])('with authentication mode %s', (authenticationMode, trouble) => {
    const facts = theFacts({ cluster: known(aDescription({ authenticationMode })) });
    expect(troubles(facts)).toEqual(trouble === undefined ? [] : [trouble]);
  });

  it('says which command changes the authentication mode', () => {
    const cluster = known(aDescription({ authenticationMode: 'CONFIG_MAP' }));
    expect(messageOf(theFacts({ cluster }), 'authentication mode')).toContain(
      'aws eks update-cluster-config --name shop --access-config authenticationMode=API_AND_CONFIG_MAP',
    );
  });

  it('waits for a cluster that is not active', () => {
    const facts = theFacts({ cluster: known(aDescription({ status: 'CREATING' })) });
    expect(troubles(facts)).toEqual(['failed cluster: ClusterNotReady']);
  });

  const inVpc = known([{ name: 'poller', version: '7', roleArn: 'arn', environment: {}, insideVpc: true }]);
  const closed = { publicAccess: false, privateAccess: true, publicAccessCidrs: [] };
  it.each([
    ['private, with functions outside', closed, known(aDeployment()), 'failed endpoint: EndpointRestricted'],
    [
      'private, before the deploy',
      closed,
      unasked('nothing is deployed'),
      'warning endpoint: EndpointRestricted',
    ],
    ['private, with functions inside', closed, known(aDeployment({ functions: inVpc })), undefined],
    [
      'public to an office, with functions outside',
      { publicAccessCidrs: ['192.0.2.0/24'] },
      known(aDeployment()),
      'failed endpoint: EndpointRestricted',
    ],
  ])('is judged for the functions: %s', (_, endpoint, deployed, trouble) => {
    const facts = theFacts({ cluster: known(aDescription(endpoint)), deployed });
    expect(troubles(facts)).toEqual(trouble === undefined ? [] : [trouble]);
  });

  it('that is closed to this machine alone is a warning', () => {
    const server = anError('EndpointUnreachable');
    const cluster = known(aDescription(closed));
    const deployed = known(aDeployment({ functions: inVpc }));
    expect(troubles(theFacts({ server, cluster, deployed }))).toEqual([
      'warning API server: EndpointUnreachable',
    ]);
    expect(troubles(theFacts({ server }))).toEqual(['failed API server: EndpointUnreachable']);
  });

  it('tells one fault once: what could not be asked is skipped', () => {
    const nothing = unasked('region or credentials are missing: see above');
    const facts = theFacts({
      identity: anError('ExpiredCredentials'),
      ...{ cluster: nothing, server: nothing, concurrency: nothing, stack: nothing, deployed: nothing },
      ...{ objects: new Map(), serviceLinkedRoles: new Map() },
    });
    expect(troubles(facts)).toEqual(['failed credentials: ExpiredCredentials']);
  });
});

describe('the account', () => {
  it('needs its service-linked roles', () => {
    const serviceLinkedRoles = new Map([['spot.amazonaws.com', known(false)]]);
    expect(troubles(theFacts({ serviceLinkedRoles }))).toEqual([
      'failed AWSServiceRoleForEC2Spot: ServiceLinkedRoleMissing',
    ]);
  });

  it('of ten concurrent executions is warned of', () => {
    const facts = theFacts({ concurrency: known(10) });
    expect(troubles(facts)).toEqual(['warning Lambda concurrency: ConcurrencyLow']);
  });

  it('has room for what the stack would set aside', () => {
    const wanted = Object.values(RESERVED_CONCURRENCY).reduce((sum, each) => sum + each, 0);
    expect(CONCURRENCY_WANTED).toBe(wanted);
  });
});

describe('node roles', () => {
  const description = (overrides: object) =>
    known({
      ...{ arn: 'arn:aws:iam::123456789012:role/nodes', trustedServices: ['ec2.amazonaws.com'] },
      policies: ['AmazonEC2ContainerRegistryReadOnly', 'AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy'],
      ...overrides,
    });

  it.each([
    ['gone', { description: known(undefined) }, 'failed node role nodes: NodeRoleMissing'],
    [
      'of other services',
      { description: description({ trustedServices: ['lambda.amazonaws.com'] }) },
      'failed node role nodes: NodeRoleNotTrusted',
    ],
    [
      'without the policy of CNI',
      {
        description: description({
          policies: ['AmazonEC2ContainerRegistryReadOnly', 'AmazonEKSWorkerNodePolicy'],
        }),
      },
      'warning node role nodes: NodeRolePolicyMissing',
    ],
    [
      'without registry',
      { description: description({ policies: ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy'] }) },
      'failed node role nodes: NodeRolePolicyMissing',
    ],
    [
      'without profile',
      { profileRole: known(undefined) },
      'failed instance profile nodes-profile: InstanceProfileUnfit',
    ],
    ['without entry', { entry: known(undefined) }, 'failed access entry of nodes: NodeRoleEntryMissing'],
    [
      'with an entry of people',
      { entry: known({ type: 'STANDARD', groups: [] }) },
      'failed access entry of nodes: NodeRoleEntryUnfit',
    ],
  ])('that are %s are told', (_, overrides, trouble) => {
    expect(troubles(deployedWith({ nodeRoles: [aNodeRole(overrides)] }))).toEqual([trouble]);
  });
});

describe('the stack', () => {
  it.each<readonly [string, Partial<DeployedFacts>, string]>([
    ['stopped', { stop: known('launches') }, 'warning kill switch: Stopped'],
    ['silent', { snapshotAtMs: known(START_MS - 200_000) }, 'failed snapshot: PollerSilent'],
    ['never heard of', { snapshotAtMs: known(undefined) }, 'failed snapshot: PollerSilent'],
    [
      'with an old catalogue',
      { catalogueAtMs: known(START_MS - 3 * 3_600_000) },
      'warning catalogue: CatalogueStale',
    ],
    [
      'with dead letters',
      { deadLetters: new Map([['launch-dead', known(2)]]) },
      'failed dead letters of launch-dead: DeadLetters',
    ],
    [
      'with items of a newer release',
      { items: new Map([['claims', anError('NewerSchema')]]) },
      'failed items claims: NewerSchema',
    ],
    [
      'with a function that has no way in',
      { functionEntries: new Map([['dovetail:poller', known({ type: 'STANDARD', groups: [] })]]) },
      'failed access entry of dovetail:poller: FunctionEntryUnfit',
    ],
    [
      'with failing instances',
      { failingInstances: known([{ instanceId: 'i-1', checks: ['system'] }]) },
      'warning instances: InstancesImpaired',
    ],
    ['without documents', { documents: known([]) }, 'warning documents: DocumentsMissing'],
    [
      'with a parameter that is nearly full',
      { parameterBytes: known(new Map([['/p', 8_000]])) },
      'warning parameter /p: DocumentNearLimit',
    ],
    [
      'with a selector that matches nothing',
      { resolutions: new Map([['general', anError('SubnetsMissing')]]) },
      'failed EC2NodeClass general in EC2: SubnetsMissing',
    ],
  ])('that is %s is told', (_, overrides, trouble) => {
    expect(troubles(deployedWith(overrides))).toEqual([trouble]);
  });

  it('that could not be updated is told', () => {
    const facts = theFacts({ stack: known(aStack({ status: 'UPDATE_ROLLBACK_COMPLETE' })) });
    expect(troubles(facts)).toEqual(['failed stack: StackNotReady']);
  });

  it('says how the kill switch is taken back', () => {
    expect(messageOf(deployedWith({ stop: known('all') }), 'kill switch')).toContain(
      '--name /dovetail/shop/stop --value none',
    );
  });
});
