import { describe, expect, it } from 'vitest';
import { reachableActions } from './reachable-actions.ts';
import { synthesized } from './template.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const { resources } = synthesized();
const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;
const PATHS: Readonly<Record<string, string>> = {
  poller: 'DovetailFunctionsPoller',
  provisioner: 'DovetailFunctionsProvisioner',
  drainer: 'DovetailFunctionsDrainer',
  reconciler: 'DovetailFunctionsReconciler',
  publisher: 'DovetailFunctionsPublisher',
  'rbac-applier': 'DovetailAccessRbacApplier',
  teardown: 'DovetailTeardownFunction',
};
const NAMES = Object.keys(PATHS);

const statementsOf = (name: string): readonly Statement[] =>
  resources
    .ofType('AWS::IAM::Policy')
    .filter(({ id }) => id.startsWith(PATHS[name] ?? ''))
    .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
const allStatements = NAMES.flatMap(statementsOf);

/** Everything that writes its log, and reaches the table and the bucket through their key. */
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const KEY = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
  (action) => `kms:${action}`,
);
/** What Lambda does for the function, to feed it from a queue. */
const FED = ['DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
  (action) => `sqs:${action}`,
);
const LIST = 's3:ListBucket';

/** Rights without a command of their own. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  poller: [...LOGS, ...KEY, LIST],
  // EC2 does the rest of a launch in the caller's name.
  provisioner: [...LOGS, ...KEY, ...FED, LIST, 'ec2:RunInstances', 'iam:PassRole'],
  drainer: [...LOGS, ...KEY, ...FED],
  reconciler: [...LOGS, ...KEY, LIST],
  publisher: [...LOGS, ...KEY, LIST],
  'rbac-applier': LOGS,
  teardown: [...LOGS, ...KEY],
};

/** Commands in classes that the function uses for something else. */
const PARAMETERS = ['DeleteParameter', 'GetParameters', 'GetParametersByPath', 'PutParameter'];
const LAUNCHES = ['CreateFleet', 'CreateLaunchTemplate', 'CreateTags'];
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  poller: [...PARAMETERS.map((action) => `ssm:${action}`), 'dynamodb:ConditionCheckItem'],
  provisioner: [
    ...PARAMETERS.map((action) => `ssm:${action}`),
    'ec2:DeleteLaunchTemplate',
    'ec2:DescribeLaunchTemplates',
  ],
  drainer: [
    ...PARAMETERS.map((action) => `ssm:${action}`),
    ...LAUNCHES.map((action) => `ec2:${action}`),
    ...['ec2:DeleteLaunchTemplate', 'ec2:DescribeLaunchTemplates', 'dynamodb:ConditionCheckItem'],
    ...['s3:GetObject', 's3:PutObject'],
  ],
  reconciler: [
    ...PARAMETERS.map((action) => `ssm:${action}`),
    ...LAUNCHES.map((action) => `ec2:${action}`),
    ...['ec2:DeleteLaunchTemplate', 'ec2:DescribeLaunchTemplates', 's3:PutObject'],
  ],
  publisher: [
    ...['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter', 'dynamodb:ConditionCheckItem'],
    ...[...LAUNCHES, 'DescribeInstances', 'TerminateInstances'].map((action) => `ec2:${action}`),
  ],
  teardown: [
    ...['ssm:DeleteParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
    ...[...LAUNCHES, 'TerminateInstances'].map((action) => `ec2:${action}`),
    ...['dynamodb:ConditionCheckItem', 's3:GetObject', 's3:PutObject'],
  ],
};

describe('rights', () => {
  it.each(NAMES)('%s has those that its code asks for, and no other', (name) => {
    const unused = UNUSED[name] ?? [];
    const reachable = reachableActions(name);
    const asked = reachable.filter((action) => !unused.includes(action));
    const granted = new Set(statementsOf(name).flatMap(({ Action }) => list(Action)));
    expect([...granted].sort()).toEqual([...new Set([...asked, ...(ALSO[name] ?? [])])].sort());
    expect(unused.filter((action) => !reachable.includes(action))).toEqual([]);
  });

  it('name no action by a wildcard, and allow only', () => {
    expect(
      allStatements.flatMap(({ Action }) => list(Action)).filter((action) => action.includes('*')),
    ).toEqual([]);
    expect(new Set(allStatements.map(({ Effect }) => Effect))).toEqual(new Set(['Allow']));
  });

  it('reach every resource only for reads of EC2 and of the price list', () => {
    const everywhere = allStatements.filter(({ Resource }) => Resource === '*');
    const actions = everywhere.flatMap(({ Action }) => list(Action));
    expect(actions.filter((action) => !/^(ec2:Describe|pricing:GetProducts$)/.test(action))).toEqual([]);
  });
});

describe('writes in EC2', () => {
  const CHANGES = ['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'];
  const MAKES = ['ec2:CreateLaunchTemplate', 'ec2:CreateTags'];
  const tagOf = ({ Condition }: Statement, kind: 'RequestTag' | 'ResourceTag'): string =>
    JSON.stringify(Condition?.['StringEquals']?.[`aws:${kind}/dovetail.sh/installation`] ?? 'none');

  it('change only what carries our tag', () => {
    const changes = allStatements.filter(({ Action }) =>
      list(Action).some((action) => CHANGES.includes(action)),
    );
    expect(changes.length).toBeGreaterThan(3);
    expect(changes.map((each) => tagOf(each, 'ResourceTag').includes('AWS::StackId'))).toEqual(
      changes.map(() => true),
    );
  });

  it('make only what is tagged as ours in the same request', () => {
    const makes = statementsOf('provisioner').filter(({ Action }) =>
      list(Action).some((action) => MAKES.includes(action)),
    );
    expect(makes.map(({ Sid }) => Sid).sort()).toEqual(['MakeTemplates', 'TagInstances', 'TagWhatIsMade']);
    for (const each of makes) {
      const kind = each.Sid === 'TagInstances' ? 'ResourceTag' : 'RequestTag';
      expect(tagOf(each, kind)).toContain('AWS::StackId');
    }
  });

  it('start instances from our templates only, tagged as ours', () => {
    const launches = statementsOf('provisioner').filter(({ Action }) =>
      list(Action).includes('ec2:RunInstances'),
    );
    const on = (resource: string): Statement | undefined =>
      launches.find(({ Resource }) => JSON.stringify(Resource).includes(`:${resource}/*`));
    for (const made of ['instance', 'volume', 'network-interface', 'fleet']) {
      expect(tagOf(on(made) as Statement, 'RequestTag')).toContain('AWS::StackId');
    }
    expect(tagOf(on('launch-template') as Statement, 'ResourceTag')).toContain('AWS::StackId');
  });

  it('start instances in subnets and behind security groups that another account shares', () => {
    const [launch] = statementsOf('provisioner').filter(({ Sid }) => Sid === 'LaunchWith');
    const launched = ((launch?.Resource ?? []) as readonly unknown[]).map((each) =>
      JSON.stringify(each).replace(/^.*"AWS::Region"\},"(.*)"\]\]\}$/, '$1'),
    );
    expect(launched).toEqual(
      expect.arrayContaining([':*:subnet/*', ':*:security-group/*', ':*:capacity-reservation/*']),
    );
  });

  it('retag instances of ours with claim and name only', () => {
    const [retag] = statementsOf('provisioner').filter(({ Sid }) => Sid === 'TagInstances');
    expect(retag?.Condition?.['ForAllValues:StringEquals']).toEqual({
      'aws:TagKeys': ['dovetail.sh/nodeclaim', 'Name'],
    });
  });
});

describe('roles', () => {
  it('are passed by the provisioner alone, to EC2 alone, and only the node role', () => {
    const passes = NAMES.flatMap((name) =>
      statementsOf(name).flatMap((each) =>
        list(each.Action).includes('iam:PassRole') ? [{ name, ...each }] : [],
      ),
    );
    const role = resources.one('AWS::IAM::Role', 'DovetailNodeRoles');
    expect(passes).toHaveLength(1);
    expect(passes[0]).toMatchObject({ name: 'provisioner', Resource: { 'Fn::GetAtt': [role.id, 'Arn'] } });
    expect(JSON.stringify(passes[0]?.Condition?.['StringEquals']?.['iam:PassedToService'])).toContain('ec2.');
  });

  it('of functions have no managed policies', () => {
    const managed = resources
      .ofType('AWS::IAM::Role')
      .filter(({ Properties }) => 'ManagedPolicyArns' in Properties);
    expect(managed.map(({ id }) => id.startsWith('DovetailNodeRoles'))).toEqual([true]);
  });

  it('let the applier lend the administrator to itself only, and let node roles join only', () => {
    const bySid = Object.fromEntries(statementsOf('rbac-applier').map((each) => [each.Sid, each]));
    const own = resources.one('AWS::IAM::Role', 'DovetailAccessRbacApplier').id;
    expect(JSON.stringify(bySid['LendAdmin']?.Resource)).toContain(`{"Ref":"${own}"}`);
    expect(JSON.stringify(bySid['LendAdmin']?.Condition)).toContain('AmazonEKSClusterAdminPolicy');
    expect(bySid['NodesMayJoin']?.Condition).toMatchObject({
      StringEquals: { 'eks:accessEntryType': 'EC2_LINUX' },
      ArnEquals: { 'eks:principalArn': [expect.objectContaining({ 'Fn::GetAtt': expect.anything() })] },
    });
  });
});
