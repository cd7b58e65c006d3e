import { describe, expect, it } from 'vitest';
import { provisionerHandler } from '../../../functions/provisioner/handler.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { aContext, aFunctionBase, anSqsEvent } from '../../support/lambda.ts';

const aRequest = (requestId: string) => ({
  schemaVersion: 1,
  requestId,
  snapshotId: 'ab12',
  podUids: ['pod-1'],
  expiresAtMs: 1_760_000_300_000,
});
const aLaunchMessage = (orderId: string) => ({ schemaVersion: 1, orderId });

/** `fails`: the error that the work on an order, or on the batch with a request, throws. */
function aProvisioner(fails: Readonly<Record<string, unknown>> = {}) {
  const world = aFunctionBase();
  const planned: string[][] = [];
  const launched: string[] = [];
  const failIf = (id: string): void => {
    if (id in fails) throw fails[id];
  };
  const handler = provisionerHandler(async () => ({
    ...world.base,
    provision: async (requests) => {
      planned.push(requests.map(({ requestId }) => requestId));
      for (const { requestId } of requests) failIf(requestId);
    },
    launch: async ({ orderId }) => {
      launched.push(orderId);
      failIf(orderId);
    },
  }));
  return {
    ...world,
    planned,
    launched,
    handle: (event: ReturnType<typeof anSqsEvent>) => handler(event, aContext()),
  };
}

const throttled = new DovetailError('Throttled', 'EC2 is asked too often', 'same-request');
const refused = new DovetailError('NodeRoleUnknown', 'role "x" may not be passed', 'never');

describe('messages of provision.fifo', () => {
  it('become one plan', async () => {
    const { handle, planned, launched } = aProvisioner();
    expect(await handle(anSqsEvent('provision', aRequest('r1'), aRequest('r2')))).toEqual({
      batchItemFailures: [],
    });
    expect(planned).toEqual([['r1', 'r2']]);
    expect(launched).toEqual([]);
  });

  it('all come again, soon, when their plan failed for the moment', async () => {
    const { handle, counts, redelivered } = aProvisioner({ r2: throttled });
    expect(await handle(anSqsEvent('provision', aRequest('r1'), aRequest('r2')))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }],
    });
    expect(counts).toEqual(['MessagesRetried 1 Throttled']);
    expect(redelivered.map(({ delaySeconds }) => delaySeconds)).toEqual([2, 2]);
  });

  it('are acknowledged and counted when nobody can read them, and do not hold up the others', async () => {
    const { handle, planned, counts } = aProvisioner();
    const event = anSqsEvent('provision', '{', { ...aRequest('r2'), schemaVersion: 9 }, aRequest('r3'));
    expect(await handle(event)).toEqual({ batchItemFailures: [] });
    expect(planned).toEqual([['r3']]);
    expect(counts).toEqual(['MessagesUnreadable 1', 'MessagesUnreadable 1']);
  });

  it('make no plan when none can be read', async () => {
    const { handle, planned } = aProvisioner();
    expect(await handle(anSqsEvent('provision', 'poison'))).toEqual({ batchItemFailures: [] });
    expect(planned).toEqual([]);
  });
});

describe('messages of the launch queue', () => {
  it('each go on with their order', async () => {
    const { handle, planned, launched } = aProvisioner();
    await handle(anSqsEvent('launch', aLaunchMessage('p1-0'), aLaunchMessage('p1-1')));
    expect(launched).toEqual(['p1-0', 'p1-1']);
    expect(planned).toEqual([]);
  });

  it('come again alone when they failed for the moment', async () => {
    const { handle, launched } = aProvisioner({ 'p1-0': throttled });
    expect(await handle(anSqsEvent('launch', aLaunchMessage('p1-0'), aLaunchMessage('p1-1')))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
    expect(launched).toEqual(['p1-0', 'p1-1']);
  });

  it('are acknowledged and counted when they failed for good', async () => {
    const { handle, counts } = aProvisioner({ 'p1-0': refused });
    expect(await handle(anSqsEvent('launch', aLaunchMessage('p1-0')))).toEqual({ batchItemFailures: [] });
    expect(counts).toEqual(['MessagesRefused 1 NodeRoleUnknown']);
  });

  it('come again after an error that nobody expected: the queue bounds how often', async () => {
    const { handle } = aProvisioner({ 'p1-0': new TypeError('cannot read properties of undefined') });
    expect(await handle(anSqsEvent('launch', aLaunchMessage('p1-0')))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
  });

  it('come again later with each receive, within a minute', async () => {
    const { handle, redelivered } = aProvisioner({ 'p1-0': throttled });
    for (const receives of ['3', '12']) {
      const event = anSqsEvent('launch', aLaunchMessage('p1-0'));
      for (const { attributes } of event.Records) attributes.ApproximateReceiveCount = receives;
      await handle(event);
    }
    expect(redelivered.map(({ delaySeconds }) => delaySeconds)).toEqual([8, 60]);
  });

  it('are still reported as failed when their visibility cannot be changed', async () => {
    const { base } = aFunctionBase();
    const handler = provisionerHandler(async () => ({
      ...base,
      redeliverIn: async () => {
        throw throttled;
      },
      provision: async () => {},
      launch: async () => {
        throw throttled;
      },
    }));
    const event = anSqsEvent('launch', aLaunchMessage('p1-0'));
    expect(await handler(event, aContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  });
});

describe('a wiring that cannot be made', () => {
  it('fails the invocation, so that every message comes again', async () => {
    const handler = provisionerHandler(async () => {
      throw throttled;
    });
    await expect(handler(anSqsEvent('launch', aLaunchMessage('p1-0')), aContext())).rejects.toBe(throttled);
  });
});
