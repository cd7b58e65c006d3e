// The nodes that new pods may be planned onto: open nodes of the cluster, and claims whose node is still on its way. Pure.
import { groupBy } from '../model/group-by.ts';
import { LABEL, TAINT } from '../model/labels.ts';
import { instanceIdOfProviderId, type Node } from '../model/node.ts';
import { type NodeClaim, type TakingClaim, takesPods } from '../model/node-claim.ts';
import { isTerminal, type Pod } from '../model/pod.ts';
import type { ResourceList } from '../model/resources.ts';
import { type ClaimSlots, isWaiting, type Slot } from '../model/slots.ts';
import type { ClusterState, Snapshot } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';
import type { Taint } from '../model/taint.ts';
import type { PlanningNode } from '../planning/types.ts';
import { hasTaint, isEphemeralTaint } from './node-step.ts';

export interface PlanningNodes {
  /** Initialized nodes first, then by name: Karpenter's order. */
  readonly nodes: readonly PlanningNode[];
  /** Claims behind these nodes, by planning name; nodes that others brought have none. */
  readonly claims: ReadonlyMap<string, NodeClaim>;
}

export function planningNodes(
  { cluster, takenAtMs }: Pick<Snapshot, 'cluster' | 'takenAtMs'>,
  claims: readonly NodeClaim[],
  items: readonly ClaimSlots[],
): PlanningNodes {
  const world = new World(cluster, items);
  const claimOf = new Map<string, NodeClaim>();
  const nodes: PlanningNode[] = [];
  const ours = new Set<string>();
  for (const claim of [...claims].sort((a, b) => compareText(a.name, b.name))) {
    const node = world.nodeOf(claim);
    if (node !== undefined) ours.add(node.name);
    if (!takesPods(claim)) continue;
    const open = node !== undefined && isOpen(node);
    if (world.awaitsUnknown(claim) || (!open && !comesBySlot(claim, node, takenAtMs))) continue;
    const planningNode = open ? world.openNode(node, claim) : world.slottedNode(claim, node);
    nodes.push(planningNode);
    claimOf.set(planningNode.name, claim);
  }
  for (const node of cluster.nodes) {
    if (!ours.has(node.name) && isOpen(node) && !(LABEL.claim in node.labels))
      nodes.push(world.openNode(node, undefined));
  }
  const rank = (node: PlanningNode): number => (node.inFlight ? 1 : 0);
  return { nodes: nodes.sort((a, b) => rank(a) - rank(b) || compareText(a.name, b.name)), claims: claimOf };
}

/**
 * Whether the claim's node is still on its way to being open. One that is cordoned, whether for its DaemonSets or by a
 * person, takes nobody else now; nor does one that was ready and is no more, nor one whose Node is gone.
 */
function comesBySlot(claim: TakingClaim, node: Node | undefined, takenAtMs: number): boolean {
  const registering = claim.phase === 'Planned' || claim.phase === 'Launched';
  if (node === undefined) return registering || claim.registeredAtMs >= takenAtMs;
  if (node.unschedulable || node.deletionAtMs !== undefined || hasTaint(node, TAINT.disrupted)) return false;
  if (claim.phase !== 'Initialized') return true;
  return node.ready === 'True' && (hasTaint(node, TAINT.starting) || hasTaint(node, TAINT.slot));
}

const isOpen = (node: Node): boolean =>
  node.ready === 'True' &&
  !node.unschedulable &&
  node.deletionAtMs === undefined &&
  !hasTaint(node, TAINT.starting) &&
  !hasTaint(node, TAINT.slot) &&
  !hasTaint(node, TAINT.disrupted);

class World {
  readonly #byInstance = new Map<string, Node>();
  readonly #podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly #pods: ReadonlyMap<string, Pod>;
  readonly #items: ReadonlyMap<string, readonly ClaimSlots[]>;

  constructor(cluster: ClusterState, items: readonly ClaimSlots[]) {
    this.#pods = new Map(cluster.pods.map((pod) => [pod.uid, pod]));
    for (const node of cluster.nodes) {
      const instance = instanceIdOfProviderId(node.providerId);
      if (instance !== undefined) this.#byInstance.set(instance, node);
    }
    this.#podsByNode = groupBy(cluster.pods, (pod) => (isTerminal(pod) ? undefined : pod.nodeName));
    this.#items = groupBy(items, (item) => item.claim);
  }

  nodeOf(claim: NodeClaim): Node | undefined {
    return 'launch' in claim ? this.#byInstance.get(claim.launch.instanceId) : undefined;
  }

  /** Startup taints and those of its first minutes count once they had their time to go. */
  openNode(node: Node, claim: NodeClaim | undefined): PlanningNode {
    const isYoung = claim !== undefined && claim.phase !== 'Initialized';
    return {
      name: node.name,
      labels: node.labels,
      taints: isYoung ? withoutOwnMarks(node.taints, claim) : node.taints,
      allocatable: isYoung ? withDevicesToCome(node.allocatable, claim) : node.allocatable,
      priceMicroUsdPerHour: claim !== undefined && 'launch' in claim ? claim.launch.priceMicroUsdPerHour : 0,
      pods: this.#podsOn(node, claim),
      inFlight: false,
    };
  }

  /** A node that opens for planned pods only; until its instance is known it promises its smallest alternative. */
  slottedNode(claim: NodeClaim, node: Node | undefined): PlanningNode {
    const launched = 'launch' in claim ? claim.launch : undefined;
    const known = node?.ready === 'True' ? withDevicesToCome(node.allocatable, claim) : undefined;
    return {
      name: claim.name,
      labels: { ...claim.labels, ...launched?.labels, ...node?.labels },
      taints: withoutOwnMarks(node?.taints ?? claim.taints, claim),
      allocatable: known ?? launched?.allocatable ?? claim.minAllocatable,
      priceMicroUsdPerHour: launched?.priceMicroUsdPerHour ?? 0,
      pods: this.#podsOn(node, claim),
      inFlight: true,
    };
  }

  /** A waiting slot's pod is not in the snapshot: it is younger, and what room it needs is not known. */
  awaitsUnknown(claim: NodeClaim): boolean {
    return this.#slotsOf(claim).some((slot) => isWaiting(slot) && !this.#pods.has(slot.podUid));
  }

  /** Bound pods plus those promised here that the snapshot does not show bound yet. */
  #podsOn(node: Node | undefined, claim: NodeClaim | undefined): Pod[] {
    const bound = node === undefined ? [] : (this.#podsByNode.get(node.name) ?? []);
    const promised = (claim === undefined ? [] : this.#slotsOf(claim))
      .filter((slot) => isWaiting(slot) || slot.state === 'bound')
      .flatMap((slot) => this.#pods.get(slot.podUid) ?? [])
      .filter((pod) => pod.nodeName === undefined && !isTerminal(pod));
    return [...bound, ...promised];
  }

  #slotsOf(claim: NodeClaim): Slot[] {
    return (this.#items.get(claim.name) ?? []).flatMap((item) => item.slots);
  }
}

/**
 * A device plugin announces its devices after the kubelet is ready: until the claim is initialized, what the node shows
 * none of is what its instance promises. Source: karpenter `pkg/controllers/state/statenode.go` (`Allocatable`).
 */
function withDevicesToCome(shown: ResourceList, claim: NodeClaim): ResourceList {
  if (claim.phase === 'Initialized' || !('launch' in claim)) return shown;
  const promised = Object.entries(claim.launch.allocatable).filter(([name]) => (shown[name] ?? 0) === 0);
  return { ...shown, ...Object.fromEntries(promised) };
}

const withoutOwnMarks = (taints: readonly Taint[], claim: NodeClaim): Taint[] =>
  taints.filter(
    (taint) =>
      taint.key !== TAINT.slot &&
      !isEphemeralTaint(taint) &&
      !claim.startupTaints.some((startup) => startup.key === taint.key && startup.effect === taint.effect),
  );
