import { describe, expect, it } from 'vitest';
import { ec2Client } from '../../../lib/adapters/aws/ec2/client.ts';
import { failingInstances } from '../../../lib/adapters/aws/ec2/status-checks.ts';
import { localOptions } from '../../support/aws-wire.ts';
import { anEc2Wire, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aStub, endsServers } from '../../support/kube-wire.ts';
import { realClock } from '../../support/real-time.ts';

endsEc2Servers();
endsServers();

const ids = { ours: 'i-0123456789abcdef0', also: 'i-0123456789abcdef1', others: 'i-0123456789abcdef2' };
const statusXml = (id: string, instance: string, system: string): string =>
  `<item><instanceId>${id}</instanceId><instanceStatus><status>${instance}</status></instanceStatus><systemStatus><status>${system}</status></systemStatus></item>`;

/** EC2 as it answers while two of ours and one of somebody else fail. */
const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [
    /Action=DescribeInstanceStatus.*instance-status/,
    `<instanceStatusSet>${statusXml(ids.also, 'impaired', 'impaired')}${statusXml(ids.others, 'impaired', 'ok')}</instanceStatusSet>`,
  ],
  [
    /Action=DescribeInstanceStatus.*system-status/,
    `<instanceStatusSet>${statusXml(ids.ours, 'ok', 'impaired')}${statusXml(ids.also, 'impaired', 'impaired')}</instanceStatusSet>`,
  ],
  [
    /Action=DescribeInstances&/,
    `<reservationSet><item><instancesSet>${[ids.ours, ids.also].map((id) => `<item><instanceId>${id}</instanceId></item>`).join('')}</instancesSet></item></reservationSet>`,
  ],
];

async function anImpairedEc2() {
  const url = await aStub(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = ANSWERS.find(([asked]) => asked.test(text))?.[1] ?? '';
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(`<Response>${body}</Response>`);
  });
  return ec2Client({ ...localOptions(url), clock: realClock, share: 1, maxAttempts: 1 });
}

describe("instances that fail EC2's status checks", () => {
  it('are those of the installation, each with the checks that it fails', async () => {
    expect(await failingInstances(await anImpairedEc2(), 'test')).toEqual([
      { instanceId: ids.ours, checks: ['system'] },
      { instanceId: ids.also, checks: ['instance', 'system'] },
    ]);
  });

  it('are none where all is well, without a look at the instances', async () => {
    const { client, server } = await anEc2Wire();
    expect(await failingInstances(client, 'test')).toEqual([]);
    expect(server.requests).toEqual(['DescribeInstanceStatus', 'DescribeInstanceStatus']);
  });
});
