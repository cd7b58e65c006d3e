import { describe, expect, it } from 'vitest';
import { instanceId } from '../../lib/model/ids.ts';
import { TAG } from '../../lib/model/labels.ts';
import type { CapacityType, OfferingRef } from '../../lib/model/offering.ts';
import { type Fleet, TOKEN_LIFE_MS } from '../../lib/ports/fleet.ts';
import { aFleetRequest, anOverride } from '../support/memory-fleet.ts';

/**
 * An EC2 that offers `m7i.large` (on-demand and spot) and `m7g.large` (on-demand, cheaper) in us-east-1a and
 * us-east-1b, ten units each, to the installation `test`. `pass` lets time go by; ten seconds end every lag.
 */
export interface FleetHarness {
  readonly fleet: Fleet;
  setCapacity(ref: OfferingRef, units: number): void;
  setQuota(kind: 'spot' | 'on-demand', vcpus: number): void;
  setSubnetAddresses(subnetId: string, addresses: number): void;
  failNextLaunch(fault: 'throttled' | 'answer-lost' | 'request-lost'): void;
  pass(durationMs: number): Promise<void>;
}

const LAG_MS = 10_000;
const A = 'us-east-1a';
const B = 'us-east-1b';

const ref = (instanceType: string, zone: string, capacityType: CapacityType): OfferingRef => ({
  instanceType,
  zone,
  capacityType,
});

type MakeHarness = () => Promise<FleetHarness>;

export function describeFleetContract(name: string, makeHarness: MakeHarness): void {
  describe(`fleet: ${name}`, () => {
    launches(makeHarness);
  });
  describe(`fleet errors: ${name}`, () => {
    errors(makeHarness);
  });
  describe(`fleet idempotency: ${name}`, () => {
    idempotency(makeHarness);
  });
  describe(`instances: ${name}`, () => {
    instances(makeHarness);
  });
}

function launches(makeHarness: MakeHarness): void {
  it('starts the instances asked for and says what each is', async () => {
    const { fleet } = await makeHarness();
    const request = aFleetRequest('on-demand', [anOverride('m7i.large')], { targetCapacity: 2 });
    const answer = await fleet.launch(request);
    expect(answer.errors).toEqual([]);
    expect(answer.instances).toHaveLength(2);
    expect(new Set(answer.instances.map((each) => each.instanceId)).size).toBe(2);
    expect(answer.instances[0]).toMatchObject({
      instanceType: 'm7i.large',
      zone: A,
      capacityType: 'on-demand',
      imageId: 'ami-1',
    });
  });

  it('takes the cheapest on-demand override and goes on to the next when it runs dry, naming it', async () => {
    const { fleet, setCapacity } = await makeHarness();
    setCapacity(ref('m7g.large', A, 'on-demand'), 1);
    const overrides = [anOverride('m7i.large'), anOverride('m7g.large')];
    const answer = await fleet.launch(aFleetRequest('on-demand', overrides, { targetCapacity: 3 }));
    expect(answer.instances.map((each) => each.instanceType).sort()).toEqual([
      'm7g.large',
      'm7i.large',
      'm7i.large',
    ]);
    expect(answer.errors).toEqual([
      expect.objectContaining({
        code: 'InsufficientInstanceCapacity',
        instanceType: 'm7g.large',
        zone: A,
      }),
    ]);
  });

  it('prefers the deeper of two spot pools of one price', async () => {
    const { fleet, setCapacity } = await makeHarness();
    setCapacity(ref('m7i.large', A, 'spot'), 1);
    const overrides = [anOverride('m7i.large', A), anOverride('m7i.large', B)];
    const answer = await fleet.launch(aFleetRequest('spot', overrides));
    expect(answer.instances.map((each) => each.zone)).toEqual([B]);
    expect(answer.errors).toEqual([]);
  });
}

function errors(makeHarness: MakeHarness): void {
  it('answers with what there was and one error per override that had no more', async () => {
    const { fleet, setCapacity } = await makeHarness();
    setCapacity(ref('m7i.large', A, 'spot'), 2);
    setCapacity(ref('m7i.large', B, 'spot'), 0);
    const overrides = [anOverride('m7i.large', A), anOverride('m7i.large', B)];
    const answer = await fleet.launch(aFleetRequest('spot', overrides, { targetCapacity: 5 }));
    expect(answer.instances).toHaveLength(2);
    expect(answer.errors.map((error) => `${error.code} ${error.zone}`).sort()).toEqual([
      `InsufficientInstanceCapacity ${A}`,
      `InsufficientInstanceCapacity ${B}`,
    ]);
  });

  it('answers with errors alone when nothing could be had', async () => {
    const { fleet, setCapacity } = await makeHarness();
    setCapacity(ref('m7i.large', A, 'on-demand'), 0);
    const answer = await fleet.launch(aFleetRequest('on-demand', [anOverride('m7i.large')]));
    expect(answer.instances).toEqual([]);
    expect(answer.errors).toHaveLength(1);
  });

  it('names a type that the zone does not offer', async () => {
    const { fleet } = await makeHarness();
    const overrides = [anOverride('p5.48xlarge'), anOverride('m7i.large')];
    const answer = await fleet.launch(aFleetRequest('on-demand', overrides));
    expect(answer.instances).toHaveLength(1);
    expect(answer.errors).toEqual([
      expect.objectContaining({ code: 'Unsupported', instanceType: 'p5.48xlarge', zone: A }),
    ]);
  });

  it.each([
    ['spot', 'MaxSpotInstanceCountExceeded'],
    ['on-demand', 'VcpuLimitExceeded'],
  ] as const)('starts only what the account quota for %s leaves', async (kind, code) => {
    const { fleet, setQuota } = await makeHarness();
    setQuota(kind, 5);
    const request = aFleetRequest(kind, [anOverride('m7i.large')], { targetCapacity: 4 });
    const answer = await fleet.launch(request);
    expect(answer.instances).toHaveLength(2);
    expect(answer.errors).toEqual([expect.objectContaining({ code, instanceType: 'm7i.large', zone: A })]);
  });

  it('goes to another zone when a subnet has no free addresses', async () => {
    const { fleet, setSubnetAddresses } = await makeHarness();
    setSubnetAddresses(`subnet-${A}`, 1);
    const overrides = [anOverride('m7i.large', A), anOverride('m7i.large', B)];
    const answer = await fleet.launch(aFleetRequest('on-demand', overrides, { targetCapacity: 2 }));
    expect(answer.instances.map((each) => each.zone).sort()).toEqual([A, B]);
    expect(answer.errors).toEqual([
      expect.objectContaining({ code: 'InsufficientFreeAddressesInSubnet', zone: A }),
    ]);
  });

  it('refuses a request that can start nothing, for good', async () => {
    const { fleet } = await makeHarness();
    await expect(fleet.launch(aFleetRequest('spot', []))).rejects.toMatchObject({ retry: 'never' });
  });

  it('starts nothing when it is throttled, and takes the same request afterwards', async () => {
    const { fleet, failNextLaunch, pass } = await makeHarness();
    const request = aFleetRequest('on-demand', [anOverride('m7i.large')]);
    failNextLaunch('throttled');
    const throttled = { code: 'RequestLimitExceeded', retry: 'same-request' };
    await expect(fleet.launch(request)).rejects.toMatchObject(throttled);
    await pass(LAG_MS);
    expect(await fleet.describeOwned()).toEqual([]);
    expect((await fleet.launch(request)).instances).toHaveLength(1);
  });
}

function idempotency(makeHarness: MakeHarness): void {
  const request = aFleetRequest('on-demand', [anOverride('m7i.large')], { targetCapacity: 2 });

  it('gives the same answer to the same request and starts nothing more', async () => {
    const { fleet, pass } = await makeHarness();
    const first = await fleet.launch(request);
    await pass(TOKEN_LIFE_MS);
    expect(await fleet.launch({ ...request })).toEqual(first);
    await pass(LAG_MS);
    expect(await fleet.describeOwned()).toHaveLength(2);
  });

  it('repeats an answer without instances, although there is capacity again', async () => {
    const { fleet, setCapacity } = await makeHarness();
    setCapacity(ref('m7i.large', A, 'on-demand'), 0);
    const first = await fleet.launch(request);
    setCapacity(ref('m7i.large', A, 'on-demand'), 10);
    expect(await fleet.launch(request)).toEqual(first);
  });

  it('refuses another request under a used token for good, and starts nothing', async () => {
    const { fleet, pass } = await makeHarness();
    await fleet.launch(request);
    await expect(fleet.launch({ ...request, targetCapacity: 3 })).rejects.toMatchObject({
      code: 'IdempotentParameterMismatch',
      retry: 'never',
    });
    await pass(LAG_MS);
    expect(await fleet.describeOwned()).toHaveLength(2);
  });

  it.each(['answer-lost', 'request-lost'] as const)(
    'starts the instances once when the request is sent again after the %s',
    async (fault) => {
      const { fleet, failNextLaunch, pass } = await makeHarness();
      failNextLaunch(fault);
      await expect(fleet.launch(request)).rejects.toMatchObject({ retry: 'same-request' });
      expect((await fleet.launch(request)).instances).toHaveLength(2);
      await pass(LAG_MS);
      expect(await fleet.describeOwned()).toHaveLength(2);
    },
  );

  it('shows by its tags what an attempt started whose answer was lost', async () => {
    const { fleet, failNextLaunch, pass } = await makeHarness();
    failNextLaunch('answer-lost');
    await expect(fleet.launch(request)).rejects.toMatchObject({ retry: 'same-request' });
    await pass(LAG_MS);
    expect(await fleet.describeAttempt('o1', 1)).toHaveLength(2);
    expect(await fleet.describeAttempt('o1', 2)).toEqual([]);
    expect(await fleet.describeAttempt('o2', 1)).toEqual([]);
  });
}

function instances(makeHarness: MakeHarness): void {
  const launchOne = async (fleet: Fleet, clientToken = 'o1-1', installation = 'test') => {
    const tags = { [TAG.installation]: installation, [TAG.order]: 'o1', [TAG.attempt]: '1' };
    const request = aFleetRequest('on-demand', [anOverride('m7i.large')], { clientToken, tags });
    const { instances } = await fleet.launch(request);
    return instances[0]?.instanceId ?? instanceId('i-0');
  };

  it('shows launched instances of this installation with their tags, sorted by id', async () => {
    const { fleet, pass } = await makeHarness();
    const ids = [await launchOne(fleet, 't1'), await launchOne(fleet, 't2'), await launchOne(fleet, 't3')];
    await launchOne(fleet, 't4', 'another');
    await pass(LAG_MS);
    const owned = await fleet.describeOwned();
    expect(owned.map((each) => each.instanceId)).toEqual([...ids].sort());
    expect(owned[0]).toMatchObject({ state: 'running', zone: A, tags: { [TAG.order]: 'o1' } });
  });

  it('describes the instances named and leaves unknown ones out', async () => {
    const { fleet, pass } = await makeHarness();
    const id = await launchOne(fleet);
    await launchOne(fleet, 'another');
    await pass(LAG_MS);
    const described = await fleet.describe([id, instanceId('i-0abc')]);
    expect(described.map((each) => each.instanceId)).toEqual([id]);
  });

  it('adds and replaces tags, twice as well as once', async () => {
    const { fleet, pass } = await makeHarness();
    const id = await launchOne(fleet);
    await fleet.tag(id, { [TAG.claim]: 'c1' });
    await fleet.tag(id, { [TAG.claim]: 'c2', team: 'shop' });
    await fleet.tag(id, { [TAG.claim]: 'c2', team: 'shop' });
    await pass(LAG_MS);
    const [instance] = await fleet.describe([id]);
    expect(instance?.tags).toMatchObject({ [TAG.claim]: 'c2', team: 'shop', [TAG.order]: 'o1' });
  });

  it('ends instances, twice as well as once, and forgets them in time', async () => {
    const { fleet, pass } = await makeHarness();
    const id = await launchOne(fleet);
    await pass(LAG_MS);
    await fleet.terminate([id]);
    await fleet.terminate([id]);
    expect(await fleet.describe([id])).toMatchObject([{ state: 'shutting-down' }]);
    await pass(5 * 60_000);
    expect(await fleet.describe([id])).toMatchObject([{ state: 'terminated' }]);
    await fleet.terminate([id]);
    await pass(2 * 60 * 60_000);
    expect(await fleet.describe([id])).toEqual([]);
    expect(await fleet.describeOwned()).toEqual([]);
  });

  it('takes unknown instances calmly', async () => {
    const { fleet } = await makeHarness();
    await expect(fleet.terminate([instanceId('i-0abc')])).resolves.toBeUndefined();
    await expect(fleet.tag(instanceId('i-0abc'), { a: 'b' })).resolves.toBeUndefined();
  });

  it('ends an instance that is not shown yet', async () => {
    const { fleet, pass } = await makeHarness();
    const id = await launchOne(fleet);
    await fleet.terminate([id]);
    await pass(5 * 60_000);
    expect(await fleet.describe([id])).toMatchObject([{ state: 'terminated' }]);
  });
}
