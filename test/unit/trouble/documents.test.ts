// What the publisher does with documents that name what is not there: it says so where people look, counts it, leaves what
// runs alone, and does not fail, because no later try would help before somebody changes something.
import { describe, expect, it } from 'vitest';
import { resolveNodeClass } from '../../../lib/adapters/aws/ec2/discovery/node-class.ts';
import { publish } from '../../../lib/control/publish.ts';
import { diagnose } from '../../../lib/doctor/diagnose.ts';
import { known } from '../../../lib/doctor/reading.ts';
import type { NodeClass } from '../../../lib/model/node-class.ts';
import { aDeployment, theFacts } from '../../support/doctor-facts.ts';
import { nodeClassText } from '../../support/documents.ts';
import { anEc2Wire, aSubnet, endsEc2Servers } from '../../support/ec2-wire.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { aPublishingWorld } from '../../support/publishing.ts';

endsEc2Servers();

/** What is there in the account. */
const GOOD = {
  amiFamily: 'AL2023',
  amiSelectorTerms: [{ id: 'ami-1' }],
  subnetSelectorTerms: [{ id: 'subnet-1' }],
  securityGroupSelectorTerms: [{ id: 'sg-0a' }],
};

/** A publisher whose discovery asks the local EC2; SSM knows no parameter. */
async function aPublisher() {
  const world = aPublishingWorld();
  const { client, server } = await anEc2Wire([], { subnets: [aSubnet('subnet-1', 'us-east-1a')] });
  const resolve = (nodeClass: NodeClass) =>
    resolveNodeClass(
      { ec2: client, parameters: async () => new Map(), kubernetesVersion: '1.35', nowMs: START_MS },
      nodeClass,
    );
  const deps = { ...world.deps, discovery: { ...world.deps.discovery, resolve } };
  return { ...world, deps, requests: server.requests };
}

const TROUBLES: readonly (readonly [string, object, RegExp])[] = [
  [
    'a subnet selector that matches nothing',
    { subnetSelectorTerms: [{ tags: { team: 'nobody' } }] },
    /^SubnetsMissing: .*no subnet matches subnetSelectorTerms .*"team":"nobody".*change the terms/,
  ],
  [
    'a security group selector that matches nothing',
    { securityGroupSelectorTerms: [{ name: 'nobody' }] },
    /^SecurityGroupsMissing: .*no security group matches securityGroupSelectorTerms .*"name":"nobody"/,
  ],
  [
    'an image alias that nobody knows',
    { amiSelectorTerms: [{ alias: 'al2023@v20991231' }] },
    /^AmiAliasUnknown: alias "al2023@v20991231" has no image .*name another version/,
  ],
];

describe('an EC2NodeClass with', () => {
  it.each(TROUBLES)('%s is not ready, says what to change, and is counted', async (_, wrong, reason) => {
    const world = await aPublisher();
    world.texts.set('EC2NodeClass a', nodeClassText({ ...GOOD, ...wrong }));
    await publish(world.deps);
    const status = await world.statusOf('EC2NodeClass');
    expect(status).toMatchObject({ state: 'not-ready', reason: expect.stringMatching(reason) });
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'not-ready' });
    // One of the class, one of the pool that waits for it.
    expect(world.counts).toEqual(['DocumentsNotReady', 'DocumentsNotReady']);
    // Each thing was looked for once: nothing is tried again before the next hour or the next edit.
    expect(new Set(world.requests).size).toBe(world.requests.length);
  });

  it.each(TROUBLES)('%s is shown by the doctor', async (_, wrong, reason) => {
    const world = await aPublisher();
    world.texts.set('EC2NodeClass a', nodeClassText({ ...GOOD, ...wrong }));
    await publish(world.deps);
    const documents = known(await world.publication.list());
    const checks = diagnose(theFacts({ deployed: known(aDeployment({ documents })) }));
    expect(checks.find(({ name }) => name === 'EC2NodeClass a')).toMatchObject({
      state: 'failed',
      code: 'DocumentNotReady',
      message: expect.stringMatching(reason),
    });
  });

  it('what was good before keeps the version that ran, and is ready again by itself', async () => {
    const world = await aPublisher();
    world.texts.set('EC2NodeClass a', nodeClassText(GOOD));
    await publish(world.deps);
    const [, wrong] = TROUBLES[0] ?? ['', {}];
    world.texts.set('EC2NodeClass a', nodeClassText({ ...GOOD, ...wrong }));
    await publish(world.deps);
    expect(await world.statusOf('EC2NodeClass')).toMatchObject({ state: 'not-ready' });
    world.texts.set('EC2NodeClass a', nodeClassText(GOOD));
    await publish(world.deps);
    expect(await world.statusOf('EC2NodeClass')).toMatchObject({ state: 'valid' });
  });
});
