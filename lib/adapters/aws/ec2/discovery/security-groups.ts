import { DescribeSecurityGroupsCommand, type EC2Client, type Filter } from '@aws-sdk/client-ec2';
import type { NodeClass } from '../../../../model/node-class.ts';
import { ec2Call } from '../ec2-call.ts';
import { allPages } from '../pages.ts';
import { selected, tagFilters } from './selectors.ts';

const PAGE_SIZE = 1_000;

/** Ids, sorted. Errors: `SecurityGroupsMissing`, retry never. */
export async function findSecurityGroups(
  client: EC2Client,
  { name, securityGroupSelectorTerms }: Pick<NodeClass, 'name' | 'securityGroupSelectorTerms'>,
): Promise<string[]> {
  const selection = {
    nodeClass: name,
    field: 'securityGroupSelectorTerms',
    code: 'SecurityGroupsMissing',
    what: 'security group',
  } as const;
  const found = await selected(selection, securityGroupSelectorTerms, {
    idFilter: 'group-id',
    filters: (term) => [
      ...(term.name === undefined ? [] : [{ Name: 'group-name', Values: [term.name] }]),
      ...tagFilters(term),
    ],
    find: (filters) => describeSecurityGroups(client, filters),
  });
  return found.map(({ id }) => id);
}

async function describeSecurityGroups(
  client: EC2Client,
  filters: readonly Filter[],
): Promise<{ readonly id: string }[]> {
  const found = await allPages('security groups', async (NextToken) => {
    const input = { Filters: [...filters], MaxResults: PAGE_SIZE, NextToken };
    const answer = await ec2Call('DescribeSecurityGroups', 'security groups', () =>
      client.send(new DescribeSecurityGroupsCommand(input)),
    );
    return { items: answer.SecurityGroups, nextToken: answer.NextToken };
  });
  return found.map(({ GroupId }) => ({ id: GroupId ?? '' }));
}
