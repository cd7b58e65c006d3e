// Keeps the slots of claims true to the cluster: gives planned pods their toleration, sees them bound, hands the places
// of vanished pods to their successors. Called by the poller on every round; a second run changes nothing.

import { untoleratedTaint } from '../constraints/taints.ts';
import { assertNever } from '../model/assert-never.ts';
import { counted } from '../model/counted.ts';
import { ConflictError, DovetailError } from '../model/errors.ts';
import type { ClaimName, PodUid } from '../model/ids.ts';
import { TAINT } from '../model/labels.ts';
import { isLive, type NodeClaim, takesPods } from '../model/node-claim.ts';
import { podEvent } from '../model/object-event.ts';
import { isTerminal, type Pod, podKey } from '../model/pod.ts';
import { shapeHash } from '../model/shape.ts';
import { type ClaimSlots, isUnsettled, isWaiting, type Slot } from '../model/slots.ts';
import type { ControlDeps } from './deps.ts';
import { guarded } from './guarded.ts';
import { NOMINATION_MS, PARALLEL_WRITES, TOLERATIONS_FAILED_MAX } from './limits.ts';
import { mapLimit } from './parallel.ts';

type SteerDeps = Pick<ControlDeps, 'cluster' | 'slots' | 'events' | 'metrics'>;

/** What steering looks at. `closing` claims are past the limit of their slots: pods not there yet missed them. */
export interface SteerInput {
  readonly claims: readonly NodeClaim[];
  readonly items: readonly ClaimSlots[];
  readonly pods: ReadonlyMap<string, Pod>;
  readonly closing: ReadonlySet<ClaimName>;
  /** Pods that are not ours to serve get no toleration and inherit no place. */
  readonly isServed: (pod: Pod) => boolean;
  readonly nowMs: number;
}

/** Brings slots up to date; gives the items as they are now stored. */
export async function steer(deps: SteerDeps, input: SteerInput): Promise<readonly ClaimSlots[]> {
  const claims = new Map(input.claims.map((claim) => [claim.name, claim]));
  const stored = new Map<ClaimSlots, ClaimSlots>();
  // Most items are of nodes that have had their pods for long: those are not gone through at every round.
  const moving = input.items.filter(isUnsettled);
  const heirs = new Heirs(input, moving);
  const failures: Failures = new Map();
  await mapLimit(moving, PARALLEL_WRITES, async (item) => {
    const claim = claims.get(item.claim);
    if (claim === undefined || !isLive(claim)) return;
    // A later plan may have put pods onto a node whose own slots ended long ago: those still get their time.
    const closing = input.closing.has(claim.name) && input.nowMs - item.createdAtMs >= NOMINATION_MS;
    const observed = item.slots.map((slot) => observe(slot, claim, input.pods, closing));
    const mayInherit = takesPods(claim) && !input.closing.has(claim.name);
    const inherited = mayInherit ? observed.map((slot) => heirs.inherit(slot, claim)) : observed;
    const slots = await mapLimit(inherited, PARALLEL_WRITES, (slot) =>
      tolerate(deps, slot, claim, { ...input, failures }),
    );
    const open = mayInherit && slots.some(({ state }) => state === 'free');
    const settled = !open && !slots.some(isWaiting);
    stored.set(
      item,
      await store(deps, item, { slots, ...(settled ? { settledAtMs: input.nowMs } : {}) }, claim),
    );
  });
  for (const [first] of failures.values()) await guarded(deps, 'tolerations', () => Promise.reject(first));
  return input.items.map((item) => stored.get(item) ?? item);
}

/**
 * Why pods could not be patched for the moment, by namespace: a webhook that is down refuses all of one. After a few nobody
 * waits for more of them in this round, and the round goes on: that webhook's own pods may need the nodes it brings up.
 */
type Failures = Map<string, unknown[]>;

/** The slot's state as the cluster shows it; the toleration is not looked at. */
export function observe(
  slot: Slot,
  claim: NodeClaim,
  pods: ReadonlyMap<string, Pod>,
  closing: boolean,
): Slot {
  switch (slot.state) {
    case 'bound':
    case 'missed':
    case 'free':
      return slot;
    case 'planned':
    case 'tolerated': {
      const pod = pods.get(slot.podUid);
      if (pod === undefined || pod.deletionAtMs !== undefined || isTerminal(pod))
        return { ...slot, state: 'free' };
      if (pod.nodeName !== undefined) {
        // The node registered, but the claim does not say so yet: the next round knows.
        if (!('node' in claim)) return slot;
        return claim.node?.name === pod.nodeName
          ? { ...slot, state: 'bound' }
          : missed(slot, 'bound to another node');
      }
      if (closing) return missed(slot, pod.unschedulable?.message ?? 'not scheduled before the limit');
      return slot;
    }
    default:
      return assertNever(slot.state);
  }
}

const missed = (slot: Slot, missReason: string): Slot => ({ ...slot, state: 'missed', missReason });

/** Pods without coverage that may take the place of a vanished pod of the same owner and shape. */
class Heirs {
  readonly #waiting = new Map<string, Pod[]>();

  constructor(input: SteerInput, moving: readonly ClaimSlots[]) {
    const free = new Set(
      moving.flatMap((item) => item.slots.filter((slot) => mayBecomeFree(slot, input.pods)).map(placeKey)),
    );
    if (free.size === 0) return;
    const taken = new Set<PodUid>(input.items.flatMap((item) => item.slots.map((slot) => slot.podUid)));
    for (const pod of input.pods.values()) {
      if (pod.owner === undefined || pod.nodeName !== undefined || pod.deletionAtMs !== undefined) continue;
      if (taken.has(pod.uid) || !isSteerable(pod) || !input.isServed(pod)) continue;
      const key = placeKey({ ownerUid: pod.owner.uid, shapeHash: shapeHash(pod) });
      if (!free.has(key)) continue;
      const list = this.#waiting.get(key);
      if (list === undefined) this.#waiting.set(key, [pod]);
      else list.push(pod);
    }
  }

  /**
   * A successor is younger than the plan. An older pending pod may be planned for another claim of the same plan whose
   * slots are just being written.
   */
  inherit(slot: Slot, claim: NodeClaim): Slot {
    if (slot.state !== 'free' || slot.ownerUid === undefined) return slot;
    const waiting = this.#waiting.get(placeKey(slot)) ?? [];
    const index = waiting.findIndex((pod) => pod.createdAtMs >= claim.createdAtMs);
    const [heir] = index < 0 ? [] : waiting.splice(index, 1);
    if (heir === undefined) return slot;
    return { ...slot, podUid: heir.uid, namespace: heir.namespace, podName: heir.name, state: 'planned' };
  }
}

const placeKey = (slot: { readonly ownerUid?: string; readonly shapeHash: string }): string =>
  `${slot.ownerUid}/${slot.shapeHash}`;

function mayBecomeFree(slot: Slot, pods: ReadonlyMap<string, Pod>): boolean {
  if (slot.state === 'free') return true;
  if (!isWaiting(slot)) return false;
  const pod = pods.get(slot.podUid);
  return pod === undefined || pod.deletionAtMs !== undefined || isTerminal(pod);
}

/** Pods that a slot can steer: not gated, not nominated by a preemption, and kube-scheduler's own. */
export const isSteerable = (pod: Pod): boolean =>
  pod.spec.schedulingGates.length === 0 &&
  pod.nominatedNodeName === undefined &&
  pod.spec.schedulerName === 'default-scheduler';

async function tolerate(
  deps: SteerDeps,
  slot: Slot,
  claim: NodeClaim,
  { pods, isServed, failures }: SteerInput & { readonly failures: Failures },
): Promise<Slot> {
  const failed = failures.get(slot.namespace) ?? [];
  if (
    failed.length >= TOLERATIONS_FAILED_MAX ||
    slot.state !== 'planned' ||
    claim.placement !== 'slot' ||
    claim.phase === 'Planned' ||
    !takesPods(claim)
  ) {
    return slot;
  }
  const pod = pods.get(slot.podUid);
  if (pod === undefined || !isSteerable(pod) || !isServed(pod)) return slot;
  const toleration = { key: TAINT.slot, operator: 'Equal', value: claim.name, effect: 'NoSchedule' } as const;
  // One that tolerates everything tolerates its slot already.
  const taint = { key: TAINT.slot, value: claim.name, effect: 'NoSchedule' } as const;
  if (untoleratedTaint([taint], pod.spec.tolerations) === undefined) return { ...slot, state: 'tolerated' };
  try {
    const outcome = await deps.cluster.addToleration(pod, toleration);
    return outcome === 'gone' ? { ...slot, state: 'free' } : { ...slot, state: 'tolerated' };
  } catch (error) {
    if (!(error instanceof DovetailError) || error.retry === 'same-request') {
      failures.set(slot.namespace, [...(failures.get(slot.namespace) ?? []), error]);
      return slot;
    }
    // A webhook or a policy refuses this pod. It can still run here once the node opens; the others are steered.
    return missed(slot, `its toleration was refused: ${error.message}`);
  }
}

/** Writes the slots if they changed or just settled. A lost race is left to the next round, which reads the winner. */
async function store(
  deps: SteerDeps,
  item: ClaimSlots,
  found: Pick<ClaimSlots, 'slots' | 'settledAtMs'>,
  claim: NodeClaim,
): Promise<ClaimSlots> {
  const same = found.slots.every((slot, index) => slot === item.slots[index]);
  if (same && found.settledAtMs === item.settledAtMs) return item;
  const next: ClaimSlots = { ...item, ...found, version: item.version + 1 };
  try {
    await deps.slots.update(next);
  } catch (error) {
    if (error instanceof ConflictError) return item;
    throw error;
  }
  report(deps, item, next, claim);
  return next;
}

function report(deps: SteerDeps, before: ClaimSlots, after: ClaimSlots, claim: NodeClaim): void {
  const turned = (state: Slot['state']): Slot[] =>
    after.slots.filter((slot, index) => {
      const was = before.slots[index];
      return slot.state === state && (was?.state !== state || was.podUid !== slot.podUid);
    });
  const dimensions = { nodePool: claim.nodePool.name };
  const nominated = turned('tolerated');
  if (nominated.length > 0) {
    const node = 'node' in claim && claim.node !== undefined ? `, node/${claim.node.name}` : '';
    const message = `Pod should schedule on: nodeclaim/${claim.name}${node}`;
    deps.events.emit({
      type: 'PodsNominated',
      message: `${counted(nominated.length, 'pod')} steered to ${claim.name}`,
      fields: { claim: claim.name, pods: nominated.length },
      objects: nominated.map(({ namespace, podName: name, podUid: uid }) =>
        podEvent({ namespace, name, uid }, 'Normal', 'Nominated', message),
      ),
    });
  }
  const bound = turned('bound');
  if (bound.length > 0) {
    deps.metrics.count('PlannedPodsBound', bound.length, dimensions);
    deps.events.emit({
      type: 'PodsBound',
      message: `${counted(bound.length, 'pod')} bound as planned on ${claim.name}`,
      fields: {
        claim: claim.name,
        pods: bound.map((slot) => podKey({ namespace: slot.namespace, name: slot.podName })),
      },
    });
  }
  for (const slot of turned('missed')) {
    deps.metrics.count('PlannedPodsMissed', 1, dimensions);
    deps.events.emit({
      type: 'PlannedPodMissed',
      message: `${slot.namespace}/${slot.podName} did not come to ${claim.name}: ${slot.missReason}`,
      fields: { claim: claim.name, podUid: slot.podUid, reason: slot.missReason },
    });
  }
}
