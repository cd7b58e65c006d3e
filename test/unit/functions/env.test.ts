import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { drainerEnv } from '../../../functions/drainer/env.ts';
import { pollerEnv } from '../../../functions/poller/env.ts';
import { provisionerEnv } from '../../../functions/provisioner/env.ts';
import { wireProvisioner } from '../../../functions/provisioner/wiring.ts';
import { publisherEnv } from '../../../functions/publisher/env.ts';
import { reconcilerEnv } from '../../../functions/reconciler/env.ts';
import { readEnv } from '../../../functions/shared/env.ts';

/** Every variable, as the stack would set it. */
const VALUES: Readonly<Record<string, string>> = {
  CLUSTER_NAME: 'prod',
  INSTALLATION: 'prod-1a2b',
  TABLE_NAME: 'table',
  BUCKET_NAME: 'bucket',
  PROVISION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/p.fifo',
  LAUNCH_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/l',
  DRAIN_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/d',
  DOCUMENTS_PATH: '/dovetail/prod',
  STOP_PARAMETER: '/dovetail/prod/stop',
  SERVES: '{"podSelector":"team=x"}',
  POLL_MODE: 'watch',
  PREFERENCE_POLICY: 'Respect',
  MIN_VALUES_POLICY: 'Strict',
  SOLVER: '{"objective":{"nodeSize":{"softMaxVcpu":16}}}',
  NODE_ROLES: '{"node-role":"node-profile"}',
  EC2_RATE_SHARE: '0.25',
  MAX_LAUNCHES_PER_HOUR: '500',
  MAX_TERMINATIONS_PER_HOUR: '200',
  LOG_LEVEL: 'INFO',
};

const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(VALUES).filter(([name]) => !names.includes(name)));

const refusal = (changes: Readonly<Record<string, string>>): string => {
  try {
    readEnv(provisionerEnv, { ...VALUES, ...changes });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('environment variables', () => {
  const schemas: readonly (readonly [string, z.ZodObject])[] = [
    ['poller', pollerEnv],
    ['provisioner', provisionerEnv],
    ['drainer', drainerEnv],
    ['reconciler', reconcilerEnv],
    ['publisher', publisherEnv],
  ];

  it.each(schemas)(
    'of the %s are read from what the stack sets, without what is not its own',
    (_, schema) => {
      expect(Object.keys(readEnv(schema, { ...VALUES, PATH: '/bin' }))).toEqual(Object.keys(schema.shape));
    },
  );

  it('become numbers and records where that is what they mean', () => {
    expect(readEnv(provisionerEnv, VALUES)).toMatchObject({
      NODE_ROLES: { 'node-role': 'node-profile' },
      EC2_RATE_SHARE: 0.25,
      MAX_LAUNCHES_PER_HOUR: 500,
      SOLVER: { solver: 'optimal', objective: { nodeSize: { softMaxVcpu: 16 }, headroom: { share: 0.9 } } },
    });
  });

  it('are all named when they are missing or wrong', () => {
    expect(() =>
      readEnv(provisionerEnv, { ...without('TABLE_NAME', 'LOG_LEVEL'), EC2_RATE_SHARE: '2' }),
    ).toThrow(
      expect.objectContaining({
        code: 'EnvironmentInvalid',
        retry: 'never',
        message: expect.stringMatching(/TABLE_NAME is missing; EC2_RATE_SHARE: .*; LOG_LEVEL is missing/),
      }),
    );
  });

  it.each([
    ['NODE_ROLES', '{'],
    ['NODE_ROLES', '["role"]'],
    ['EC2_RATE_SHARE', '0'],
    ['EC2_RATE_SHARE', 'half'],
    ['MAX_LAUNCHES_PER_HOUR', '1.5'],
    ['MAX_LAUNCHES_PER_HOUR', ''],
    ['LAUNCH_QUEUE_URL', 'launch-queue'],
    ['INSTALLATION', 'prod/1'],
    ['PREFERENCE_POLICY', 'Always'],
    ['SOLVER', 'greedy'],
    ['SOLVER', '{"iterations":-1}'],
    ['STOP_PARAMETER', 'stop'],
  ])('refuse %s=%s', (name, value) => {
    expect(refusal({ [name]: value })).toContain(`${name}: `);
  });

  it('say which member of an object is wrong, and what it holds', () => {
    expect(refusal({ SOLVER: '{"iterations":-1,"objective":{"headroom":{"fullPods":0.5}}}' })).toContain(
      'SOLVER: iterations: want a whole number from 0 to 100000000, not -1; SOLVER: objective.headroom.fullPods: want a whole number from 0 to 1000000, not 0.5',
    );
  });

  it('fail the wiring before a client is made', async () => {
    await expect(wireProvisioner(without('NODE_ROLES'))).rejects.toMatchObject({
      code: 'EnvironmentInvalid',
    });
  });
});
