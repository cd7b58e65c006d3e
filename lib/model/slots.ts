import type { ClaimName, PlanId, PodUid } from './ids.ts';

/**
 * Which pods a plan meant for one claim: for a node it buys, one on its way, or one of ours that is open and had room. Put with the claim by the provisioner, if absent, one item per (claim, plan),
 * because a later plan may add pods to a node still in flight; from then on only the poller changes it.
 */
export interface ClaimSlots {
  readonly schemaVersion: 1;
  readonly claim: ClaimName;
  readonly planId: PlanId;
  readonly version: number;
  /** When its plan was committed. */
  readonly createdAtMs: number;
  readonly slots: readonly Slot[];
  /** When nothing was left that could happen to any of its slots. */
  readonly settledAtMs?: number;
}

/**
 * `planned`: the pod has no toleration yet · `tolerated`: it has · `bound`: it runs here as planned · `free`: its pod is
 * gone and a pod of the same owner and shape may take the place · `missed`: it ended elsewhere or found no room, with
 * the reason. A pod is covered by a live claim while its slot is planned or tolerated.
 */
export type SlotState = 'planned' | 'tolerated' | 'bound' | 'free' | 'missed';

export interface Slot {
  readonly podUid: PodUid;
  readonly namespace: string;
  readonly podName: string;
  readonly ownerUid?: string;
  /** Hash of the pod's scheduling specification (`shapeHash`). */
  readonly shapeHash: string;
  readonly state: SlotState;
  readonly missReason?: string;
}

/** The slot's pod is still on its way here. */
export const isWaiting = (slot: Slot): boolean => slot.state === 'planned' || slot.state === 'tolerated';

/** Something that happens in the cluster can still change one of its slots. */
export const isUnsettled = (item: ClaimSlots): boolean => item.settledAtMs === undefined;
