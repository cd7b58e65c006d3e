// Gathers what a provisioning decision reads: the snapshot's cluster, and strongly read claims, slots, marks and
// documents. Stores are read here and nowhere else in planning's way.
import { isLive, type NodeClaim } from '../model/node-claim.ts';
import type { NodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { InstanceType } from '../model/offering.ts';
import { addResources, type ResourceList } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';
import { type UnavailableOffering, unavailableTo } from '../model/unavailable-offering.ts';
import { isProvisionable } from '../planning/provisionable.ts';
import { servedIn } from '../planning/served.ts';
import type { ProvisioningInput } from '../planning/types.ts';
import { takenPods } from './coverage.ts';
import type { ControlDeps } from './deps.ts';
import { planningNodes } from './planning-nodes.ts';

type InputDeps = Pick<
  ControlDeps,
  'policies' | 'clock' | 'claims' | 'slots' | 'documents' | 'catalog' | 'unavailable'
>;

export interface GatheredInput {
  readonly input: ProvisioningInput;
  /** Claims behind the planning nodes, by the name planning knows them by. */
  readonly claims: ReadonlyMap<string, NodeClaim>;
  readonly nodeClasses: ReadonlyMap<string, NodeClass>;
}

export async function readProvisioningInput(
  deps: InputDeps,
  snapshot: Snapshot,
  wanted: ReadonlySet<string>,
): Promise<GatheredInput> {
  const nodePools = await deps.documents.nodePools();
  const nodeClasses = new Map(
    (await deps.documents.nodeClasses()).map((nodeClass) => [nodeClass.name, nodeClass]),
  );
  const claims = await deps.claims.listLive();
  const items = await deps.slots.listLive();
  const taken = takenPods(claims, items);
  const nodes = planningNodes(snapshot, claims, items);
  const nowMs = deps.clock.nowMs();
  const marks = await deps.unavailable.list();
  const { cluster } = snapshot;
  const isServed = servedIn(snapshot);
  return {
    claims: nodes.claims,
    nodeClasses,
    input: {
      ...deps.policies,
      pods: cluster.pods.filter(
        (pod) => wanted.has(pod.uid) && isProvisionable(pod) && isServed(pod) && !taken.has(pod.uid),
      ),
      cluster,
      nodes: nodes.nodes,
      nodePools,
      instanceTypes: await instanceTypesByPool(deps, nodePools, nodeClasses),
      usage: usageByPool(claims),
      unavailable: unavailableByPool(nodePools, marks, nowMs),
    },
  };
}

/** Types of each pool whose NodeClass is there and resolved; the others are left out, which planning reports. */
async function instanceTypesByPool(
  deps: InputDeps,
  nodePools: readonly NodePool[],
  classes: ReadonlyMap<string, NodeClass>,
): Promise<Record<string, readonly InstanceType[]>> {
  const byPool: Record<string, readonly InstanceType[]> = {};
  for (const pool of [...nodePools].sort((a, b) => compareText(a.name, b.name))) {
    const nodeClass = classes.get(pool.template.nodeClass);
    const resolved =
      nodeClass === undefined ? undefined : await deps.documents.resolvedNodeClass(nodeClass.name);
    if (nodeClass === undefined || resolved === undefined) continue;
    byPool[pool.name] = await deps.catalog.instanceTypes(nodeClass, resolved);
  }
  return byPool;
}

const unavailableByPool = (
  nodePools: readonly NodePool[],
  marks: readonly UnavailableOffering[],
  nowMs: number,
): Record<string, ReadonlySet<string>> =>
  Object.fromEntries(
    nodePools.map(({ name, template }) => [name, unavailableTo(template.nodeClass, marks, nowMs)]),
  );

/** What limits count: every live claim, at its instance's capacity or the largest it may become. */
export function usageByPool(claims: readonly NodeClaim[]): Record<string, ResourceList> {
  const usage: Record<string, ResourceList> = {};
  for (const claim of claims.filter(isLive)) {
    const capacity = claim.phase === 'Planned' ? claim.maxCapacity : claim.launch.capacity;
    usage[claim.nodePool.name] = addResources(usage[claim.nodePool.name] ?? {}, { ...capacity, nodes: 1 });
  }
  return usage;
}
