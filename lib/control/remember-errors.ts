import { classifyFleetError } from '../model/fleet-error.ts';
import { type OfferingRef, offeringKey } from '../model/offering.ts';
import type { FleetError, FleetRequest } from '../model/plan.ts';
import { markUnavailable } from '../model/unavailable-offering.ts';
import type { ControlDeps } from './deps.ts';

/**
 * Marks the offerings that an answer's errors speak of, with back-off. Throttling marks nothing. A quota speaks of every
 * override of the request; a subnet without addresses of every type in its zone.
 */
export async function rememberErrors(
  deps: Pick<ControlDeps, 'clock' | 'unavailable' | 'metrics'>,
  request: FleetRequest,
  errors: readonly FleetError[],
): Promise<void> {
  if (errors.length === 0) return;
  const known = new Map((await deps.unavailable.list()).map((mark) => [offeringKey(mark), mark]));
  const marked = new Set<string>();
  for (const error of errors) {
    for (const ref of affectedOfferings(request, error)) {
      const key = offeringKey(ref);
      if (marked.has(key)) continue;
      marked.add(key);
      await deps.unavailable.put(markUnavailable(known.get(key), ref, error.code, deps.clock.nowMs()));
      deps.metrics.count('OfferingsUnavailable', 1, { reason: error.code });
    }
  }
}

/** The offerings an error rules out for now. */
export function affectedOfferings(request: FleetRequest, error: FleetError): OfferingRef[] {
  const errorClass = classifyFleetError(error.code);
  if (errorClass === 'throttle') return [];
  const named = request.overrides.filter(
    (override) =>
      (errorClass === 'subnet' ||
        error.instanceType === undefined ||
        override.instanceType === error.instanceType) &&
      (error.zone === undefined || override.zone === error.zone),
  );
  const affected = errorClass === 'quota' ? request.overrides : named;
  return affected.map(({ instanceType, zone }) => ({
    instanceType,
    zone,
    capacityType: request.capacityType,
  }));
}
