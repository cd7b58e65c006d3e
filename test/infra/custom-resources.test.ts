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
async function anEvent(
  type: 'Create' | 'Delete',
  properties: Readonly<Record<string, unknown>> = {},
  physicalId = 'Rbac',
) {
  const { options, requests } = await aJsonService(() => ({ body: {} }));
  const event = {
    ...{
      RequestType: type,
      ResponseURL: `${options.endpoint}/answer?signed=1`,
      StackId: 's',
      RequestId: 'r',
    },
    ...{ LogicalResourceId: 'Rbac', ResourceProperties: properties },
    ...(type === 'Delete' ? { PhysicalResourceId: physicalId } : {}),
  } as unknown as CloudFormationCustomResourceEvent;
  return { event, answers: requests };
}

/** A drain that never ends and began at `sinceMs`. */
function aTeardown(sinceMs: number) {
  const steps: string[] = [];
  const wiring = {
    removeTemplates: async () => steps.push('templates removed'),
    deps: {
      clock: skippingClock(),
      claims: { listLive: async () => [] },
      fleet: { describeOwned: async () => [{ instanceId: 'i-0a', state: 'running' }] },
      events: { emit: () => undefined },
      stopLaunches: async () => void steps.push('launches stopped'),
    },
    beganAtMs: async () => sinceMs,
    endLaunches: async () => void steps.push('launches ended'),
  } as unknown as TeardownWiring;
  return { handler: teardownHandler(async () => wiring), steps };
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

  it('leaves nodes alone with keep, and removes launch templates when nothing is launched any more', async () => {
    const { event, answers } = await anEvent('Delete', { OnDelete: 'keep' });
    const { handler, steps } = aTeardown(START_MS);
    await handler(event, context);
    expect(answers[0]?.body['Status']).toBe('SUCCESS');
    expect(steps).toEqual(['launches ended', 'templates removed']);
  });

  it('throws when a drain needs longer than one call, so that Lambda calls again', async () => {
    const { event, answers } = await anEvent('Delete', { OnDelete: 'drain' });
    await expect(aTeardown(START_MS).handler(event, context)).rejects.toThrow(NodesLeft);
    expect(answers).toEqual([]);
  });

  it('says in its last call what is left', async () => {
    const { event, answers } = await anEvent('Delete', { OnDelete: 'drain' });
    const { handler, steps } = aTeardown(START_MS - 31 * MINUTE_MS);
    await handler(event, context);
    expect([answers[0]?.body['Status'], steps]).toEqual(['FAILED', ['launches stopped']]);
    expect(answers[0]?.body['Reason']).toMatch(/^NodesLeft: 1 left.*i-0a is running/);
  });
});

describe('the RBAC resource', () => {
  const wire = async () => {
    throw new DovetailError('EndpointUnreachable', 'no answer: check the route', 'same-request');
  };
  const answerTo = async (...[type, physicalId]: readonly ['Create' | 'Delete', string?]) => {
    const { event, answers } = await anEvent(type, { RoleArn: 'arn:x', NodeRoleArns: [] }, physicalId);
    await rbacApplierHandler(wire)(event, context);
    return answers[0]?.body;
  };

  it('answers what failed, with its name and what to change', async () => {
    expect(await answerTo('Create')).toMatchObject({
      Status: 'FAILED',
      Reason: 'EndpointUnreachable: no answer: check the route',
    });
    expect(await answerTo('Delete')).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'Rbac' });
  });

  it('lets a first deploy that failed be rolled back, for whatever reason it did', async () => {
    const { PhysicalResourceId: unmade } = { ...(await answerTo('Create')) };
    expect(unmade).not.toBe('Rbac');
    expect(await answerTo('Delete', String(unmade))).toMatchObject({ Status: 'SUCCESS' });
    // CloudFormation's own name for what did not answer in time.
    expect(await answerTo('Delete', 'dovetail-demo-Rbac-1ABC')).toMatchObject({ Status: 'SUCCESS' });
  });
});
