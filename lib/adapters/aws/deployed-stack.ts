/** A deployed stack with the queues of what failed for good, and its alarms. */
import {
  type CloudFormationClient,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
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
  if (facts === undefined) return undefined;
  const resources = await resourcesOf(client, name);
  return {
    name,
    ...facts,
    // The physical id of a queue is its URL, that of an alarm its name.
    deadLetterUrls: physicalIds(
      resources.filter(
        ({ ResourceType, LogicalResourceId = '' }) =>
          ResourceType === 'AWS::SQS::Queue' && LogicalResourceId.includes('DeadLetters'),
      ),
    ),
    alarmNames: physicalIds(
      resources.filter(({ ResourceType }) => ResourceType === 'AWS::CloudWatch::Alarm'),
    ),
  };
}

const physicalIds = (resources: readonly StackResourceSummary[]): string[] =>
  resources.flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []).sort(compareText);

async function resourcesOf(client: CloudFormationClient, name: string): Promise<StackResourceSummary[]> {
  const call = {
    service: 'CloudFormation',
    action: 'cloudformation:ListStackResources',
    target: `stack ${name}`,
  } as const;
  return allPages(`resources of stack ${name}`, async (NextToken) => {
    const command = new ListStackResourcesCommand({ StackName: name, NextToken });
    const answer = await awsCall(call, () => client.send(command));
    return { items: answer.StackResourceSummaries, nextToken: answer.NextToken };
  });
}
