import type { MemorySlotStore } from '../../adapters/memory/slots.ts';
import type { Checker, Evidence } from './checker.ts';
import { noUnexpectedError } from './failures.ts';
import { noDoubleLaunch, noOrphanInstance, oneClaimPerInstance } from './instances.ts';
import { limitsHold, noNodeOvercommitted } from './limits.ts';
import { endsEmpty, moneyAccounted } from './money.ts';
import { everyPodPlacedOrExplained, noPodBoughtTwice } from './pods.ts';
import { marksComeOff, noClaimStuck } from './progress.ts';

/** Every property of a run, in the order in which the summary tells them. */
export function makeCheckers(
  evidence: Evidence,
  slots: MemorySlotStore,
  failures: readonly unknown[],
  mustEndEmpty: boolean,
): readonly Checker[] {
  return [
    everyPodPlacedOrExplained(evidence),
    noPodBoughtTwice(evidence, () => slots.live()),
    noNodeOvercommitted(evidence),
    limitsHold(evidence),
    noDoubleLaunch(evidence),
    oneClaimPerInstance(evidence),
    noOrphanInstance(evidence),
    noClaimStuck(evidence),
    marksComeOff(evidence),
    moneyAccounted(evidence),
    noUnexpectedError(failures),
    ...(mustEndEmpty ? [endsEmpty(evidence)] : []),
  ];
}
