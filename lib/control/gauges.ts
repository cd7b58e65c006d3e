// What there is right now, once a minute, for dashboards and alarms. Reads only. That figures come at all is the heartbeat
// of the reconciler, and the snapshot's age that of the poller.
import { isLive } from '../model/node-claim.ts';
import { compareText } from '../model/stable-json.ts';
import { isProvisionable } from '../planning/provisionable.ts';
import { servedIn } from '../planning/served.ts';
import type { ControlDeps } from './deps.ts';

export type GaugeDeps = Pick<
  ControlDeps,
  'clock' | 'claims' | 'snapshots' | 'unavailable' | 'events' | 'metrics'
>;

export async function gauge(deps: GaugeDeps): Promise<void> {
  await gaugeNodes(deps);
  await gaugePods(deps);
  const nowMs = deps.clock.nowMs();
  const marks = (await deps.unavailable.list()).filter(({ untilMs }) => untilMs > nowMs);
  deps.metrics.observe('UnavailableOfferings', marks.length);
}

async function gaugeNodes({ claims, metrics }: GaugeDeps): Promise<void> {
  const nodes = new Map<string, { nodePool: string; capacityType: string; count: number }>();
  let microUsdPerHour = 0;
  for (const claim of (await claims.listLive()).filter(isLive)) {
    if (claim.phase === 'Planned') continue;
    const { capacityType, priceMicroUsdPerHour } = claim.launch;
    const nodePool = claim.nodePool.name;
    const key = `${nodePool} ${capacityType}`;
    const count = (nodes.get(key)?.count ?? 0) + 1;
    nodes.set(key, { nodePool, capacityType, count });
    microUsdPerHour += priceMicroUsdPerHour;
  }
  for (const [, { count, ...dimensions }] of [...nodes].sort(([a], [b]) => compareText(a, b))) {
    metrics.observe('Nodes', count, dimensions);
  }
  metrics.observe('UsdPerHour', microUsdPerHour / 1e6);
}

async function gaugePods({ clock, snapshots, metrics }: GaugeDeps): Promise<void> {
  const newest = await snapshots.newest();
  if (newest === undefined) return;
  const { takenAtMs, cluster, covered } = newest.snapshot;
  const isServed = servedIn(newest.snapshot);
  const pending = cluster.pods.filter((pod) => isProvisionable(pod) && isServed(pod));
  metrics.observe('PendingPods', pending.length);
  metrics.observe('UncoveredPods', pending.filter(({ uid }) => covered[uid] === undefined).length);
  metrics.observe('SnapshotAge', Math.max(0, clock.nowMs() - takenAtMs) / 1_000);
}
