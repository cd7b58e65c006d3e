import { CfnOutput, Lazy } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { refuseWrongProps } from '../../infra/checked-props.ts';
import { MEMORY_MIB, RESERVED_CONCURRENCY } from '../../infra/settings.ts';
import { stackName } from '../../lib/model/stack-name.ts';
import { synthesized } from './template.ts';

const network = { vpcId: 'vpc-12345678', subnetIds: ['subnet-11111111', 'subnet-22222222'] };
const { resources, stack, dovetail } = synthesized({
  ...{ network, size: 'large', pollMode: 'list', reservedConcurrency: true, rbac: 'print' },
  nodeRoles: ['workers', 'gpu-workers'],
  alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:oncall',
  solver: { seed: 7 },
});
const poller = resources.one('AWS::Lambda::Function', 'DovetailFunctionsPollerHandler').Properties;

describe('choices', () => {
  it('put every function into the VPC, from which only HTTPS goes out', () => {
    const [group] = resources.ofType('AWS::EC2::SecurityGroup');
    for (const { Properties } of resources.ofType('AWS::Lambda::Function')) {
      expect(Properties['VpcConfig']).toMatchObject({
        SubnetIds: network.subnetIds,
        SecurityGroupIds: [{ 'Fn::GetAtt': [group?.id, 'GroupId'] }],
      });
    }
    expect(group?.Properties).not.toHaveProperty('SecurityGroupIngress');
    const egress = group?.Properties['SecurityGroupEgress'] as { FromPort: number; ToPort: number }[];
    expect(egress.map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual([
      [443, 443],
      [443, 443],
    ]);
  });

  it('set memory, mode and reserved concurrency', () => {
    expect(poller).toMatchObject({
      MemorySize: MEMORY_MIB.large.poller,
      ReservedConcurrentExecutions: RESERVED_CONCURRENCY.poller,
      Environment: { Variables: { POLL_MODE: 'list' } },
    });
  });

  it('tell the provisioner how plans are searched for', () => {
    const { Properties } = resources.one('AWS::Lambda::Function', 'DovetailFunctionsProvisionerHandler');
    expect(Properties).toMatchObject({ Environment: { Variables: { SOLVER: '{"seed":7}' } } });
  });

  it('make a profile for each node role named, and no role', () => {
    const profiles = resources
      .ofType('AWS::IAM::InstanceProfile')
      .map(({ Properties }) => Properties['Roles']);
    expect(profiles).toEqual([['workers'], ['gpu-workers']]);
    expect(resources.ofType('AWS::IAM::Role').filter(({ id }) => id.includes('NodeRole'))).toEqual([]);
    const { Properties } = resources.one('AWS::Lambda::Function', 'DovetailFunctionsProvisionerHandler');
    const written = JSON.stringify(Properties['Environment']);
    expect(written).toContain('gpu-workers');
  });

  it('leave RBAC to others with rbac=print', () => {
    expect(resources.ofType('Custom::DovetailRbac')).toEqual([]);
    expect(resources.ofType('AWS::EKS::AccessEntry')).toHaveLength(2);
  });

  it('tell the topic of every alarm, and of its end', () => {
    for (const { Properties } of resources.ofType('AWS::CloudWatch::Alarm')) {
      const topic = 'arn:aws:sns:eu-west-1:123456789012:oncall';
      expect(Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    }
  });
});

describe('outputs for the command line', () => {
  const outputOf = (name: string): unknown => {
    const face = dovetail.faces[name];
    return face instanceof CfnOutput ? stack.resolve(face.value) : undefined;
  };

  it('name the table, the path of documents, and the alias to call when one changed', () => {
    const [table] = resources.ofType('AWS::DynamoDB::Table');
    const alias = resources.one('AWS::Lambda::Alias', 'DovetailFunctionsPublisher');
    expect(['Table', 'Documents', 'Publisher'].map(outputOf)).toEqual([
      { Ref: table?.id },
      '/dovetail/demo',
      { Ref: alias.id },
    ]);
  });
});

describe('the name of a stack', () => {
  it('tells clusters apart whose names differ in an underscore', () => {
    expect([stackName('a_b'), stackName('a-b')]).toEqual(['dovetail-a--b', 'dovetail-a-b']);
  });
});

describe('props of an app of one’s own', () => {
  it('are refused all at once, each with its value and what is wanted', () => {
    const wrong = { nodeRoles: ['arn:aws:iam::1:role/a'], maxLaunchesPerHour: -3, ec2RateShare: 9 };
    const solver = { iterations: -1 };
    expect(() =>
      refuseWrongProps({ cluster: 'a b', ...wrong, solver, network: { ...network, vpcId: 'mine' } }),
    ).toThrow(
      [
        'cluster: "a b": want the name of an EKS cluster: letters, digits, - and _, at most 100',
        'nodeRoles: "arn:aws:iam::1:role/a": want names of IAM roles (not ARNs)',
        'vpc: "mine": want the id of a VPC',
        'maxLaunchesPerHour: -3: want a whole number above 0',
        'ec2RateShare: 9: want a number above 0, at most 1',
        'solver: iterations: want a whole number from 0 to 100000000',
      ].join('\n  '),
    );
  });

  it('may be what CDK knows only when it deploys', () => {
    const token = Lazy.string({ produce: () => 'later' });
    expect(() => refuseWrongProps({ cluster: token, nodeRoles: [token] })).not.toThrow();
  });
});
