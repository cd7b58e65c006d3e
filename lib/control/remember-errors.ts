import { classifyFleetError } from '../model/fleet-error.ts';
import type { OfferingRef } from '../model/offering.ts';
import type { FleetError, FleetRequest } from '../model/plan.ts';
import { markKey, markUnavailable } from '../model/unavailable-offering.ts';
import type { ControlDeps } from './deps.ts';
import { PARALLEL_WRITES } from './limits.ts';
import { mapLimit } from './parallel.ts';

type AffectedOffering = OfferingRef & { readonly nodeClass?: string };

/**
 * Marks the offerings that an answer's errors speak of, with back-off. Throttling marks nothing. A quota speaks of every
 * override of the request; a subnet without addresses of every type in its zone; what a person has to mend speaks of the
 * request's NodeClass alone, so that other pools go on buying.
 */
export async function rememberErrors(
  deps: Pick<ControlDeps, 'clock' | 'unavailable' | 'metrics'>,
  request: FleetRequest,
  errors: readonly FleetError[],
): Promise<void> {
  if (errors.length === 0) return;
  const known = new Map((await deps.unavailable.list()).map((mark) => [markKey(mark), mark]));
  const affected = new Map<string, { readonly ref: AffectedOffering; readonly code: string }>();
  for (const error of errors) {
    for (const ref of affectedOfferings(request, error))
      affected.set(markKey(ref), { ref, code: error.code });
  }
  const nowMs = deps.clock.nowMs();
  await mapLimit([...affected], PARALLEL_WRITES, async ([key, { ref, code }]) => {
    deps.metrics.count('OfferingsUnavailable', 1, { reason: code });
    await deps.unavailable.put(markUnavailable(known.get(key), ref, code, nowMs));
  });
}

/** The offerings an error rules out for now. */
export function affectedOfferings(request: FleetRequest, error: FleetError): AffectedOffering[] {
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
  const scope = errorClass === 'configuration' ? { nodeClass: request.launchTemplate.nodeClass } : {};
  const { capacityType } = request;
  return affected.map(({ instanceType, zone }) => ({ instanceType, zone, capacityType, ...scope }));
}
