/**
 * EC2's codes of requests that fail as a whole, in the form of the table in `../errors.ts`. What the entries of a
 * CreateFleet answer mean is in `model/fleet-error.ts`. Codes keep EC2's names, because the two tables meet there.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import type { Retry } from '../../../model/errors.ts';

interface Rule {
  readonly code: string;
  readonly retry: Retry;
  readonly advice: string;
}

const ADVICE: Readonly<Record<Retry, Readonly<Record<string, string>>>> = {
  'same-request': {
    RequestLimitExceeded: 'the account asks EC2 too often in this region: this goes on later',
    EC2ThrottledException: 'the account asks EC2 too often in this region: this goes on later',
    InternalFailure: 'EC2 has trouble of its own: this goes on later',
    IncorrectInstanceState: 'the instance is between two states: this goes on later',
  },
  'other-offering': {
    InsufficientInstanceCapacity: 'EC2 has no such capacity now: other offerings are tried',
    UnfulfillableCapacity: 'EC2 has no such capacity now: other offerings are tried',
    InsufficientHostCapacity: 'EC2 has no dedicated host for it now: other offerings are tried',
    InsufficientCapacityOnHost: 'the dedicated host has no room: other offerings are tried',
    ReservationCapacityExceeded: 'the reservation is used up: other offerings are tried',
    Unsupported: 'the type is not offered in this zone: other offerings are tried',
    InvalidFleetConfiguration: 'the type is not offered in this zone: other offerings are tried',
    SpotMaxPriceTooLow: 'the Spot price is above the on-demand price: other offerings are tried',
    MaxSpotInstanceCountExceeded: "raise the account's Spot quota of vCPUs (Service Quotas, EC2)",
    VcpuLimitExceeded: "raise the account's on-demand quota of vCPUs (Service Quotas, EC2)",
    InstanceLimitExceeded: "raise the account's quota of instances (Service Quotas, EC2)",
    MaxFleetCountExceeded: "raise the account's quota of fleets (Service Quotas, EC2 Fleet)",
    InsufficientFreeAddressesInSubnet: 'use larger or more subnets: this one has no free address',
  },
  never: {
    IdempotentParameterMismatch: 'this client token was used with another request: take a new token',
    UnauthorizedOperation: 'allow this action on this resource in the role that called',
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted':
      'create the service-linked role for EC2 Spot (spot.amazonaws.com) in this account',
    InvalidFleetConfig:
      'the request names a pool twice or mixes options: this is a fault of ours, please report it',
    InvalidParameterCombination:
      'the parameters exclude one another: this is a fault of ours, please report it',
    UnknownParameter: 'EC2 does not know the parameter: this is a fault of ours, please report it',
    InvalidNextToken: 'the list has to be read from its beginning',
    'InvalidInstanceID.NotFound': 'the instance is gone, or not shown yet',
    'InvalidInstanceID.Malformed': 'the id is none of an instance',
    OperationNotPermitted: 'switch off the termination protection of the instance',
    'InvalidLaunchTemplateName.NotFoundException': 'the launch template was removed while it was in use',
    'InvalidLaunchTemplateId.NotFound': 'the launch template was removed while it was in use',
    'InvalidLaunchTemplateName.AlreadyExistsException': 'a launch template of this name exists already',
    'InvalidAMIID.NotFound': 'the image does not exist in this region, or is not shared with this account',
    'InvalidAMIID.Unavailable': 'the image was deregistered or is not ready',
    'InvalidSubnetID.NotFound': 'the subnet was removed: change subnetSelectorTerms',
    'InvalidGroup.NotFound': 'the security group was removed: change securityGroupSelectorTerms',
    InvalidInstanceType: 'EC2 does not sell this type in this region',
    TagLimitExceeded: 'EC2 takes at most 50 tags: remove some from the EC2NodeClass',
    'InvalidUserData.Malformed': 'change userData of the EC2NodeClass: EC2 takes 16 KB',
    LaunchTemplateLimitExceeded: "remove launch templates, or raise the account's quota",
  },
};

/** By EC2's code. */
export const EC2_ERROR_CODES: Readonly<Record<string, Rule>> = Object.fromEntries(
  (['same-request', 'other-offering', 'never'] as const).flatMap((retry) =>
    Object.entries(ADVICE[retry]).map(([code, advice]) => [code, { code, retry, advice }] as const),
  ),
);
