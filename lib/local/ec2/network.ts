import type { Account, AccountSecurityGroup, AccountSubnet } from './account.ts';
import { Ec2ApiError } from './api-error.ts';
import { type Fields, filtered } from './filters.ts';
import { pageOf } from './paging.ts';
import type { Query } from './query.ts';
import { tagSet } from './tags.ts';
import type { Xml } from './xml.ts';

type Answer = { readonly [name: string]: Xml };

const PAGE = { min: 5, max: 1000 };

export function describeSubnets(account: Account, query: Query): Answer {
  const fields: Fields<AccountSubnet> = {
    'subnet-id': ({ id }) => [id],
    'vpc-id': ({ vpcId }) => [vpcId],
    'availability-zone': ({ zone }) => [zone],
    'availability-zone-id': ({ zone }) => [account.zoneId(zone)],
    state: () => ['available'],
  };
  const known = named(
    query.texts('SubnetId'),
    account.setup.subnets,
    'InvalidSubnetID.NotFound',
    'subnet ID',
  );
  const { page, nextToken } = pageOf(filtered(known, query, fields), query, PAGE, ({ id }) => id);
  return {
    subnetSet: page.map((subnet) => ({
      subnetId: subnet.id,
      state: 'available',
      vpcId: subnet.vpcId,
      availableIpAddressCount: account.freeAddresses(subnet),
      availabilityZone: subnet.zone,
      availabilityZoneId: account.zoneId(subnet.zone),
      tagSet: tagSet(subnet.tags),
    })),
    nextToken,
  };
}

export function describeSecurityGroups(account: Account, query: Query): Answer {
  const fields: Fields<AccountSecurityGroup> = {
    'group-id': ({ id }) => [id],
    'group-name': ({ name }) => [name],
    'vpc-id': ({ vpcId }) => [vpcId],
  };
  const known = named(
    query.texts('GroupId'),
    account.setup.securityGroups,
    'InvalidGroup.NotFound',
    'security group',
  );
  const { page, nextToken } = pageOf(filtered(known, query, fields), query, PAGE, ({ id }) => id);
  return {
    securityGroupInfo: page.map(({ id, name, vpcId, tags }) => ({
      groupId: id,
      groupName: name,
      groupDescription: name,
      vpcId,
      tagSet: tagSet(tags),
    })),
    nextToken,
  };
}

export const describeAvailabilityZones = ({ setup: { market } }: Account): Answer => ({
  availabilityZoneInfo: market.zones.map(({ name, id }) => ({
    zoneName: name,
    zoneId: id,
    zoneState: 'available',
    regionName: market.region,
    zoneType: 'availability-zone',
    optInStatus: 'opt-in-not-required',
  })),
});

/** All of them when no id is given; one id that is unknown fails the request. */
export function named<T extends { readonly id: string }>(
  ids: readonly string[],
  things: readonly T[],
  code: string,
  what: string,
): readonly T[] {
  if (ids.length === 0) return things;
  const unknown = ids.find((id) => !things.some((thing) => thing.id === id));
  if (unknown !== undefined) throw new Ec2ApiError(code, `The ${what} '${unknown}' does not exist`);
  return things.filter(({ id }) => ids.includes(id));
}
