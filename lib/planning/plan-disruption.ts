// Which nodes may go for free: those that run nothing but DaemonSets. Pure; called by `control/disrupt`.
import { allowedDisruptions } from '../constraints/disruption-budgets.ts';
import { isDoNotDisrupt } from '../constraints/do-not-disrupt.ts';
import type { ClaimName } from '../model/ids.ts';
import { ANNOTATION } from '../model/labels.ts';
import type { Node } from '../model/node.ts';
import type { InitializedClaim, LiveClaim } from '../model/node-claim.ts';
import type { NodePool } from '../model/node-pool.ts';
import { isDaemonSetPod, isMirrorPod, isTerminal, type Pod, podKey } from '../model/pod.ts';
import type { ClusterState } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';
import { isProvisionable } from './provisionable.ts';
import { poolsThatBringVolumes, waitsForVolumeOn } from './volumes-to-come.ts';

export interface EmptinessInput {
  readonly claims: readonly LiveClaim[];
  readonly cluster: ClusterState;
  readonly nodePools: readonly NodePool[];
  /** Claims that pods are on their way to. */
  readonly awaited: ReadonlySet<ClaimName>;
  readonly nowMs: number;
}

export interface EmptinessPlan {
  /** Dearest first, then by name; all of them may go at once. */
  readonly candidates: readonly InitializedClaim[];
  /** Every other claim with the first reason that keeps it, by name. */
  readonly blocked: readonly { readonly claim: LiveClaim; readonly reason: string }[];
}

/** Source: karpenter `disruption/emptiness.go`, `disruption/types.go` (`NewCandidate`), `disruption/helpers.go`. */
export function planEmptiness(input: EmptinessInput): EmptinessPlan {
  const world = worldOf(input);
  const blocked: { claim: LiveClaim; reason: string }[] = [];
  const empty: InitializedClaim[] = [];
  for (const claim of input.claims) {
    const verdict = verdictOn(claim, world, input);
    if (verdict.kind === 'empty') empty.push(verdict.claim);
    else blocked.push({ claim, reason: verdict.reason });
  }
  empty.sort(
    (a, b) => b.launch.priceMicroUsdPerHour - a.launch.priceMicroUsdPerHour || compareText(a.name, b.name),
  );
  const left = new Map([...world.pools.keys()].map((name) => [name, allowedIn(name, world, input)]));
  const candidates: InitializedClaim[] = [];
  for (const claim of empty) {
    const allowed = left.get(claim.nodePool.name) ?? 0;
    left.set(claim.nodePool.name, allowed - 1);
    if (allowed > 0) candidates.push(claim);
    else
      blocked.push({
        claim,
        reason: `NodePool ${claim.nodePool.name}'s disruption budgets allow no more now`,
      });
  }
  return { candidates, blocked: blocked.sort((a, b) => compareText(a.claim.name, b.claim.name)) };
}

interface World {
  readonly pools: ReadonlyMap<string, NodePool>;
  readonly nodes: ReadonlyMap<string, Node>;
  /** Pods by node that have not ended. */
  readonly pods: ReadonlyMap<string, readonly Pod[]>;
  /** Pods without a place that use volumes. */
  readonly withClaims: readonly Pod[];
  /** See `volumePlaces`. */
  readonly bringing: readonly string[];
}

function worldOf({ cluster, nodePools }: EmptinessInput): World {
  const pods = new Map<string, Pod[]>();
  for (const pod of cluster.pods) {
    if (pod.nodeName === undefined || isTerminal(pod)) continue;
    const here = pods.get(pod.nodeName);
    if (here === undefined) pods.set(pod.nodeName, [pod]);
    else here.push(pod);
  }
  return {
    pools: new Map(nodePools.map((pool) => [pool.name, pool])),
    nodes: new Map(cluster.nodes.map((node) => [node.name, node])),
    pods,
    withClaims: cluster.pods.filter((pod) => pod.spec.volumeClaims.length > 0 && isProvisionable(pod)),
    bringing: poolsThatBringVolumes(nodePools),
  };
}

type Verdict =
  | { readonly kind: 'empty'; readonly claim: InitializedClaim }
  | { readonly kind: 'kept'; readonly reason: string };

function verdictOn(claim: LiveClaim, world: World, input: EmptinessInput): Verdict {
  const { awaited, nowMs } = input;
  const kept = (reason: string): Verdict => ({ kind: 'kept', reason });
  if (claim.leave !== undefined) return kept(`it is leaving already: ${claim.leave.reason}`);
  if (claim.phase !== 'Initialized') return kept(`it is ${claim.phase}, not Initialized`);
  const node = world.nodes.get(claim.node.name);
  if (node === undefined) return kept(`its node ${claim.node.name} is not in the snapshot`);
  if (node.deletionAtMs !== undefined) return kept('its node is being deleted');
  if (
    node.annotations[ANNOTATION.doNotDisrupt] === 'true' ||
    claim.annotations[ANNOTATION.doNotDisrupt] === 'true'
  ) {
    return kept(`its node is annotated ${ANNOTATION.doNotDisrupt}`);
  }
  const pods = world.pods.get(node.name) ?? [];
  const busy = pods
    .filter((pod) => !isDaemonSetPod(pod) && !isMirrorPod(pod))
    .map(podKey)
    .sort(compareText);
  if (busy.length > 0)
    return kept(`it runs ${busy[0]}${busy.length > 1 ? ` and ${busy.length - 1} more` : ''}`);
  const protector = pods.find((pod) => isDoNotDisrupt(pod, nowMs));
  if (protector !== undefined) return kept(`its pod ${podKey(protector)} asks not to be disrupted`);
  if (awaited.has(claim.name)) return kept('pods are on their way to it');
  const verdict = quietEnough(claim, world.pools.get(claim.nodePool.name), nowMs);
  if (verdict.kind === 'kept') return verdict;
  const waiting = world.withClaims.find((pod) =>
    waitsForVolumeOn(pod, node, pods, input.cluster, world.bringing),
  );
  return waiting === undefined ? verdict : kept(`${podKey(waiting)} waits for a volume that it is to bring`);
}

/** `consolidateAfter` runs from the later of initialization and the last pod event; `Never` switches emptiness off too. */
function quietEnough(claim: InitializedClaim, pool: NodePool | undefined, nowMs: number): Verdict {
  const kept = (reason: string): Verdict => ({ kind: 'kept', reason });
  // A document that went missing must not take nodes with it.
  if (pool === undefined)
    return kept(`its NodePool ${claim.nodePool.name} is gone: nodes stay until someone says drain`);
  if (pool.replicas !== undefined) return kept(`its NodePool ${pool.name} has a fixed number of nodes`);
  const afterMs = pool.disruption.consolidateAfterMs;
  if (afterMs === null) return kept(`its NodePool ${pool.name} never consolidates`);
  const untilMs = Math.max(claim.initializedAtMs, claim.lastPodEventAtMs ?? 0) + afterMs;
  if (nowMs < untilMs) return kept(`consolidateAfter ends in ${Math.ceil((untilMs - nowMs) / 1000)} s`);
  return { kind: 'empty', claim };
}

/**
 * Budgets are about initialized nodes whose instance is not ending yet; those not ready or leaving use them up, whatever
 * the reason.
 */
function allowedIn(poolName: string, world: World, { claims, nowMs }: EmptinessInput): number {
  const budgets = world.pools.get(poolName)?.disruption.budgets ?? [];
  const counted = claims.filter(
    (claim) =>
      claim.nodePool.name === poolName &&
      (claim.phase === 'Initialized' || (claim.phase === 'Draining' && claim.initializedAtMs !== undefined)),
  );
  const disrupting = counted.filter((claim) => {
    const name = 'node' in claim ? claim.node?.name : undefined;
    const node = name === undefined ? undefined : world.nodes.get(name);
    return claim.phase === 'Draining' || claim.leave !== undefined || node?.ready !== 'True';
  });
  return allowedDisruptions(
    budgets,
    'Empty',
    { nodes: counted.length, disrupting: disrupting.length },
    nowMs,
  );
}
