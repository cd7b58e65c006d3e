import {
  DescribeInstancesCommand,
  type EC2Client,
  type Filter,
  type Instance as SdkInstance,
} from '@aws-sdk/client-ec2';
import { instanceId } from '../../../model/ids.ts';
import { compareText } from '../../../model/stable-json.ts';
import type { Instance } from '../../../ports/fleet.ts';
import { ec2Call } from './ec2-call.ts';
import { allPages } from './pages.ts';
import { fromTags } from './tags.ts';

const PAGE_SIZE = 1_000;

/** Sorted by id. Filters instead of ids, because one id that EC2 does not know fails a request for all of them. */
export async function findInstances(client: EC2Client, filters: readonly Filter[]): Promise<Instance[]> {
  const found = await allPages('instances', async (NextToken) => {
    const input = { Filters: [...filters], MaxResults: PAGE_SIZE, NextToken };
    const answer = await ec2Call('DescribeInstances', 'instances', () =>
      client.send(new DescribeInstancesCommand(input)),
    );
    return { items: answer.Reservations, nextToken: answer.NextToken };
  });
  return found
    .flatMap(({ Instances = [] }) => Instances.map(instanceOf))
    .sort((a, b) => compareText(a.instanceId, b.instanceId));
}

const instanceOf = (instance: SdkInstance): Instance => ({
  instanceId: instanceId(instance.InstanceId ?? ''),
  instanceType: instance.InstanceType ?? '',
  zone: instance.Placement?.AvailabilityZone ?? '',
  capacityType: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
  imageId: instance.ImageId ?? '',
  state: instance.State?.Name ?? 'pending',
  launchedAtMs: instance.LaunchTime?.getTime() ?? 0,
  tags: fromTags(instance.Tags),
});
