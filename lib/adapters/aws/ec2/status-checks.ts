import { DescribeInstanceStatusCommand, type EC2Client, type InstanceStatus } from '@aws-sdk/client-ec2';
import { TAG } from '../../../model/labels.ts';
import { compareText } from '../../../model/stable-json.ts';
import type { FailingInstance } from '../../../ports/diagnosis.ts';
import { ec2Call } from './ec2-call.ts';
import { findInstances } from './instances.ts';
import { allPages } from './pages.ts';

const PAGE_SIZE = 1_000;
const FAILING = 'impaired';

/**
 * Running instances of the installation that fail EC2's checks of the instance or of the machine below it, sorted by id.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
 */
export async function failingInstances(
  client: EC2Client,
  installation: string,
): Promise<readonly FailingInstance[]> {
  // Filters are ANDed, and one of the two checks is enough.
  const found = new Map<string, FailingInstance>();
  for (const filter of ['instance-status.status', 'system-status.status']) {
    for (const status of await statuses(client, filter)) {
      const failing = { instanceId: status.InstanceId ?? '', checks: failedChecks(status) };
      found.set(failing.instanceId, failing);
    }
  }
  if (found.size === 0) return [];
  const owned = await findInstances(client, [{ Name: `tag:${TAG.installation}`, Values: [installation] }]);
  return owned
    .flatMap(({ instanceId }) => found.get(instanceId) ?? [])
    .sort((a, b) => compareText(a.instanceId, b.instanceId));
}

/** Status of an instance knows no tags. */
const statuses = (client: EC2Client, filter: string): Promise<InstanceStatus[]> =>
  allPages('instance statuses', async (NextToken) => {
    const input = { Filters: [{ Name: filter, Values: [FAILING] }], MaxResults: PAGE_SIZE, NextToken };
    const answer = await ec2Call('DescribeInstanceStatus', 'instances', () =>
      client.send(new DescribeInstanceStatusCommand(input)),
    );
    return { items: answer.InstanceStatuses, nextToken: answer.NextToken };
  });

const failedChecks = ({ InstanceStatus: instance, SystemStatus: system }: InstanceStatus): string[] => [
  ...(instance?.Status === FAILING ? ['instance'] : []),
  ...(system?.Status === FAILING ? ['system'] : []),
];
