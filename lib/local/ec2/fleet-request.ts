import type { CapacityType } from '../../model/offering.ts';
import type { FleetError, FleetOverride, FleetRequest } from '../../model/plan.ts';
import { stableHash } from '../../model/stable-json.ts';
import type { Account, AccountSubnet, StoredTemplate } from './account.ts';
import { Ec2ApiError, invalidValue, missingParameter } from './api-error.ts';
import { templateNamed } from './launch-templates.ts';
import type { Query } from './query.ts';
import { checkedTags, tagSpecifications } from './tags.ts';

/** An override with what it starts from. */
export interface Pool extends FleetOverride {
  readonly template: StoredTemplate;
  readonly subnet: AccountSubnet;
}

export interface ReadRequest {
  readonly request: FleetRequest;
  /** One per override of the request. */
  readonly pools: readonly Pool[];
  /** Overrides that cannot start whatever the market has. */
  readonly errors: readonly FleetError[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/fleet-quotas.html */
const MAX_OVERRIDES = 300;
const MAX_TEMPLATES = 50;
/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
const MAX_TOKEN_CHARACTERS = 64;
const TAGGED = ['instance', 'volume', 'network-interface', 'fleet', 'spot-instances-request'];

/** CreateFleet's parameters as a request to the in-memory EC2. Errors: what EC2 refuses before it looks for capacity. */
export function readFleetRequest(account: Account, query: Query): ReadRequest {
  const clientToken = query.text('ClientToken') ?? '';
  if (clientToken.length > MAX_TOKEN_CHARACTERS) {
    throw invalidValue(`The client token is longer than ${MAX_TOKEN_CHARACTERS} characters`);
  }
  if (query.text('Type') !== 'instant') throw invalidValue('Only fleets of type instant are served here');
  const configs = query.parts('LaunchTemplateConfigs');
  if (configs.length === 0) throw missingParameter('LaunchTemplateConfigs');
  if (configs.length > MAX_TEMPLATES)
    throw invalidValue(`More than ${MAX_TEMPLATES} launch template configs`);
  const capacityType = capacityTypeOf(query);
  const templates = configs.map((config) =>
    templateNamed(account, config.part('LaunchTemplateSpecification')),
  );
  const errors: FleetError[] = [];
  const pools = configs.flatMap((config, index) =>
    config.parts('Overrides').flatMap((override) => poolOf(account, templates[index], override, errors)),
  );
  refuseTooManyOrTwice(configs, pools);
  const tags = instanceTags(query, templates);
  const request: FleetRequest = {
    clientToken,
    capacityType,
    targetCapacity: targetOf(query),
    allocationStrategy: strategyOf(query, capacityType),
    // What templates a request is made of counts for its token; which NodeClass they are from is nothing EC2 knows.
    launchTemplate: { nodeClass: '', nodeClassHash: stableHash(query.data()), nodePool: '' },
    overrides: pools.map(({ instanceType, zone, subnetId, imageId }) => ({
      instanceType,
      zone,
      subnetId,
      imageId,
    })),
    tags,
  };
  return { request, pools, errors };
}

function capacityTypeOf(query: Query): CapacityType {
  const written = query.part('TargetCapacitySpecification').text('DefaultTargetCapacityType') ?? 'on-demand';
  if (written === 'spot' || written === 'on-demand') return written;
  throw invalidValue(`Value (${written}) for parameter defaultTargetCapacityType is invalid.`);
}

function targetOf(query: Query): number {
  const target = Number(query.part('TargetCapacitySpecification').required('TotalTargetCapacity'));
  if (Number.isInteger(target) && target >= 1) return target;
  throw invalidValue(
    `Value (${target}) for parameter totalTargetCapacity is invalid. It must be at least 1.`,
  );
}

function strategyOf(query: Query, capacityType: CapacityType): FleetRequest['allocationStrategy'] {
  const [part, served] =
    capacityType === 'spot'
      ? ['SpotOptions', 'price-capacity-optimized']
      : ['OnDemandOptions', 'lowest-price'];
  const written = query.part(part).text('AllocationStrategy') ?? 'lowest-price';
  if (written === 'lowest-price') return written;
  if (written === served && written === 'price-capacity-optimized') return written;
  throw new Ec2ApiError(
    'InvalidFleetConfig',
    `The allocation strategy ${written} is not valid for ${capacityType}`,
  );
}

/** No pool where the instance could not start; the reason is an entry of the answer's errors, as EC2 has it. */
function poolOf(
  account: Account,
  template: StoredTemplate | undefined,
  override: Query,
  errors: FleetError[],
): Pool[] {
  const instanceType = override.required('InstanceType');
  const subnetId = override.required('SubnetId');
  const subnet = account.subnet(subnetId);
  const zone = subnet?.zone ?? override.text('AvailabilityZone') ?? '';
  const imageId = override.text('ImageId') ?? template?.data.text('ImageId');
  const refuse = (code: string, message: string): Pool[] => {
    errors.push({ code, message, instanceType, zone });
    return [];
  };
  if (subnet === undefined)
    return refuse('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  if ((override.text('AvailabilityZone') ?? zone) !== zone) {
    return refuse(
      'InvalidParameterValue',
      `The subnet ${subnetId} is in ${zone}, not in the zone of the override`,
    );
  }
  const image = account.setup.images.find(({ id }) => id === imageId);
  if (template === undefined || imageId === undefined || image === undefined) {
    return refuse('InvalidAMIID.NotFound', `The image id '[${imageId}]' does not exist`);
  }
  const arch = account.setup.types.find(({ name }) => name === instanceType)?.arch ?? image.arch;
  if (arch !== image.arch) {
    const message = `The architecture '${arch}' of the specified instance type does not match the architecture '${image.arch}' of the specified AMI.`;
    return refuse('InvalidParameterValue', message);
  }
  return [{ instanceType, zone, subnetId, imageId, template, subnet }];
}

/** Two subnets of one zone are one pool of capacity, which a fleet may name once. */
function refuseTooManyOrTwice(configs: readonly Query[], pools: readonly Pool[]): void {
  const count = configs.reduce((sum, config) => sum + config.parts('Overrides').length, 0);
  if (count > MAX_OVERRIDES) throw invalidValue(`${count} overrides are more than ${MAX_OVERRIDES}`);
  const names = new Set(pools.map(({ instanceType, zone }) => `${instanceType} ${zone}`));
  if (names.size === pools.length) return;
  throw new Ec2ApiError('InvalidFleetConfig', 'The fleet configuration contains duplicate instance pools');
}

function instanceTags(query: Query, templates: readonly StoredTemplate[]): Readonly<Record<string, string>> {
  const ofTemplates = templates.map(({ data }) => tagSpecifications(data, TAGGED).get('instance') ?? {});
  return checkedTags({
    ...Object.assign({}, ...ofTemplates),
    ...tagSpecifications(query, TAGGED).get('instance'),
  });
}
