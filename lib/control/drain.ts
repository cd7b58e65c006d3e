// Takes nodes that are to leave through their last steps: taint, wait, look, terminate, clean up. Woken by
// `DrainRequest`s and by EC2's state changes. It never sleeps: each step ends by sending the next as a delayed message.
// Second delivery: every step starts from the stored phase and is conditional. Crash: the reconciler sends the request
// again when the claim did not move for a minute. Transient failures throw and are redelivered.

import type { DrainRequest } from '../messages/drain-request.ts';
import type { InstanceStateChanged } from '../messages/instance-state-changed.ts';
import { assertNever } from '../model/assert-never.ts';
import { counted } from '../model/counted.ts';
import { ConflictError, DovetailError } from '../model/errors.ts';
import { claimName, instanceId } from '../model/ids.ts';
import { LABEL } from '../model/labels.ts';
import {
  coreOf,
  type DrainingClaim,
  type InitializedClaim,
  isLive,
  type LaunchedClaim,
  type NodeClaim,
  type RegisteredClaim,
  type TerminatingClaim,
} from '../model/node-claim.ts';
import { nodeEvent } from '../model/object-event.ts';
import { isDaemonSetPod, isMirrorPod, isTerminal } from '../model/pod.ts';
import type { ControlDeps } from './deps.ts';
import { markDisrupted, unmarkDisrupted } from './disrupted-mark.ts';
import { askToLeave } from './leave.ts';
import { DRAIN_MAX_HOPS, DRAIN_SETTLE_MS, TERMINATE_POLL_MS } from './limits.ts';

export type DrainDeps = Pick<
  ControlDeps,
  'clock' | 'cluster' | 'fleet' | 'claims' | 'drainQueue' | 'events' | 'metrics'
>;

/** Takes the next step of a claim's leave and schedules the one after. */
export async function drain(deps: DrainDeps, message: DrainRequest): Promise<void> {
  const claim = await deps.claims.get(claimName(message.claim));
  if (claim === undefined) return;
  try {
    const delayMs = await step(deps, claim);
    if (delayMs === undefined) return;
    if (message.hop >= DRAIN_MAX_HOPS) {
      deps.metrics.count('DrainHopsExhausted', 1);
      return;
    }
    await deps.drainQueue.send({ ...message, hop: message.hop + 1 }, delayMs);
  } catch (error) {
    // Another delivery took this step; its own chain goes on.
    if (error instanceof ConflictError) return;
    if (!(error instanceof DovetailError) || error.retry === 'same-request') throw error;
    // Refused for good, as by termination protection: said aloud, acknowledged, and tried again by the next sweep.
    deps.metrics.count('DrainStepsRefused', 1, { code: error.code });
    const fields = { claim: claim.name, code: error.code };
    deps.events.emit({
      type: 'DrainRefused',
      message: `${claim.name} cannot go on leaving: ${error.message}`,
      fields,
    });
  }
}

/** EC2 says that an instance stops or ended. Instances that are not ours, and states of a start, are acknowledged. */
export async function instanceStateChanged(deps: DrainDeps, event: InstanceStateChanged): Promise<void> {
  const { state } = event.detail;
  if (state === 'pending' || state === 'running') return;
  const name = await deps.claims.claimOfInstance(instanceId(event.detail['instance-id']));
  const claim = name === undefined ? undefined : await deps.claims.get(name);
  // A terminating claim's own steps look at the instance every few seconds.
  if (claim === undefined || !isLive(claim) || claim.phase === 'Planned' || claim.phase === 'Terminating')
    return;
  // Each state on the way down is told; the first counts.
  if (claim.leave?.severity !== 'lost') {
    deps.metrics.count('Interruptions', 1, { detailType: event['detail-type'] });
  }
  await askToLeave(deps, claim, {
    reason: 'InstanceTerminated',
    severity: 'lost',
    requestedAtMs: deps.clock.nowMs(),
  });
}

/** Does what the phase asks for; gives the delay before the next look, or undefined when there is none. */
async function step(deps: DrainDeps, claim: NodeClaim): Promise<number | undefined> {
  switch (claim.phase) {
    case 'Planned':
    case 'LaunchFailed':
      return undefined;
    case 'Launched':
    case 'Registered':
    case 'Initialized':
      return claim.leave === undefined ? undefined : startDraining(deps, claim);
    case 'Draining':
      return goOnDraining(deps, claim);
    case 'Terminating':
      return finish(deps, claim);
    case 'Terminated':
      await deleteNode(deps, claim);
      return undefined;
    default:
      return assertNever(claim);
  }
}

/** The phase comes before the taint: a delivery that lost the claim never taints, and the next step makes sure of it. */
async function startDraining(
  deps: DrainDeps,
  claim: LaunchedClaim | RegisteredClaim | InitializedClaim,
): Promise<number> {
  if (claim.leave?.severity === 'lost' || !('node' in claim)) return terminate(deps, claim);
  const nowMs = deps.clock.nowMs();
  await deps.claims.update({
    ...claim,
    version: claim.version + 1,
    phase: 'Draining',
    drainingAtMs: nowMs,
    stepAtMs: nowMs,
  });
  await markDisrupted(deps, claim.node, claim.name);
  deps.events.emit({
    type: 'NodeDraining',
    message: `node ${claim.node.name} is closed to new pods: ${claim.leave?.reason}`,
    fields: { claim: claim.name, node: claim.node.name },
    objects: [nodeEvent(claim.node, 'DisruptionTerminating', `Disrupting Node: ${claim.leave?.reason}`)],
  });
  return DRAIN_SETTLE_MS;
}

/**
 * Looks at the node itself after pods that were just being bound had time to show. A voluntary leave ends where pods
 * came meanwhile; another waits for its pods until its deadline.
 */
async function goOnDraining(deps: DrainDeps, claim: DrainingClaim): Promise<number | undefined> {
  const nowMs = deps.clock.nowMs();
  const overdue = claim.leave?.deadlineMs !== undefined && nowMs >= claim.leave.deadlineMs;
  if (claim.leave?.severity === 'lost' || overdue || claim.node === undefined) return terminate(deps, claim);
  const newlyMarked = await markDisrupted(deps, claim.node, claim.name);
  const settleMs = newlyMarked ? DRAIN_SETTLE_MS : claim.drainingAtMs + DRAIN_SETTLE_MS - nowMs;
  if (settleMs > 0) return settleMs;
  const pods = await deps.cluster.podsOnNode(claim.node.name);
  const waiting = pods.filter((pod) => !isDaemonSetPod(pod) && !isMirrorPod(pod) && !isTerminal(pod));
  if (waiting.length === 0) return terminate(deps, claim);
  if (claim.leave?.severity === 'voluntary') return withdraw(deps, claim, waiting.length);
  await deps.claims.update({ ...claim, version: claim.version + 1, stepAtMs: nowMs });
  return TERMINATE_POLL_MS;
}

async function withdraw(deps: DrainDeps, claim: DrainingClaim, pods: number): Promise<undefined> {
  const { leave: _, ...core } = coreOf(claim);
  const { launch, node, registeredAtMs, initializedAtMs } = claim;
  if (node === undefined || registeredAtMs === undefined) return undefined;
  const nowMs = deps.clock.nowMs();
  const back = { ...core, version: claim.version + 1, launch, node, registeredAtMs, lastPodEventAtMs: nowMs };
  await unmarkDisrupted(deps, node);
  await deps.claims.update(
    initializedAtMs === undefined
      ? { ...back, phase: 'Registered' }
      : { ...back, phase: 'Initialized', initializedAtMs },
  );
  deps.events.emit({
    type: 'LeaveWithdrawn',
    message: `node ${node.name} stays: ${counted(pods, 'pod')} came to it meanwhile`,
    fields: { claim: claim.name, node: node.name, pods },
    objects: [
      nodeEvent(node, 'DisruptionWithdrawn', `Node stays: ${counted(pods, 'pod')} came to it meanwhile`),
    ],
  });
}

/** The phase comes before the call: once written, nothing leads back, and the call is repeated until EC2 obeyed. */
async function terminate(
  deps: DrainDeps,
  claim: LaunchedClaim | RegisteredClaim | InitializedClaim | DrainingClaim,
): Promise<number> {
  const nowMs = deps.clock.nowMs();
  const node = 'node' in claim ? claim.node : undefined;
  const terminating: TerminatingClaim = {
    ...coreOf(claim),
    version: claim.version + 1,
    phase: 'Terminating',
    launch: claim.launch,
    ...(node === undefined ? {} : { node }),
    terminatingAtMs: nowMs,
    stepAtMs: nowMs,
  };
  await deps.claims.update(terminating);
  await deps.fleet.terminate([claim.launch.instanceId]);
  deps.events.emit({
    type: 'InstanceTerminating',
    message: `instance ${claim.launch.instanceId} of ${claim.name} is being terminated: ${claim.leave?.reason}`,
    fields: { claim: claim.name, instanceId: claim.launch.instanceId },
  });
  return TERMINATE_POLL_MS;
}

async function finish(deps: DrainDeps, claim: TerminatingClaim): Promise<number | undefined> {
  const [instance] = await deps.fleet.describe([claim.launch.instanceId]);
  // The first call may have been lost with its function; an instance not shown may be too young to be.
  const ending = instance?.state === 'shutting-down' || instance?.state === 'terminated';
  if (!ending) await deps.fleet.terminate([claim.launch.instanceId]);
  const nowMs = deps.clock.nowMs();
  if (instance !== undefined && instance.state !== 'terminated') {
    await deps.claims.update({ ...claim, version: claim.version + 1, stepAtMs: nowMs });
    return TERMINATE_POLL_MS;
  }
  await deleteNode(deps, claim);
  await deps.claims.update({
    ...coreOf(claim),
    version: claim.version + 1,
    phase: 'Terminated',
    launch: claim.launch,
    ...(claim.node === undefined ? {} : { node: claim.node }),
    terminatedAtMs: nowMs,
  });
  deps.events.emit({
    type: 'ClaimEnded',
    message: `${claim.name} has ended (${claim.leave?.reason})`,
    fields: { claim: claim.name },
  });
  return undefined;
}

/** The Node may have joined after the claim last saw it, so it is looked for by name and judged by its label. */
async function deleteNode(deps: DrainDeps, claim: Pick<TerminatingClaim, 'name' | 'node'>): Promise<void> {
  if (claim.node === undefined) return;
  const node = await deps.cluster.node(claim.node.name);
  if (node === undefined || node.labels[LABEL.claim] !== claim.name) return;
  await deps.cluster.deleteNode(node.name, node.uid);
}
