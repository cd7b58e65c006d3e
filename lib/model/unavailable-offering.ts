import { type OfferingRef, offeringKey } from './offering.ts';

/** Remembers that an offering had no capacity. `step` counts consecutive failures and sets the back-off. */
export interface UnavailableOffering extends OfferingRef {
  /** Set when the failure speaks of this NodeClass's launches only: its image, profile, key or permissions. */
  readonly nodeClass?: string;
  readonly reason: string;
  readonly untilMs: number;
  readonly step: number;
}

/** Karpenter forgets after 3 minutes (`pkg/cache/cache.go`); each repetition doubles that, up to 48 minutes. */
export const UNAVAILABLE_BASE_MS = 3 * 60_000;
export const UNAVAILABLE_MAX_STEP = 4;
/** A failure this long after the last mark ended starts again at the first step. */
export const UNAVAILABLE_FORGET_MS = 60 * 60_000;

/** The mark after one more failure at `nowMs`. */
export function markUnavailable(
  previous: UnavailableOffering | undefined,
  ref: OfferingRef & { readonly nodeClass?: string },
  reason: string,
  nowMs: number,
): UnavailableOffering {
  const remembered = previous !== undefined && nowMs - previous.untilMs < UNAVAILABLE_FORGET_MS;
  // A second answer about a mark that still holds is the same shortage seen by another launch, not a repetition.
  if (remembered && nowMs < previous.untilMs) return previous;
  const step = remembered ? Math.min(previous.step + 1, UNAVAILABLE_MAX_STEP) : 0;
  const { instanceType, zone, capacityType, nodeClass } = ref;
  const scope = nodeClass === undefined ? {} : { nodeClass };
  return {
    instanceType,
    zone,
    capacityType,
    ...scope,
    reason,
    step,
    untilMs: nowMs + UNAVAILABLE_BASE_MS * 2 ** step,
  };
}

/** One mark is kept per offering, and per NodeClass where it speaks of one. */
export const markKey = (mark: OfferingRef & { readonly nodeClass?: string }): string =>
  mark.nodeClass === undefined ? offeringKey(mark) : `${mark.nodeClass}/${offeringKey(mark)}`;

/** `offeringKey`s that launches of a NodeClass should not ask for now. */
export function unavailableTo(
  nodeClass: string,
  marks: readonly UnavailableOffering[],
  nowMs: number,
): ReadonlySet<string> {
  const holds = marks.filter((mark) => mark.untilMs > nowMs);
  return new Set(holds.filter((mark) => (mark.nodeClass ?? nodeClass) === nodeClass).map(offeringKey));
}
