import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { rbacApplierHandler } from '../../functions/rbac-applier/handler.ts';
import { NodesLeft } from '../../functions/teardown/drain-all.ts';
import { teardownHandler } from '../../functions/teardown/handler.ts';
import type { TeardownWiring } from '../../functions/teardown/wiring.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { aJsonService, endsJsonServers } from '../support/aws-json.ts';
import { START_MS } from '../support/memory-clock.ts';
import { skippingClock } from '../support/skipping-clock.ts';

endsJsonServers();

const MINUTE_MS = 60_000;
const context = { getRemainingTimeInMillis: () => 15 * MINUTE_MS } as Context;

/** An event of CloudFormation, and what was answered to it. */
async function anEvent(type: 'Create' | 'Delete', properties: Readonly<Record<string, unknown>> = {}) {
  const { options, requests } = await aJsonService(() => ({ body: {} }));
  const event = {
    ...{
      RequestType: type,
      ResponseURL: `${options.endpoint}/answer?signed=1`,
      StackId: 's',
      RequestId: 'r',
    },
    ...{ LogicalResourceId: 'Rbac', ResourceProperties: properties },
  } as unknown as CloudFormationCustomResourceEvent;
  return { event, answers: requests };
}

/** A drain that never ends, of launches that were stopped at `sinceMs`. */
function aTeardown(sinceMs: number) {
  const removed: string[] = [];
  const wiring = {
    removeTemplates: async () => removed.push('templates'),
    deps: {
      clock: skippingClock(),
      claims: { listLive: async () => [] },
      fleet: { describeOwned: async () => [{ instanceId: 'i-0a', state: 'running' }] },
      events: { emit: () => undefined },
      stopLaunches: async () => sinceMs,
    },
  } as unknown as TeardownWiring;
  return { handler: teardownHandler(async () => wiring), removed };
}

describe('the teardown resource', () => {
  it('answers at once while the stack is made', async () => {
    const { event, answers } = await anEvent('Create', { OnDelete: 'drain' });
    await aTeardown(START_MS).handler(event, context);
    expect(answers).toEqual([
      {
        operation: 'PUT /answer?signed=1',
        body: {
          ...{ Status: 'SUCCESS', Reason: 'done', PhysicalResourceId: 'Rbac', LogicalResourceId: 'Rbac' },
          ...{ StackId: 's', RequestId: 'r' },
        },
      },
    ]);
  });

  it('leaves nodes alone with keep, and removes launch templates', async () => {
    const { event, answers } = await anEvent('Delete', { OnDelete: 'keep' });
    const { handler, removed } = aTeardown(START_MS);
    await handler(event, context);
    expect([answers[0]?.body['Status'], removed]).toEqual(['SUCCESS', ['templates']]);
  });

  it('throws when a drain needs longer than one call, so that Lambda calls again', async () => {
    const { event, answers } = await anEvent('Delete', { OnDelete: 'drain' });
    await expect(aTeardown(START_MS).handler(event, context)).rejects.toThrow(NodesLeft);
    expect(answers).toEqual([]);
  });

  it('says in its last call what is left', async () => {
    const { event, answers } = await anEvent('Delete', { OnDelete: 'drain' });
    const { handler, removed } = aTeardown(START_MS - 31 * MINUTE_MS);
    await handler(event, context);
    expect([answers[0]?.body['Status'], removed]).toEqual(['FAILED', []]);
    expect(answers[0]?.body['Reason']).toMatch(/^NodesLeft: 1 left.*i-0a is running/);
  });
});

describe('the RBAC resource', () => {
  it('answers what failed, with its name and what to change', async () => {
    const { event, answers } = await anEvent('Create', { RoleArn: 'arn:x', NodeRoleArns: [] });
    const wire = async () => {
      throw new DovetailError(
        'EnvironmentInvalid',
        'CLUSTER_NAME is missing: deploy the stack again',
        'never',
      );
    };
    await rbacApplierHandler(wire)(event, context);
    expect(answers[0]?.body).toMatchObject({
      Status: 'FAILED',
      Reason: 'EnvironmentInvalid: CLUSTER_NAME is missing: deploy the stack again',
    });
  });
});
