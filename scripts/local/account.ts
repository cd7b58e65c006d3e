// What a scenario needs to find in AWS: everything that its EC2NodeClasses select, in each of its zones.
import { imageParameters } from '../../lib/bootstrap/images.ts';
import type { AccountImage, AccountSecurityGroup, AccountSubnet } from '../../lib/local/ec2/account.ts';
import type { SelectorTerm } from '../../lib/model/node-class.ts';
import { stableHash } from '../../lib/model/stable-json.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';

export interface LocalAccount {
  readonly subnets: readonly AccountSubnet[];
  readonly securityGroups: readonly AccountSecurityGroup[];
  readonly images: readonly AccountImage[];
  /** Public parameters that name the images of aliases. */
  readonly published: Readonly<Record<string, string>>;
  /** Name of each node role to that of its instance profile. */
  readonly nodeRoles: Readonly<Record<string, string>>;
}

export const KUBERNETES_VERSION = '1.35';
const VPC = 'vpc-local';
/** Of a subnet of 4,096, less those that AWS keeps. */
const ADDRESSES = 4_091;

export function accountOf({ nodeClasses, cluster }: Scenario, nowMs: number): LocalAccount {
  const subnetTags = tagsOf(nodeClasses.flatMap((each) => each.subnetSelectorTerms));
  const groupTags = tagsOf(nodeClasses.flatMap((each) => each.securityGroupSelectorTerms));
  const aliases = nodeClasses.flatMap((each) => each.amiSelectorTerms.flatMap(({ alias }) => alias ?? []));
  const parameters = aliases.flatMap((alias) => imageParameters(alias, KUBERNETES_VERSION));
  const roles = nodeClasses.flatMap(({ role }) => role?.split('/').at(-1) ?? []);
  return {
    subnets: cluster.zones.map(({ name }) => ({
      ...{ id: `subnet-${name}`, zone: name, vpcId: VPC },
      addresses: ADDRESSES,
      tags: subnetTags,
    })),
    securityGroups: [{ id: 'sg-0123456789abcdef0', name: 'nodes', vpcId: VPC, tags: groupTags }],
    images: parameters.map(({ name, arch }) => ({
      ...{ id: imageId(name), name: name.split('/').slice(4).join('-'), arch },
      ...{ owner: 'amazon', createdAtMs: nowMs, tags: {} },
    })),
    published: Object.fromEntries(parameters.map(({ name }) => [name, imageId(name)])),
    nodeRoles: Object.fromEntries(roles.map((role) => [role, role])),
  };
}

const imageId = (parameter: string): string => `ami-${stableHash(parameter, 17)}`;

/** All tags that any term asks for; what may have any value has some. */
const tagsOf = (terms: readonly SelectorTerm[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    terms.flatMap(({ tags }) =>
      Object.entries(tags).map(([key, value]) => [key, value === '*' ? 'local' : value]),
    ),
  );
