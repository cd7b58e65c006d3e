// The next change a node needs on its way from its first heartbeat to being open for everybody. Pure; `register` applies
// it. docs/placement.md tells the story in order: starting taint -> slot -> (cordon for DaemonSets) -> open.
import { ANNOTATION, LABEL, TAINT } from '../model/labels.ts';
import type { Node } from '../model/node.ts';
import type { InitializedClaim, LaunchedClaim, RegisteredClaim } from '../model/node-claim.ts';
import type { Taint } from '../model/taint.ts';
import type { NodePatch } from '../ports/cluster.ts';
import { DAEMONSETS_FIRST_MS, DEVICE_PLUGIN_LIMIT_MS, NOT_READY_LIMIT_MS, SLOT_LIMIT_MS } from './limits.ts';

export type JoiningClaim = LaunchedClaim | RegisteredClaim | InitializedClaim;

export interface NodeStepInput {
  readonly node: Node;
  readonly claim: JoiningClaim;
  /** Every planned pod is bound, gone or missed. */
  readonly slotsSettled: boolean;
  /** A pod planned for another node would come here if this one opened now. */
  readonly attractsOthers: boolean;
  /** Every DaemonSet pod that belongs on this node and does not tolerate the slot is bound to it. */
  readonly daemonSetsBound: boolean;
  /** For placement `barrier`: every node of the plan is ready, or the wait is over. */
  readonly barrierOpen: boolean;
  readonly nowMs: number;
}

export interface NodeStep {
  readonly patch: NodePatch;
  readonly event: 'NodeRegistered' | 'SlotSet' | 'NodeOpening' | 'NodeOpened' | 'NodeInitialized';
}

/** The one change that is due, or undefined. Applying it and asking again gives the next. */
export function nextNodeStep(input: NodeStepInput): NodeStep | undefined {
  if (input.node.labels[LABEL.claim] !== input.claim.name) return registerStep(input);
  return startingStep(input) ?? daemonSetsFirstStep(input) ?? slotStep(input) ?? initializedStep(input);
}

/** Labels, annotations and taints of the claim in one patch; the startup taint becomes the slot where nothing forbids it. */
function registerStep({ node, claim }: NodeStepInput): NodeStep {
  const labels = {
    ...claim.labels,
    ...claim.launch.labels,
    [LABEL.nodePool]: claim.nodePool.name,
    [LABEL.nodeClass]: claim.nodeClass.name,
    [LABEL.capacityType]: claim.launch.capacityType,
    [LABEL.zone]: claim.launch.zone,
    [LABEL.instanceType]: claim.launch.instanceType,
    [LABEL.claim]: claim.name,
    [LABEL.registered]: 'true',
  };
  const taints = withTaints(node.taints, claim.taints);
  const swapped = swapsAtRegistration(claim) ? swapStarting(taints, claim) : taints;
  return { patch: { labels, annotations: claim.annotations, taints: swapped }, event: 'NodeRegistered' };
}

/**
 * Slot and open nodes drop the startup taint at once. A barrier keeps it until all nodes are ready; a node whose planned
 * pods need what a DaemonSet brings keeps it until it is ready and can be cordoned for that DaemonSet.
 */
const swapsAtRegistration = (claim: JoiningClaim): boolean =>
  claim.placement === 'off' || (claim.placement === 'slot' && !waitsForDevices(claim));

/** What is requested of extended resources must be shown by the node first; startup taints are removed by DaemonSets. */
const waitsForDevices = (claim: JoiningClaim): boolean =>
  claim.startupTaints.length > 0 || extendedResources(claim).length > 0;

const extendedResources = (claim: JoiningClaim): string[] =>
  Object.keys(claim.requests).filter((name) => name.includes('/') && (claim.requests[name] ?? 0) > 0);

function startingStep(input: NodeStepInput): NodeStep | undefined {
  const { node, claim, barrierOpen, nowMs } = input;
  if (!hasTaint(node, TAINT.starting)) return undefined;
  if (swapsAtRegistration(claim)) {
    return { patch: { taints: swapStarting(node.taints, claim) }, event: 'SlotSet' };
  }
  const waits = claim.placement === 'barrier' ? !barrierOpen : node.ready !== 'True';
  if (waits) return undefined;
  const taints = without(node.taints, TAINT.starting);
  // A barrier node has no slot to come: it opens here, like a slotted one, after its DaemonSets.
  if (claim.placement === 'barrier') return openingStep(input, taints);
  const annotations = { [ANNOTATION.daemonSetsFirst]: String(nowMs) };
  return { patch: { taints, unschedulable: true, annotations }, event: 'NodeOpening' };
}

/** A node cordoned by us: for devices, before its slot; or for DaemonSets, after it. */
function daemonSetsFirstStep({
  node,
  claim,
  daemonSetsBound,
  slotsSettled,
  nowMs,
}: NodeStepInput): NodeStep | undefined {
  const since = Number(node.annotations[ANNOTATION.daemonSetsFirst]);
  if (!Number.isFinite(since)) return undefined;
  const annotations = { [ANNOTATION.daemonSetsFirst]: null };
  const slotted = claim.placement === 'slot';
  const beforeSlot = slotted && waitsForDevices(claim) && !slotsSettled && !pastSlotLimit(node, claim, nowMs);
  if (beforeSlot) {
    const shown = devicesShown(node, claim) && !hasStartupTaint(node, claim);
    if (!shown && nowMs - since < DEVICE_PLUGIN_LIMIT_MS) return undefined;
    const taints = [...without(node.taints, TAINT.slot), slotTaint(claim)];
    return { patch: { taints, unschedulable: false, annotations }, event: 'SlotSet' };
  }
  if (!daemonSetsBound && nowMs - since < DAEMONSETS_FIRST_MS) return undefined;
  return { patch: { unschedulable: false, annotations }, event: 'NodeOpened' };
}

const devicesShown = (node: Node, claim: JoiningClaim): boolean =>
  extendedResources(claim).every((name) => (node.allocatable[name] ?? 0) > 0);

const hasStartupTaint = (node: Node, claim: JoiningClaim): boolean =>
  claim.startupTaints.some((startup) => node.taints.some((taint) => sameTaint(taint, startup)));

/**
 * The slot comes off when its pods are there and nobody else's would come, or when its limit has passed; with the node
 * cordoned if DaemonSets are missing.
 */
function slotStep({
  node,
  claim,
  slotsSettled,
  attractsOthers,
  daemonSetsBound,
  nowMs,
}: NodeStepInput): NodeStep | undefined {
  if (!hasTaint(node, TAINT.slot) || node.ready !== 'True') return undefined;
  if ((!slotsSettled || attractsOthers) && !pastSlotLimit(node, claim, nowMs)) return undefined;
  return openingStep({ node, daemonSetsBound, nowMs }, without(node.taints, TAINT.slot));
}

/** Opens the node with these taints, through a moment's cordon where DaemonSets still lack their room. */
function openingStep(
  { node, daemonSetsBound, nowMs }: Pick<NodeStepInput, 'node' | 'daemonSetsBound' | 'nowMs'>,
  taints: readonly Taint[],
): NodeStep {
  // A cordon that is not ours stays a person's decision: the node opens without the moment for DaemonSets.
  if (daemonSetsBound || node.unschedulable) return { patch: { taints }, event: 'NodeOpened' };
  const annotations = { [ANNOTATION.daemonSetsFirst]: String(nowMs) };
  return { patch: { taints, unschedulable: true, annotations }, event: 'NodeOpening' };
}

/**
 * Absolute: counted from the first time the node was ready and its slot could be on, so that a flapping node cannot hold
 * its pods for ever, and one that registers late does not lose them before they could come. One that does not become
 * ready gives them up too. Waiting for a device plugin is part of becoming usable and is added.
 */
export function pastSlotLimit(node: Node, claim: JoiningClaim, nowMs: number): boolean {
  if (claim.phase === 'Launched') return false;
  if (claim.phase === 'Registered' && node.ready !== 'True')
    return nowMs - claim.registeredAtMs >= NOT_READY_LIMIT_MS;
  const sinceMs =
    claim.phase === 'Initialized' ? claim.initializedAtMs : Math.max(node.readySinceMs, claim.registeredAtMs);
  const limitMs = waitsForDevices(claim) ? SLOT_LIMIT_MS + DEVICE_PLUGIN_LIMIT_MS : SLOT_LIMIT_MS;
  return nowMs - sinceMs >= limitMs;
}

/** Karpenter's rule for Initialized: ready, startup and known ephemeral taints gone, requested devices shown. */
export function isInitialized(node: Node, claim: JoiningClaim): boolean {
  const ephemeral = node.taints.some((taint) => isEphemeralTaint(taint));
  return node.ready === 'True' && !ephemeral && !hasStartupTaint(node, claim) && devicesShown(node, claim);
}

function initializedStep({ node, claim }: NodeStepInput): NodeStep | undefined {
  if (node.labels[LABEL.initialized] === 'true' || !isInitialized(node, claim)) return undefined;
  return { patch: { labels: { [LABEL.initialized]: 'true' } }, event: 'NodeInitialized' };
}

/** Taints a joining node carries for a while (karpenter `pkg/scheduling/taints.go`), and our own startup taint. */
export const isEphemeralTaint = (taint: Taint): boolean =>
  taint.key === 'node.kubernetes.io/not-ready' ||
  taint.key === 'node.kubernetes.io/unreachable' ||
  taint.key === 'node.cloudprovider.kubernetes.io/uninitialized' ||
  taint.key === TAINT.starting ||
  taint.key.startsWith('readiness.k8s.io/');

export const hasTaint = (node: Node, key: string): boolean => node.taints.some((taint) => taint.key === key);

const sameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

const without = (taints: readonly Taint[], key: string): Taint[] =>
  taints.filter((taint) => taint.key !== key);

const slotTaint = (claim: JoiningClaim): Taint => ({
  key: TAINT.slot,
  value: claim.name,
  effect: 'NoSchedule',
});

function swapStarting(taints: readonly Taint[], claim: JoiningClaim): Taint[] {
  const rest = without(taints, TAINT.starting);
  return claim.placement === 'slot' ? [...without(rest, TAINT.slot), slotTaint(claim)] : rest;
}

function withTaints(taints: readonly Taint[], wanted: readonly Taint[]): Taint[] {
  return [...taints, ...wanted.filter((taint) => !taints.some((present) => sameTaint(present, taint)))];
}
