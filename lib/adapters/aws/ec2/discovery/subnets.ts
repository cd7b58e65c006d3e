import { DescribeSubnetsCommand, type EC2Client, type Filter } from '@aws-sdk/client-ec2';
import type { NodeClass, ResolvedNodeClass } from '../../../../model/node-class.ts';
import { compareText } from '../../../../model/stable-json.ts';
import { ec2Call } from '../ec2-call.ts';
import { allPages } from '../pages.ts';
import { selected, tagFilters } from './selectors.ts';

type Subnets = ResolvedNodeClass['subnets'];

export interface FoundSubnet {
  readonly id: string;
  readonly zone: string;
  readonly zoneId: string;
  readonly freeAddresses: number;
}

const PAGE_SIZE = 1_000;

/** One subnet per zone, sorted by zone. Errors: `SubnetsMissing`, retry never. */
export async function findSubnets(
  client: EC2Client,
  { name, subnetSelectorTerms }: Pick<NodeClass, 'name' | 'subnetSelectorTerms'>,
): Promise<Subnets> {
  const selection = {
    nodeClass: name,
    field: 'subnetSelectorTerms',
    code: 'SubnetsMissing',
    what: 'subnet',
  } as const;
  const found = await selected(selection, subnetSelectorTerms, {
    idFilter: 'subnet-id',
    filters: tagFilters,
    find: (filters) => describeSubnets(client, filters),
  });
  return roomiestPerZone(found);
}

/** The subnet of each zone with most free addresses; of equal ones the first by id. */
export function roomiestPerZone(subnets: readonly FoundSubnet[]): Subnets {
  const best = new Map<string, FoundSubnet>();
  for (const subnet of [...subnets].sort((a, b) => compareText(a.id, b.id))) {
    const known = best.get(subnet.zone);
    if (known === undefined || subnet.freeAddresses > known.freeAddresses) best.set(subnet.zone, subnet);
  }
  return [...best.values()]
    .map(({ id, zone, zoneId }) => ({ id, zone, zoneId }))
    .sort((a, b) => compareText(a.zone, b.zone));
}

async function describeSubnets(client: EC2Client, filters: readonly Filter[]): Promise<FoundSubnet[]> {
  const found = await allPages('subnets', async (NextToken) => {
    const input = { Filters: [...filters], MaxResults: PAGE_SIZE, NextToken };
    const answer = await ec2Call('DescribeSubnets', 'subnets', () =>
      client.send(new DescribeSubnetsCommand(input)),
    );
    return { items: answer.Subnets, nextToken: answer.NextToken };
  });
  return found.map(({ SubnetId, AvailabilityZone, AvailabilityZoneId, AvailableIpAddressCount }) => ({
    id: SubnetId ?? '',
    zone: AvailabilityZone ?? '',
    zoneId: AvailabilityZoneId ?? '',
    freeAddresses: AvailableIpAddressCount ?? 0,
  }));
}
