// Instance types as one NodeClass makes them: labels, capacity, allocatable, and where they can be bought.
import { LABEL } from '../model/labels.ts';
import type { NodeClass, ResolvedNodeClass } from '../model/node-class.ts';
import type { InstanceType, Offering } from '../model/offering.ts';
import type { ResourceList } from '../model/resources.ts';
import { compareText } from '../model/stable-json.ts';
import type { Listing, RegionMarket, TypeFacts } from './catalogue.ts';
import { runsOn } from './compatibility.ts';
import { typeLabels } from './labels.ts';
import { isWindows, startsWith } from './launch-spec.ts';
import { allocatableOf, capacityOf } from './overhead.ts';
import { EBS_DRIVER, ebsVolumeLimit } from './volume-limits.ts';

/**
 * All types with an offering in a zone of the NodeClass's subnets and an image for their architecture. Sorted by name, as
 * `types` are.
 */
export function resolveInstanceTypes(
  types: readonly TypeFacts[],
  market: RegionMarket,
  nodeClass: NodeClass,
  resolved: ResolvedNodeClass,
): InstanceType[] {
  const atStart = startsWith(nodeClass);
  return types.flatMap((type) => {
    const listing = market.listings.get(type.name);
    if (listing === undefined || !runsOn(type, nodeClass, resolved)) return [];
    const offerings = offeringsOf(listing, resolved);
    if (offerings.length === 0) return [];
    const capacity = { ...capacityOf(type, nodeClass), ...devicesOf(type, nodeClass) };
    return [
      {
        name: type.name,
        labels: { ...typeLabels(type, nodeClass.amiFamily), [LABEL.region]: market.region },
        capacity,
        allocatable: allocatableOf(type, nodeClass, capacity),
        burstable: type.burstable,
        exotic: isExotic(type),
        volumeLimits: { [EBS_DRIVER]: ebsVolumeLimit(type, atStart) },
        offerings,
      },
    ];
  });
}

/** One per zone and capacity type, sorted by zone; nothing without a price. */
function offeringsOf(listing: Listing, resolved: ResolvedNodeClass): Offering[] {
  const { onDemandMicroUsdPerHour, spotMicroUsdPerHour, spotMicroUsdPerHourByZoneId } = listing;
  return [...resolved.subnets]
    .filter(({ zoneId }) => listing.zoneIds.has(zoneId))
    .sort((a, b) => compareText(a.zone, b.zone))
    .flatMap(({ zone, zoneId }) => {
      const spotPrice =
        spotMicroUsdPerHourByZoneId === undefined
          ? spotMicroUsdPerHour
          : spotMicroUsdPerHourByZoneId.get(zoneId);
      const prices = [
        ['on-demand', onDemandMicroUsdPerHour],
        ['spot', spotPrice],
      ] as const;
      return prices.flatMap(([capacityType, priceMicroUsdPerHour]) =>
        priceMicroUsdPerHour === undefined ? [] : [{ zone, zoneId, capacityType, priceMicroUsdPerHour }],
      );
    });
}

/**
 * Extended resources that device plugins and the VPC resource controller announce. On Windows the controller hands out the
 * addresses of one interface, less the interface's own.
 * Source: karpenter-provider-aws `pkg/providers/instancetype/types.go` (`computeCapacity`).
 */
function devicesOf(type: TypeFacts, { amiFamily }: NodeClass): ResourceList {
  const { gpu, accelerator } = type;
  const amounts: readonly (readonly [string, number | undefined])[] = [
    ['nvidia.com/gpu', gpu?.manufacturer === 'nvidia' ? gpu.count : undefined],
    ['amd.com/gpu', gpu?.manufacturer === 'amd' ? gpu.count : undefined],
    ['habana.ai/gaudi', gpu?.manufacturer === 'habana' ? gpu.count : undefined],
    ['aws.amazon.com/neuron', accelerator?.neurons],
    ['aws.amazon.com/neuroncore', accelerator?.neuronCores],
    ['vpc.amazonaws.com/efa', type.efas],
    ['vpc.amazonaws.com/pod-eni', type.podEnis],
    ['vpc.amazonaws.com/PrivateIPv4Address', isWindows(amiFamily) ? type.ipv4PerEni - 1 : undefined],
  ];
  return Object.fromEntries(
    amounts.filter((entry): entry is readonly [string, number] => (entry[1] ?? 0) > 0),
  );
}

/** Karpenter's rule goes by what the node announces: a share of a GPU, which is not counted, is not exotic. */
const isExotic = ({ bareMetal, gpu, accelerator }: TypeFacts): boolean =>
  bareMetal || (gpu?.count ?? 0) > 0 || (accelerator?.neurons ?? 0) > 0;
