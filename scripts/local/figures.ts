// What a local run comes to: pods and how long they waited, instances and what they would have cost, requests to servers.
import { costMicroUsd } from '../../lib/adapters/memory/billing.ts';
import type { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import { counted } from '../../lib/model/counted.ts';
import { isDaemonSetPod } from '../../lib/model/pod.ts';
import type { Local } from './run.ts';

/** Waits of pods, by uid, from their creation to their binding. */
export function watchWaits(api: KubeApi, nowMs: () => number): ReadonlyMap<string, number> {
  const waitsMs = new Map<string, number>();
  api.subscribe((change) => {
    if (change.list !== 'pods' || change.type !== 'put' || isDaemonSetPod(change.value)) return;
    const { uid, nodeName, createdAtMs } = change.value;
    if (nodeName !== undefined && !waitsMs.has(uid)) waitsMs.set(uid, nowMs() - createdAtMs);
  });
  return waitsMs;
}

export function summaryOf(
  { world, servers, failures }: Local,
  waitsMs: ReadonlyMap<string, number>,
): string[] {
  const { ec2 } = world.environment;
  const sorted = [...waitsMs.values()].sort((a, b) => a - b);
  const at = (share: number): string =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000).toFixed(1);
  const nowMs = world.time.nowMs();
  const microUsd = ec2.billing().reduce((sum, record) => sum + costMicroUsd(record, nowMs), 0);
  const instances = ec2.instances();
  const left = instances.filter(({ state }) => state !== 'terminated').length;
  const unbound = world.environment.api.pods().filter(({ nodeName }) => nodeName === undefined).length;
  const launches = servers.ec2.requests.filter((action) => action === 'CreateFleet').length;
  return [
    `Pods: ${sorted.length} bound, ${unbound} waiting. Pending to bound: p50 ${at(0.5)} s, longest ${at(1)} s.`,
    `Instances: ${instances.length} started by ${counted(launches, 'CreateFleet request')}, ${left} not ended; $${(microUsd / 1e6).toFixed(4)}.`,
    `Requests: ${servers.ec2.requests.length} to EC2, ${servers.kube.requests.length} to the Kubernetes API.`,
    ...failures.map((failure) => `Failed: ${failure}`),
  ];
}
