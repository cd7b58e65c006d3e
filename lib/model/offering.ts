import type { ResourceList } from './resources.ts';

export type CapacityType = 'reserved' | 'spot' | 'on-demand';

/** One place to buy one instance type: EC2 capacity pool × price. */
export interface Offering {
  readonly zone: string;
  readonly zoneId: string;
  readonly capacityType: CapacityType;
  readonly priceMicroUsdPerHour: number;
}

/** An instance type as a NodePool sees it: after its NodeClass's kubelet settings and disks. */
export interface InstanceType {
  readonly name: string;
  /** Well-known labels with one value each; zone, zone id and capacity type are the offerings'. */
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  /** Runs on CPU credits: its vCPUs are not there all the time. */
  readonly burstable: boolean;
  /** Metal, GPU or accelerator: left out of a launch when anything else remains (Karpenter's exotic filter). */
  readonly exotic: boolean;
  /** CSI driver name to the number of volumes a new node can attach; an absent driver has no known limit. */
  readonly volumeLimits: Readonly<Record<string, number>>;
  readonly offerings: readonly Offering[];
}

/** Names one offering of one type; how unavailable offerings are remembered and fleet errors are attributed. */
export interface OfferingRef {
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
}

export const offeringKey = (ref: OfferingRef): string =>
  `${ref.capacityType}:${ref.instanceType}:${ref.zone}`;

/** An offering that a launch may use, with the price it was planned at. */
export interface PricedOffering extends OfferingRef {
  readonly priceMicroUsdPerHour: number;
}
