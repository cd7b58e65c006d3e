import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { drainerEnv } from '../../functions/drainer/env.ts';
import { pollerEnv } from '../../functions/poller/env.ts';
import { provisionerEnv } from '../../functions/provisioner/env.ts';
import { publisherEnv } from '../../functions/publisher/env.ts';
import { reconcilerEnv } from '../../functions/reconciler/env.ts';
import { FUNCTION_NAMES, MAX_RECEIVES, QUEUE_NAMES, QUEUES, TIMEOUT_SECONDS } from '../../infra/settings.ts';
import { GROUP } from '../../lib/rbac/groups.ts';
import { type Resource, synthesized } from './template.ts';

const { resources, template } = synthesized();
const capital = (name: string): string => name.replace(/^./, (first) => first.toUpperCase());
const handlerOf = (name: string): Resource['Properties'] =>
  resources.one('AWS::Lambda::Function', `DovetailFunctions${capital(name)}Handler`).Properties;
const queueOf = (id: string): Resource => resources.one('AWS::SQS::Queue', `DovetailQueues${id}`);

const SCHEMAS: Readonly<Record<string, z.ZodObject>> = {
  poller: pollerEnv,
  provisioner: provisionerEnv,
  drainer: drainerEnv,
  reconciler: reconcilerEnv,
  publisher: publisherEnv,
};

describe('functions', () => {
  it('run on arm64 and Node 24, as modules behind the alias live', () => {
    const functions = resources.ofType('AWS::Lambda::Function');
    expect(functions).toHaveLength(FUNCTION_NAMES.length + 2);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        RecursiveLoop: 'Allow',
      });
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    const aliases = resources.ofType('AWS::Lambda::Alias').map(({ Properties }) => Properties['Name']);
    expect(aliases).toEqual(functions.map(() => 'live'));
  });

  it('keep their earlier versions, to go back to', () => {
    const versions = resources.ofType('AWS::Lambda::Version');
    expect(versions.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(versions.map(() => 'Retain'));
  });

  it.each(FUNCTION_NAMES)('%s is given what its schema reads', (name) => {
    const variables = (handlerOf(name)['Environment'] as { Variables: Record<string, unknown> }).Variables;
    const shape: Readonly<Record<string, z.ZodType>> = SCHEMAS[name]?.shape ?? {};
    expect(Object.keys(variables).sort()).toEqual(Object.keys(shape).sort());
    // Values made at deploy time are objects here.
    const known = Object.entries(variables).filter(([, value]) => typeof value === 'string');
    const wrong = known.filter(([key, value]) => !shape[key]?.safeParse(value).success);
    expect(wrong).toEqual([]);
  });

  it.each(FUNCTION_NAMES)('%s has the time that its settings say', (name) => {
    expect(handlerOf(name)['Timeout']).toBe(TIMEOUT_SECONDS[name]);
  });

  it('log to groups that forget', () => {
    for (const { Properties } of resources.ofType('AWS::Logs::LogGroup')) {
      expect(Properties).toMatchObject({ RetentionInDays: 30 });
    }
  });
});

describe('queues', () => {
  it.each(QUEUE_NAMES)(
    '%s is seen again after its consumer has ended, and ends in its dead letters',
    (name) => {
      const dead = queueOf(`${capital(name)}DeadLetters`) as Resource & { id: string };
      const main = resources
        .ofType('AWS::SQS::Queue')
        .find(
          ({ id, Properties }) =>
            id.startsWith(`DovetailQueues${capital(name)}`) && 'RedrivePolicy' in Properties,
        );
      const { consumer, fifo } = QUEUES[name];
      expect(main?.Properties).toMatchObject({
        VisibilityTimeout: TIMEOUT_SECONDS[consumer] + 5,
        MessageRetentionPeriod: 14 * 86_400,
        RedrivePolicy: {
          maxReceiveCount: MAX_RECEIVES,
          deadLetterTargetArn: { 'Fn::GetAtt': [dead.id, 'Arn'] },
        },
      });
      expect(dead.Properties['MessageRetentionPeriod']).toBe(14 * 86_400);
      expect([main?.Properties['FifoQueue'], dead.Properties['FifoQueue']]).toEqual(
        fifo ? [true, true] : [undefined, undefined],
      );
    },
  );

  it('feed their consumers through the alias, in bounded parallel, with partial failures', () => {
    const sources = resources.ofType('AWS::Lambda::EventSourceMapping');
    const settings = sources.map(({ Properties }) => {
      const { BatchSize, FunctionResponseTypes, ScalingConfig, FunctionName } = Properties;
      return {
        BatchSize,
        FunctionResponseTypes,
        ScalingConfig,
        live: JSON.stringify(FunctionName).includes(':live'),
      };
    });
    const wanted = QUEUE_NAMES.map((name) => ({
      BatchSize: QUEUES[name].batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: QUEUES[name].maxConcurrency },
      live: true,
    }));
    expect(settings).toHaveLength(wanted.length);
    expect(settings).toEqual(expect.arrayContaining(wanted));
  });
});

describe('ticks', () => {
  it.each(['Poller', 'Reconciler'])('%s is woken every minute, without retries on the way', (name) => {
    const alias = resources.one('AWS::Lambda::Alias', `DovetailFunctions${name}`);
    expect(resources.one('AWS::Scheduler::Schedule', `DovetailWake${name}`).Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Target: {
        Arn: { Ref: alias.id },
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    });
    const invoke = resources.one('AWS::Lambda::EventInvokeConfig', `DovetailFunctions${name}`);
    expect(invoke.Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('begin when the functions may enter the cluster', () => {
    const [rbac] = resources.ofType('Custom::DovetailRbac');
    for (const { DependsOn } of resources.ofType('AWS::Scheduler::Schedule')) {
      expect(DependsOn).toContain(rbac?.id);
    }
  });
});

describe('a new release', () => {
  it.each(['Poller', 'Drainer'])('of the %s goes live when it has its rights in the cluster', (name) => {
    const [rbac] = resources.ofType('Custom::DovetailRbac');
    expect(resources.one('AWS::Lambda::Alias', `DovetailFunctions${name}`).DependsOn).toContain(rbac?.id);
  });
});

describe('events', () => {
  const rules = resources.ofType('AWS::Events::Rule');
  const patternsTo = (id: string) =>
    rules
      .filter(({ Properties }) => JSON.stringify(Properties['Targets']).includes(id))
      .flatMap(({ Properties }) => (Properties['EventPattern'] as Record<string, string[]>)['detail-type']);

  it('about instances go into the drain queue', () => {
    expect(patternsTo('DovetailQueuesDrain').sort()).toEqual([
      'AWS Health Event',
      'Capacity Block Expiration Warning',
      'Capacity Block Reservation Expiration Warning',
      'EC2 Instance Rebalance Recommendation',
      'EC2 Instance State-change Notification',
      'EC2 Spot Instance Interruption Warning',
    ]);
  });

  it('about documents of this cluster go to the publisher', () => {
    expect(patternsTo('DovetailFunctionsPublisher')).toEqual(['Parameter Store Change']);
    const rule = resources.one('AWS::Events::Rule', 'DovetailWakeDocumentChange');
    expect(rule.Properties['EventPattern']).toMatchObject({
      detail: { name: [{ prefix: '/dovetail/demo/' }] },
    });
  });
});

describe('stores', () => {
  it('keep the table encrypted, recoverable and self-cleaning', () => {
    const [table] = resources.ofType('AWS::DynamoDB::Table');
    expect(table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
    });
  });

  it('let objects expire after whatever names them', () => {
    const bucket = resources.one('AWS::S3::Bucket', 'DovetailStorage');
    const { Rules } = bucket.Properties['LifecycleConfiguration'] as {
      Rules: { Prefix?: string; ExpirationInDays?: number }[];
    };
    const days = Object.fromEntries(
      Rules.map(({ Prefix, ExpirationInDays }) => [Prefix ?? '', ExpirationInDays]),
    );
    // Plans are kept for 45 days in the table.
    expect(days['plans/']).toBeGreaterThan(45);
    expect(days['snapshots/']).toBeGreaterThan(1);
    expect(days['catalogues/']).toBeGreaterThan(1);
    expect(bucket.DeletionPolicy).toBe('Retain');
  });
});

describe('access to the cluster', () => {
  it('has an entry with a group of its own for poller and drainer, and one without any for the applier', () => {
    const entries = resources.ofType('AWS::EKS::AccessEntry').map(({ Properties }) => Properties);
    expect(entries.map(({ Type, AccessPolicies }) => [Type, AccessPolicies])).toEqual(
      entries.map(() => ['STANDARD', undefined]),
    );
    expect(entries.map(({ KubernetesGroups }) => KubernetesGroups)).toEqual(
      expect.arrayContaining([[GROUP.poller], [GROUP.drainer], undefined]),
    );
    expect(entries).toHaveLength(3);
  });

  it('keeps role and instance profile of nodes when the stack goes, but not those of a deploy that never was', () => {
    const role = resources.one('AWS::IAM::Role', 'DovetailNodeRoles');
    const profile = resources.one('AWS::IAM::InstanceProfile', 'DovetailNodeRoles');
    const policies = [role, profile].map(({ DeletionPolicy, UpdateReplacePolicy }) => [
      DeletionPolicy,
      UpdateReplacePolicy,
    ]);
    expect(policies).toEqual([
      ['RetainExceptOnCreate', 'Retain'],
      ['RetainExceptOnCreate', 'Retain'],
    ]);
  });
});

describe('deletion', () => {
  it('keeps nodes unless the parameter says drain, and begins with that', () => {
    const [parameter] = Object.values(template.toJSON()['Parameters'] as Record<string, unknown>);
    expect(parameter).toMatchObject({ Default: 'keep', AllowedValues: ['keep', 'drain'] });
    const [teardown] = resources.ofType('Custom::DovetailTeardown');
    const [rbac] = resources.ofType('Custom::DovetailRbac');
    const ticks = resources.ofType('AWS::Scheduler::Schedule').map(({ id }) => id);
    expect(teardown?.DependsOn).toEqual(expect.arrayContaining([rbac?.id, ...ticks]));
    expect(teardown?.Properties['ServiceTimeout']).toBe('3600');
  });
});
