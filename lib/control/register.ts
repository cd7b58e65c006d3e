// Brings joined nodes from their first heartbeat to open, and their claims from Launched to Initialized. Called by the
// poller on every round. Each round takes at most one step per node; every step is one conditional patch that, made
// twice, changes nothing. The claim follows the node, so a crash between the two is mended by the next round.

import { assertNever } from '../model/assert-never.ts';
import { ConflictError } from '../model/errors.ts';
import { groupBy } from '../model/group-by.ts';
import type { ClaimName, InstanceId } from '../model/ids.ts';
import { ANNOTATION, LABEL, TAINT } from '../model/labels.ts';
import { instanceIdOfProviderId, type Node } from '../model/node.ts';
import { type NodeClaim, takesPods } from '../model/node-claim.ts';
import { nodeEvent } from '../model/object-event.ts';
import type { Pod } from '../model/pod.ts';
import type { ClaimSlots } from '../model/slots.ts';
import { compareText } from '../model/stable-json.ts';
import type { DaemonSet } from '../model/workload.ts';
import type { NodePatch } from '../ports/cluster.ts';
import { attractsOthers, waitingPods } from './attraction.ts';
import { slotsSettled } from './coverage.ts';
import { daemonSetsWithoutPod } from './daemon-room.ts';
import type { ControlDeps } from './deps.ts';
import { unmarkPatch } from './disrupted-mark.ts';
import { guarded } from './guarded.ts';
import { PARALLEL_WRITES, POD_EVENT_DEDUPE_MS, SLOT_LIMIT_MS } from './limits.ts';
import { hasTaint, type JoiningClaim, type NodeStep, nextNodeStep, pastSlotLimit } from './node-step.ts';
import { mapLimit } from './parallel.ts';

type RegisterDeps = Pick<ControlDeps, 'clock' | 'cluster' | 'claims' | 'events' | 'metrics'>;

export interface RegisterInput {
  readonly claims: readonly NodeClaim[];
  readonly items: readonly ClaimSlots[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly pods: ReadonlyMap<string, Pod>;
  /** Uids of pending pods that nodes were just asked for: a plan may be buying for them at this moment. */
  readonly asked: readonly string[];
  readonly daemonSets: readonly DaemonSet[];
  /** Nodes on which a pod was bound or ended since the last round. */
  readonly touched: ReadonlySet<string>;
  /** Stopped by a person (`stop: all`): nothing is written to nodes but that our taints and cordons come off. */
  readonly stopped: boolean;
}

/** One node with its claim. */
interface Joined {
  readonly node: Node;
  readonly claim: JoiningClaim;
}

/** Takes the step due for every joined node; gives the claims as they are now stored. */
export async function register(deps: RegisterDeps, input: RegisterInput): Promise<readonly NodeClaim[]> {
  const { stopped } = input;
  const { joined, restless } = joinNodes(input);
  const moving =
    input.touched.size === 0
      ? restless
      : joined.filter((pair) => input.touched.has(pair.node.name) || restless.includes(pair));
  if (moving.length === 0) return input.claims;
  const slots = groupBy(input.items, (item) => item.claim);
  const podsByNode = groupBy(input.pods.values(), (pod) => pod.nodeName);
  const waiting = waitingPods(input);
  const barrier = barrierPlans(joined, input.claims, deps.clock.nowMs());
  const followed = await mapLimit(moving, PARALLEL_WRITES, async ({ node, claim }) => {
    let stored: NodeClaim = claim;
    const look = async (): Promise<void> => {
      if (await tookStrayMark(deps, node, claim)) return;
      const here = podsByNode.get(node.name) ?? [];
      const missing = daemonSetsWithoutPod(input.daemonSets, node, here);
      const settled = slotsSettled(slots.get(claim.name) ?? []);
      // Asked only of a node about to drop its slot: it compares the node with every pod that waits elsewhere.
      const opens = settled && hasTaint(node, TAINT.slot);
      const due = nextNodeStep({
        node,
        claim,
        slotsSettled: settled,
        attractsOthers: opens && attractsOthers(node, claim.name, waiting, here, missing),
        daemonSetsBound: missing.length === 0,
        barrierOpen: barrier.has(claim.planId),
        nowMs: deps.clock.nowMs(),
      });
      const step = due !== undefined && stopped && !onlyRemoves(node, due.patch) ? undefined : due;
      if (step !== undefined && !(await applyStep(deps, node, claim, step))) return;
      stored = await followNode(deps, node, claim, step, input.touched.has(node.name));
    };
    await guarded(deps, `node ${node.name}`, look, { claim: claim.name });
    return stored;
  });
  if (followed.every((claim, index) => claim === moving[index]?.claim)) return input.claims;
  const byName = new Map(followed.map((claim) => [claim.name, claim]));
  return input.claims.map((claim) => byName.get(claim.name) ?? claim);
}

/**
 * Open and initialized, and the claim says so: nothing is due for it until one of the two changes. Most nodes are so for
 * most of their life, and the poller asks every second.
 */
const isAtRest = (node: Node, claim: JoiningClaim): boolean =>
  claim.phase === 'Initialized' &&
  claim.node.uid === node.uid &&
  node.labels[LABEL.claim] === claim.name &&
  node.labels[LABEL.initialized] === 'true' &&
  !(ANNOTATION.daemonSetsFirst in node.annotations) &&
  unmarkPatch(node) === undefined &&
  !hasTaint(node, TAINT.starting) &&
  !hasTaint(node, TAINT.slot);

/** Some joined node is still on its way to being open and initialized. */
export const someNodeMoves = (input: Joinable): boolean => joinNodes(input).restless.length > 0;

/** Claims past the limit of their slots: pods that are not there by now are not coming. */
export function closingClaims(input: Joinable, nowMs: number): ReadonlySet<ClaimName> {
  const past = joinNodes(input).joined.filter(({ node, claim }) => pastSlotLimit(node, claim, nowMs));
  return new Set(past.map(({ claim }) => claim.name));
}

type Joinable = Pick<RegisterInput, 'claims' | 'nodes'>;

/** Kept by what it was worked out of: the poller asks twice a round, and mostly nothing changed since the last one. */
const joins = new WeakMap<Joinable['claims'], Join>();

interface Join {
  readonly nodes: Joinable['nodes'];
  /** Sorted by the nodes' names. */
  readonly joined: readonly Joined[];
  /** Those among them that are not at rest. */
  readonly restless: readonly Joined[];
}

function joinNodes(input: Joinable): Join {
  const { claims, nodes } = input;
  const known = joins.get(claims);
  if (known?.nodes === nodes) return known;
  const joined = findJoined(input);
  const join = { nodes, joined, restless: joined.filter(({ node, claim }) => !isAtRest(node, claim)) };
  joins.set(claims, join);
  return join;
}

function findJoined(input: Joinable): readonly Joined[] {
  const byInstance = new Map<InstanceId, JoiningClaim>();
  for (const claim of input.claims) {
    const joining =
      claim.phase === 'Launched' || claim.phase === 'Registered' || claim.phase === 'Initialized';
    if (joining && claim.leave === undefined) byInstance.set(claim.launch.instanceId, claim);
  }
  const joined: Joined[] = [];
  for (const node of input.nodes.values()) {
    const instance = instanceIdOfProviderId(node.providerId);
    const claim = instance === undefined ? undefined : byInstance.get(instance as InstanceId);
    if (claim !== undefined && node.deletionAtMs === undefined) joined.push({ node, claim });
  }
  return joined.sort((a, b) => compareText(a.node.name, b.node.name));
}

/** Plans whose barrier opens: every live claim of the plan has a ready node, or the first has waited for the limit. */
function barrierPlans(
  joined: readonly Joined[],
  claims: readonly NodeClaim[],
  nowMs: number,
): ReadonlySet<string> {
  const ready = new Map(
    joined.filter(({ node }) => node.ready === 'True').map((pair) => [pair.claim.name, pair.node]),
  );
  const waiting = new Set<string>();
  const overdue = new Set<string>();
  const plans = new Set<string>();
  for (const claim of claims) {
    if (claim.placement !== 'barrier') continue;
    plans.add(claim.planId);
    const node = ready.get(claim.name);
    if (node === undefined) waiting.add(claim.planId);
    else if (nowMs - node.readySinceMs >= SLOT_LIMIT_MS) overdue.add(claim.planId);
  }
  return new Set([...plans].filter((plan) => !waiting.has(plan) || overdue.has(plan)));
}

/**
 * A drain delivery that was held up can mark a node whose leave was withdrawn meanwhile. The stored claim, read strongly,
 * decides: a drain writes its phase before its mark.
 */
async function tookStrayMark(deps: RegisterDeps, node: Node, claim: JoiningClaim): Promise<boolean> {
  const patch = unmarkPatch(node);
  if (patch === undefined) return false;
  const stored = await deps.claims.get(claim.name);
  if (stored === undefined || !takesPods(stored)) return true;
  await deps.cluster.patchNode(node.name, node.resourceVersion, patch);
  return true;
}

/** Nothing of the patch is new on the node: taints of ours go, a cordon ends, annotations go. */
const onlyRemoves = (
  node: Node,
  { labels, annotations = {}, taints = [], unschedulable }: NodePatch,
): boolean =>
  labels === undefined &&
  unschedulable !== true &&
  Object.values(annotations).every((value) => value === null) &&
  taints.every(({ key }) => hasTaint(node, key));

/** False when another writer came between: the next round sees its result. */
async function applyStep(
  deps: RegisterDeps,
  node: Node,
  claim: JoiningClaim,
  step: NodeStep,
): Promise<boolean> {
  const outcome = await deps.cluster.patchNode(node.name, node.resourceVersion, step.patch);
  if (outcome !== 'patched') return false;
  const message = sentence(step, node, claim);
  const reason = NODE_EVENTS[step.event];
  deps.events.emit({
    type: step.event,
    message,
    fields: { claim: claim.name, node: node.name },
    ...(reason === undefined ? {} : { objects: [nodeEvent(node, reason, message)] }),
  });
  return true;
}

/** Steps that people are told of at the node, by the reason they find there. */
const NODE_EVENTS: { readonly [E in NodeStep['event']]?: string } = {
  NodeRegistered: 'Registered',
  NodeOpened: 'Opened',
  NodeInitialized: 'Initialized',
};

function sentence(step: NodeStep, node: Node, claim: JoiningClaim): string {
  switch (step.event) {
    case 'NodeRegistered':
      return `node ${node.name} registered as ${claim.name} (${claim.launch.instanceType}, ${claim.launch.zone})`;
    case 'SlotSet':
      return `node ${node.name} holds its room for the pods planned onto it`;
    case 'NodeOpening':
      return `node ${node.name} cordoned for a moment: DaemonSets first`;
    case 'NodeOpened':
      return `node ${node.name} open to every pod`;
    case 'NodeInitialized':
      return `node ${node.name} initialized`;
    default:
      return assertNever(step.event);
  }
}

/** Writes what the node shows into the claim: its phase and the time of the last pod event. Gives the claim as stored. */
async function followNode(
  deps: RegisterDeps,
  node: Node,
  claim: JoiningClaim,
  step: NodeStep | undefined,
  touched: boolean,
): Promise<JoiningClaim> {
  const nowMs = deps.clock.nowMs();
  const advanced = advance(node, claim, step, nowMs);
  const podEvent = touched && nowMs - (claim.lastPodEventAtMs ?? 0) >= POD_EVENT_DEDUPE_MS;
  if (advanced === claim && !podEvent) return claim;
  const version = claim.version + 1;
  const next = podEvent ? { ...advanced, version, lastPodEventAtMs: nowMs } : { ...advanced, version };
  try {
    await deps.claims.update(next);
    return next;
  } catch (error) {
    // Someone else moved the claim; the next reading of claims shows what they wrote.
    if (error instanceof ConflictError) return claim;
    throw error;
  }
}

function advance(node: Node, claim: JoiningClaim, step: NodeStep | undefined, nowMs: number): JoiningClaim {
  const nodeRef = { name: node.name, uid: node.uid };
  const registered = step?.event === 'NodeRegistered' || node.labels[LABEL.registered] === 'true';
  const initialized = step?.event === 'NodeInitialized' || node.labels[LABEL.initialized] === 'true';
  if (claim.phase === 'Launched' && registered) {
    return { ...claim, phase: 'Registered', node: nodeRef, registeredAtMs: nowMs };
  }
  // A Node made anew under its name is another object: drains and looks must find this one.
  if (claim.phase !== 'Launched' && claim.node.uid !== node.uid) return { ...claim, node: nodeRef };
  if (claim.phase === 'Registered' && initialized) {
    return { ...claim, phase: 'Initialized', initializedAtMs: nowMs };
  }
  return claim;
}
