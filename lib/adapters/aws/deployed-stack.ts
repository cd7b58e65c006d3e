/** A deployed stack with the queues of what failed for good. */
import { type CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { compareText } from '../../model/stable-json.ts';
import type { DeployedStack } from '../../ports/diagnosis.ts';
import { allPages } from './ec2/pages.ts';
import { awsCall } from './errors.ts';
import { describeStack } from './stack.ts';

/** `undefined` where there is no such stack, or only a deleted one. */
export async function findStack(
  client: CloudFormationClient,
  name: string,
): Promise<DeployedStack | undefined> {
  const facts = await describeStack(client, name);
  return facts && { name, ...facts, deadLetterUrls: await deadLetterUrls(client, name) };
}

/** The physical id of a queue is its URL. Sorted. */
async function deadLetterUrls(client: CloudFormationClient, name: string): Promise<string[]> {
  const call = {
    service: 'CloudFormation',
    action: 'cloudformation:ListStackResources',
    target: `stack ${name}`,
  } as const;
  const resources = await allPages(`resources of stack ${name}`, async (NextToken) => {
    const command = new ListStackResourcesCommand({ StackName: name, NextToken });
    const answer = await awsCall(call, () => client.send(command));
    return { items: answer.StackResourceSummaries, nextToken: answer.NextToken };
  });
  return resources
    .filter(
      ({ ResourceType, LogicalResourceId = '' }) =>
        ResourceType === 'AWS::SQS::Queue' && LogicalResourceId.includes('DeadLetters'),
    )
    .flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? [])
    .sort(compareText);
}
