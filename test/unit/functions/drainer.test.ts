import { describe, expect, it } from 'vitest';
import { drainerHandler } from '../../../functions/drainer/handler.ts';
import { drain, instanceStateChanged } from '../../../lib/control/drain.ts';
import { instanceWarned } from '../../../lib/control/interruptions.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { claimName } from '../../../lib/model/ids.ts';
import { aControlWorld, aRunningNode } from '../../support/control-world.ts';
import { aContext, aFunctionBase, anEventBridgeEvent, anSqsEvent } from '../../support/lambda.ts';

const aDrainRequest = (claim = 'pool-1') => ({ schemaVersion: 1, kind: 'DrainRequest', claim, hop: 0 });
const aStateChange = (instanceId: string, state: string) =>
  anEventBridgeEvent('aws.ec2', 'EC2 Instance State-change Notification', {
    'instance-id': instanceId,
    state,
  });

/** The real use cases on memory adapters. */
async function aDrainer() {
  const control = aControlWorld();
  const world = aFunctionBase();
  const node = await aRunningNode(control);
  const { metrics } = world.base;
  const handler = drainerHandler(async () => ({
    ...world.base,
    drain: (request) => drain(control.deps, request),
    stateChanged: (event) => instanceStateChanged({ ...control.deps, metrics }, event),
    warned: (warning) => instanceWarned({ ...control.deps, metrics }, warning),
  }));
  return {
    ...world,
    control,
    ...node,
    handle: (...bodies: unknown[]) => handler(anSqsEvent('drain', ...bodies), aContext()),
  };
}

describe('messages of the drain queue', () => {
  it('take the next step of a claim', async () => {
    const { handle, control, claim } = await aDrainer();
    const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 0 } as const;
    await control.claims.update({ ...claim, version: claim.version + 1, leave });
    expect(await handle(aDrainRequest())).toEqual({ batchItemFailures: [] });
    expect(await control.phaseOf(claimName('pool-1'))).toBe('Draining');
  });

  it('let a claim leave whose instance EC2 says has ended', async () => {
    const { handle, control, instanceId } = await aDrainer();
    await handle(aStateChange(instanceId, 'terminated'));
    const claim = await control.claims.get(claimName('pool-1'));
    expect(claim).toMatchObject({ leave: { reason: 'InstanceTerminated', severity: 'lost' } });
    expect(control.drains).toHaveLength(1);
  });

  it('are counted by kind when EC2 warns of an instance of ours, and of nobody else', async () => {
    const { handle, counts, instanceId } = await aDrainer();
    const rebalance = (id: string) =>
      anEventBridgeEvent('aws.ec2', 'EC2 Instance Rebalance Recommendation', { 'instance-id': id });
    const health = anEventBridgeEvent('aws.health', 'AWS Health Event', {
      service: 'EC2',
      affectedEntities: [{ entityValue: instanceId }, { entityValue: 'vol-0123456789abcdef0' }],
    });
    expect(await handle(rebalance(instanceId), rebalance('i-00000000000000aa'), health)).toEqual({
      batchItemFailures: [],
    });
    expect(counts).toEqual([
      'Interruptions 1 EC2 Instance Rebalance Recommendation',
      'Interruptions 1 AWS Health Event',
    ]);
  });

  it('are acknowledged when they are events that name no instance', async () => {
    const { handle, counts } = await aDrainer();
    const health = anEventBridgeEvent('aws.health', 'AWS Health Event', { service: 'EC2' });
    const odd = anEventBridgeEvent('aws.ec2', 'Capacity Block Reservation Expiration Warning', [1]);
    expect(await handle(health, odd)).toEqual({ batchItemFailures: [] });
    expect(counts).toEqual([
      'EventsNotRead 1 AWS Health Event',
      'EventsNotRead 1 Capacity Block Reservation Expiration Warning',
    ]);
  });

  it('count an instance that ends by itself once, however many states it goes through', async () => {
    const { handle, counts, instanceId } = await aDrainer();
    await handle(aStateChange(instanceId, 'shutting-down'), aStateChange(instanceId, 'terminated'));
    expect(counts).toEqual(['Interruptions 1 EC2 Instance State-change Notification']);
  });

  it('are acknowledged when nobody can read them', async () => {
    const { handle, counts } = await aDrainer();
    const odd = aStateChange('not-an-instance', 'terminated');
    expect(await handle('<xml/>', { kind: 'DrainRequest' }, odd)).toEqual({ batchItemFailures: [] });
    expect(counts).toEqual(Array.from({ length: 3 }, () => 'MessagesUnreadable 1'));
  });

  it('come again alone when their step failed for the moment', async () => {
    const { base, counts } = aFunctionBase();
    const handler = drainerHandler(async () => ({
      ...base,
      drain: async ({ claim }) => {
        if (claim === 'pool-2') throw new DovetailError('Throttled', 'too often', 'same-request');
      },
      stateChanged: async () => {},
      warned: async () => {},
    }));
    const event = anSqsEvent('drain', aDrainRequest('pool-1'), aDrainRequest('pool-2'));
    expect(await handler(event, aContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }] });
    expect(counts).toEqual(['MessagesRetried 1 Throttled']);
  });
});
