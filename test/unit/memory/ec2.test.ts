import { describe, expect, it } from 'vitest';
import { costMicroUsd } from '../../../lib/adapters/memory/billing.ts';
import type { Ec2 } from '../../../lib/adapters/memory/ec2.ts';
import { instanceId } from '../../../lib/model/ids.ts';
import { TOKEN_LIFE_MS } from '../../../lib/ports/fleet.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { aFleetRequest, anOverride, aPool, aTestEc2 } from '../../support/memory-fleet.ts';

const request = aFleetRequest('on-demand', [anOverride('m7i.large')]);

const launchOne = (ec2: Ec2, clientToken = 'o1-1') =>
  ec2.createFleet({ ...request, clientToken }).instances[0]?.instanceId ?? instanceId('i-0');

/** Events as `<seconds since the start> <what>`. */
function recorded(ec2: Ec2): string[] {
  const events: string[] = [];
  ec2.subscribe((event) => {
    const what = event.kind === 'state' ? event.instance.state : event.kind;
    events.push(`${(event.atMs - START_MS) / 1000} ${what}`);
  });
  return events;
}

describe('the life of an instance', () => {
  it('goes from pending to terminated in its own time, telling each step', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    const events = recorded(ec2);
    const id = launchOne(ec2);
    await clock.advance(10_000);
    ec2.terminate(id);
    await clock.advance(60_000);
    expect(events).toEqual(['0 pending', '5 running', '10 shutting-down', '40 terminated']);
  });

  it('never becomes running when it was ended while pending', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    const events = recorded(ec2);
    ec2.terminate(launchOne(ec2));
    await clock.advance(60_000);
    expect(events).toEqual(['0 pending', '0 shutting-down', '30 terminated']);
  });

  it('ends two minutes after an interruption warning', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    const events = recorded(ec2);
    const id = launchOne(ec2);
    await clock.advance(10_000);
    ec2.interrupt(id);
    await clock.advance(200_000);
    expect(events.slice(2)).toEqual(['10 interruption-warning', '130 shutting-down', '160 terminated']);
  });

  it('is not prolonged by an interruption that comes after its end began', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    const events = recorded(ec2);
    const id = launchOne(ec2);
    ec2.terminate(id);
    ec2.interrupt(id);
    await clock.advance(200_000);
    expect(events).toEqual(['0 pending', '0 shutting-down', '30 terminated']);
  });

  it('ends at once and once when it is killed', async () => {
    const { ec2, clock, market } = aTestEc2([aPool('m7i.large', { units: 1 })]);
    const events = recorded(ec2);
    const id = launchOne(ec2);
    ec2.kill(id);
    ec2.kill(id);
    await clock.advance(60_000);
    expect(events).toEqual(['0 pending', '0 terminated']);
    expect(market.unitsLeft(aPool('m7i.large'))).toBe(1);
  });
});

describe('what EC2 shows', () => {
  it('leaves a new instance out until its lag has passed, while it is there all the same', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    launchOne(ec2);
    expect(ec2.describe()).toEqual([]);
    expect(ec2.instances()).toHaveLength(1);
    await clock.advance(2_000);
    expect(ec2.describe()).toHaveLength(1);
  });

  it('drops an ended instance after an hour', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    ec2.kill(launchOne(ec2));
    await clock.advance(60 * 60_000 - 1);
    expect(ec2.describe()).toHaveLength(1);
    await clock.advance(1);
    expect(ec2.describe()).toEqual([]);
    expect(ec2.instances()).toHaveLength(1);
  });
});

describe('client tokens', () => {
  it('start instances again once they are forgotten', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    const first = launchOne(ec2);
    await clock.advance(TOKEN_LIFE_MS);
    expect(launchOne(ec2)).toBe(first);
    await clock.advance(1);
    expect(launchOne(ec2)).not.toBe(first);
  });
});

describe('throttling inside an answer', () => {
  it('starts half of the capacity and says why the rest is missing', () => {
    const { ec2, failNextLaunch } = aTestEc2([aPool('m7i.large')]);
    failNextLaunch('throttled-inside');
    const answer = ec2.createFleet({ ...request, targetCapacity: 5 });
    expect(answer.instances).toHaveLength(2);
    expect(answer.errors).toMatchObject([{ code: 'RequestLimitExceeded' }]);
    expect(ec2.createFleet({ ...request, targetCapacity: 5 })).toEqual(answer);
  });
});

describe('the bill', () => {
  it('counts from running to the start of the end, by the second', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large', { priceMicroUsdPerHour: 3_600_000 })]);
    const id = launchOne(ec2);
    await clock.advance(5_000 + 90_500);
    ec2.terminate(id);
    await clock.advance(3_600_000);
    const [record] = ec2.billing();
    expect(record).toMatchObject({ instanceId: id, startedAtMs: START_MS + 5_000 });
    expect(record && costMicroUsd(record, clock.nowMs())).toBe(91_000);
  });

  it('grows while the instance runs, from a minute on', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large', { priceMicroUsdPerHour: 3_600_000 })]);
    launchOne(ec2);
    await clock.advance(5_000 + 10_000);
    const costs = () => ec2.billing().map((record) => costMicroUsd(record, clock.nowMs()));
    expect(costs()).toEqual([60_000]);
    await clock.advance(110_000);
    expect(costs()).toEqual([120_000]);
  });

  it('is empty for an instance that never ran', async () => {
    const { ec2, clock } = aTestEc2([aPool('m7i.large')]);
    ec2.terminate(launchOne(ec2));
    await clock.advance(60_000);
    expect(ec2.billing()).toEqual([]);
  });
});
