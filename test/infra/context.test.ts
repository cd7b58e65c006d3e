import { describe, expect, it } from 'vitest';
import { ContextError, propsOfContext } from '../../infra/context.ts';

const parsed = propsOfContext;
const problemsOf = (context: Readonly<Record<string, unknown>>): string => {
  try {
    parsed(context);
  } catch (error) {
    if (error instanceof ContextError) return error.message;
    throw error;
  }
  return 'no problem';
};

describe('the command line', () => {
  it('needs the cluster only', () => {
    expect(parsed({ cluster: 'prod' })).toEqual({ cluster: 'prod' });
  });

  it('refuses a name that would change nothing, and leaves CDK its own', () => {
    expect(problemsOf({ cluster: 'prod', nodeRole: 'a', servePod: 'team=x', stage: 'dev' })).toBe(
      [
        'the command line is not as the stack needs it:',
        '  nodeRole is no choice of this stack; did you mean "nodeRoles"?',
        '  servePod is no choice of this stack; did you mean "servePods"?',
        '  stage is no choice of this stack; docs/deploy.md lists them',
      ].join('\n'),
    );
    const own = {
      'aws:cdk:enable-path-metadata': true,
      '@aws-cdk/core:x': true,
      'acknowledged-issue-numbers': [],
    };
    expect(parsed({ cluster: 'prod', ...own })).toEqual({ cluster: 'prod' });
  });

  it('takes every choice', () => {
    expect(
      parsed({
        ...{ cluster: 'prod', nodeRoles: 'a,b', vpc: 'vpc-0123456789abcdef0', subnets: 'subnet-01234567' },
        ...{ size: 'large', pollMode: 'list', rbac: 'print', preferencePolicy: 'Ignore' },
        ...{ minValuesPolicy: 'BestEffort', reservedConcurrency: 'true', maxLaunchesPerHour: '20' },
        ...{
          maxTerminationsPerHour: 30,
          ec2RateShare: '0.25',
          alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:t',
        },
      }),
    ).toEqual({
      ...{ cluster: 'prod', nodeRoles: ['a', 'b'] },
      network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567'] },
      ...{ size: 'large', pollMode: 'list', rbac: 'print', preferencePolicy: 'Ignore' },
      ...{ minValuesPolicy: 'BestEffort', reservedConcurrency: true, maxLaunchesPerHour: 20 },
      ...{
        maxTerminationsPerHour: 30,
        ec2RateShare: 0.25,
        alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:t',
      },
    });
  });

  it('says what to add when the cluster is missing', () => {
    expect(problemsOf({})).toContain('cluster is missing: add -c cluster=NAME');
  });

  it.each([
    [{ cluster: 'a/b' }, 'cluster="a/b"'],
    [{ nodeRoles: 'arn:aws:iam::1:role/x' }, 'names of IAM roles (not ARNs)'],
    [{ nodeRoles: 'x,x' }, 'nodeRoles="x,x"'],
    [{ vpc: 'vpc-01234567' }, 'vpc is given without subnets'],
    [{ subnets: 'subnet-01234567' }, 'subnets is given without vpc'],
    [{ vpc: 'vpc-1', subnets: 'subnet-01234567' }, 'vpc="vpc-1": want the id of a VPC'],
    [{ pollMode: 'fast' }, 'want watch or list'],
    [{ reservedConcurrency: 'yes' }, 'want true or false'],
    [{ maxLaunchesPerHour: '1.5' }, 'a whole number above 0'],
    [{ ec2RateShare: '' }, 'ec2RateShare="": want a number above 0'],
    [{ alarmTopic: 'oncall' }, 'the ARN of an SNS topic'],
  ])('%o is named with its value and what is wanted', (context, problem) => {
    expect(problemsOf({ cluster: 'prod', ...context })).toContain(problem);
  });

  it('names all problems at once', () => {
    expect(problemsOf({ size: 'huge', rbac: 'maybe' }).split('\n')).toHaveLength(4);
  });

  it.each([
    ['greedy', { solver: 'greedy' }],
    ['{"objective":{"nodeSize":{"softMaxVcpu":16}}}', { objective: { nodeSize: { softMaxVcpu: 16 } } }],
    [{ seed: 7 }, { seed: 7 }],
  ])('takes a name or settings for the solver: %o', (solver, settings) => {
    expect(parsed({ cluster: 'prod', solver })).toEqual({ cluster: 'prod', solver: settings });
  });

  it.each([
    ['fast', 'solver="fast": want optimal or greedy, or settings as a JSON object (docs/solver.md)'],
    ['5', 'solver="5": want optimal or greedy, or settings'],
    ['{"iterations":1.5}', 'solver: iterations: want a whole number'],
    ['{"objective":{"nodeSize":{"vcpu":1}}}', 'solver: objective.nodeSize: "vcpu" is no setting'],
    ['[]', 'solver: want an object with any of solver, iterations, seed, objective, not []'],
  ])('refuses solver=%s', (solver, problem) => {
    expect(problemsOf({ cluster: 'prod', solver })).toContain(problem);
  });

  it('says whose pods are served', () => {
    expect(
      parsed({
        ...{ cluster: 'prod', serveNamespaces: 'shop,web', serveNamespaceSelector: 'team=x' },
        servePods: 'team in (x,y),!legacy',
      }),
    ).toEqual({
      cluster: 'prod',
      serves: {
        namespaces: ['shop', 'web'],
        namespaceSelector: 'team=x',
        podSelector: 'team in (x,y),!legacy',
      },
    });
  });

  it.each([
    ['serveNamespaces', 'shop,,web', 'is no name of a namespace'],
    ['servePods', 'team in (x', 'invalid selector'],
    ['serveNamespaceSelector', 'team=a b', 'invalid label value'],
  ])('refuses %s=%s', (name, value, problem) => {
    expect(problemsOf({ cluster: 'prod', [name]: value })).toContain(`${name}="${value}": `);
    expect(problemsOf({ cluster: 'prod', [name]: value })).toContain(problem);
  });
});
