import { describe, expect, it } from 'vitest';
import { findInstances } from '../../../lib/adapters/aws/ec2/instances.ts';
import type { InstanceEvent } from '../../../lib/local/ec2/events.ts';
import { instanceStateChangedSchema } from '../../../lib/messages/instance-state-changed.ts';
import { anEc2Wire, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';

endsEc2Servers();

const REQUEST = aFleetRequest('on-demand', [anOverride('m7i.large')]);

async function aWire() {
  const events: InstanceEvent[] = [];
  const instances: string[] = [];
  const pools = [aPool('m7i.large', { units: 5 }), aPool('m7i.xlarge', { units: 5 })];
  const wire = await anEc2Wire(pools, {
    onEvent: (event) => void events.push(event),
    onInstance: ({ state }, start) => void instances.push(`${state} in ${start?.subnet.id}`),
  });
  const act = (what: string, body: object = {}) =>
    fetch(`${wire.server.url}/_local/${what}`, { method: 'POST', body: JSON.stringify(body) });
  return { ...wire, events, instances, act };
}

describe('what happens to instances', () => {
  it('is told with what they were started from', async () => {
    const { fleet, clock, instances } = await aWire();
    await fleet.launch(REQUEST);
    await clock.advance(60_000);
    expect(instances).toEqual(['pending in subnet-us-east-1a', 'running in subnet-us-east-1a']);
  });

  it('is told in the words of EventBridge', async () => {
    const { fleet, clock, events } = await aWire();
    const { instances } = await fleet.launch(REQUEST);
    await clock.advance(60_000);
    expect(events.map((event) => instanceStateChangedSchema.parse(event).detail)).toEqual([
      { 'instance-id': instances[0]?.instanceId, state: 'pending' },
      { 'instance-id': instances[0]?.instanceId, state: 'running' },
    ]);
  });
});

describe('the EC2 of this machine', () => {
  it('interrupts an instance when told to: the warning at once, the end two minutes later', async () => {
    const { fleet, clock, events, act } = await aWire();
    const { instances } = await fleet.launch(REQUEST);
    await clock.advance(60_000);
    events.length = 0;
    expect((await act('interrupt', { instanceId: instances[0]?.instanceId })).status).toBe(200);
    expect(events.map((event) => event['detail-type'])).toEqual([
      'EC2 Instance Rebalance Recommendation',
      'EC2 Spot Instance Interruption Warning',
    ]);
    expect(events[1]).toMatchObject({
      source: 'aws.ec2',
      region: 'us-east-1',
      detail: { 'instance-id': instances[0]?.instanceId, 'instance-action': 'terminate' },
    });
    await clock.advance(130_000);
    expect(events[2]?.detail).toMatchObject({ state: 'shutting-down' });
  });

  it('runs out of capacity when told to', async () => {
    const { fleet, act } = await aWire();
    const answer = await act('capacity', { instanceType: 'm7i.large', zone: 'us-east-1a', instances: 0 });
    expect(await answer.json()).toEqual({ pools: 1 });
    expect(await fleet.launch(REQUEST)).toMatchObject({
      instances: [],
      errors: [{ code: 'InsufficientInstanceCapacity', instanceType: 'm7i.large' }],
    });
  });

  it('loses an instance without a warning', async () => {
    const { fleet, client, clock, act } = await aWire();
    const { instances } = await fleet.launch(REQUEST);
    await clock.advance(60_000);
    await act('lose', { instanceId: instances[0]?.instanceId });
    expect((await findInstances(client, [])).map(({ state }) => state)).toEqual(['terminated']);
  });

  it('answers the next requests of an action with an error', async () => {
    const { fleet, act } = await aWire();
    await act('fault', { action: 'CreateFleet', code: 'RequestLimitExceeded' });
    await expect(fleet.launch(REQUEST)).rejects.toMatchObject({ retry: 'same-request' });
    expect((await fleet.launch(REQUEST)).instances).not.toEqual([]);
  });

  it.each([
    ['another deed', 'explode', {}, 'want one of'],
    ['an instance that is not there', 'lose', { instanceId: 'i-0' }, 'there is no instance "i-0"'],
    ['an amount that is none', 'capacity', { instances: 'few' }, 'a whole number'],
  ])('says what is wrong with %s', async (_, what, body, why) => {
    const { act } = await aWire();
    const answer = await act(what, body);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(why)]);
  });
});
