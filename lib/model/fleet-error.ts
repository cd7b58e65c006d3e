/**
 * What an error code of a CreateFleet answer means for the next attempt. The one place where EC2's codes are classified.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and karpenter-provider-aws
 * `pkg/errors/errors.go` (its list of unfulfillable-capacity codes).
 */
export type FleetErrorClass =
  /** The capacity pool of the override is empty, or the type is not offered there. */
  | 'offering'
  /** Every override of the request would fail: an account limit of this capacity type. */
  | 'quota'
  /** The override's subnet has no free address. */
  | 'subnet'
  /** Nothing is missing: ask again later. */
  | 'throttle'
  /** A person has to change something; another offering may still work. */
  | 'configuration';

const classes: Readonly<Record<string, FleetErrorClass>> = {
  InsufficientInstanceCapacity: 'offering',
  UnfulfillableCapacity: 'offering',
  Unsupported: 'offering',
  ReservationCapacityExceeded: 'offering',
  InsufficientHostCapacity: 'offering',
  /** EC2's word, inside an answer, for a type that the zone does not offer. */
  InvalidFleetConfiguration: 'offering',
  /** No price of ours is sent, so the Spot price is above the on-demand price. */
  SpotMaxPriceTooLow: 'offering',
  MaxSpotInstanceCountExceeded: 'quota',
  VcpuLimitExceeded: 'quota',
  MaxFleetCountExceeded: 'quota',
  InstanceLimitExceeded: 'quota',
  InsufficientFreeAddressesInSubnet: 'subnet',
  RequestLimitExceeded: 'throttle',
  /** The request's documents changed between two sendings of it: what it started is found by tag, the rest is asked anew. */
  IdempotentParameterMismatch: 'throttle',
  Throttling: 'throttle',
  ThrottlingException: 'throttle',
  InternalError: 'throttle',
  ServiceUnavailable: 'throttle',
  /** Ours: a person stopped launches, or the hour's limit is reached. The offerings are as good as before. */
  LaunchesStopped: 'throttle',
  LaunchLimitReached: 'throttle',
};

/** Unknown codes count as `configuration`: they are reported, and other offerings are tried. */
export const classifyFleetError = (code: string): FleetErrorClass => classes[code] ?? 'configuration';
