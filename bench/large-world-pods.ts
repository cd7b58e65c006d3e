// Pods of the benchmarks' large cluster: workloads of which a third are constrained in one way or another, and DaemonSets.
import {
  type Affinity,
  NO_AFFINITY,
  type PodAffinityTerm,
  type TopologySpreadConstraint,
} from '../lib/model/affinity.ts';
import { podUid } from '../lib/model/ids.ts';
import { LABEL } from '../lib/model/labels.ts';
import type { Pod, PodSpec } from '../lib/model/pod.ts';
import type { DaemonSet } from '../lib/model/workload.ts';
import { aPodSpec } from '../test/support/builders.ts';
import type { Seeded } from './support/random.ts';

const MIB = 1024 ** 2;
export const NAMESPACES = 20;

/** A workload's pods; what constrains them follows from its number. */
function workloadSpec(workload: number, requests: PodSpec['requests']): PodSpec {
  const own = { matchLabels: { app: `app-${workload}` }, matchExpressions: [] };
  const term = (topologyKey: string, labelSelector = own): PodAffinityTerm => ({
    topologyKey,
    labelSelector,
    namespaces: [],
    matchLabelKeys: [],
    mismatchLabelKeys: [],
  });
  const spread = (topologyKey: string, soft: boolean): TopologySpreadConstraint => ({
    maxSkew: soft ? 1 : 5,
    topologyKey,
    whenUnsatisfiable: soft ? 'ScheduleAnyway' : 'DoNotSchedule',
    labelSelector: own,
    matchLabelKeys: [],
    nodeAffinityPolicy: 'Honor',
    nodeTaintsPolicy: 'Ignore',
  });
  const affinity = (part: Partial<Affinity>): PodSpec =>
    aPodSpec({ requests, affinity: { ...NO_AFFINITY, ...part } });
  switch (workload % 18) {
    case 0:
      return aPodSpec({ requests, topologySpread: [spread(LABEL.zone, false)] });
    case 1:
      return affinity({ podAntiRequired: [term(LABEL.hostname)] });
    case 2:
      return affinity({ podRequired: [term(LABEL.zone)] });
    case 3:
      return affinity({ podAntiPreferred: [{ weight: 10, term: term(LABEL.hostname) }] });
    case 4:
      return affinity({ nodePreferred: [{ weight: 1, preference: zoneTerm('us-east-1b') }] });
    case 5:
      return aPodSpec({ requests, topologySpread: [spread(LABEL.zone, true), spread(LABEL.hostname, true)] });
    case 6:
      return aPodSpec({ requests, hostPorts: [{ port: 8_000 + workload, protocol: 'TCP', hostIp: '' }] });
    case 7:
      return aPodSpec({ requests, nodeSelector: { [LABEL.arch]: 'arm64' } });
    default:
      return aPodSpec({ requests });
  }
}

const zoneTerm = (zone: string) => ({
  matchExpressions: [{ key: LABEL.zone, operator: 'In' as const, values: [zone] }],
  matchFields: [],
});

// Ten such pods and the DaemonSets fill a node of eight cores but for a fifth of a core.
export const BOUND_CPU = [700, 705, 710, 715, 720, 725, 730];
/** The first fits beside them, the others need new nodes. */
export const PENDING_CPU = [100, 250, 500, 1000, 2000, 3000, 4000];
const MEMORY = [128, 256, 512, 1024, 2048, 4096];

export function workloadPod(workload: number, number: number, random: Seeded, cpu: readonly number[]): Pod {
  const requests = {
    cpu: cpu[workload % cpu.length] ?? 100,
    memory: (MEMORY[workload % MEMORY.length] ?? 128) * MIB,
    pods: 1,
  };
  const spec = workloadSpec(workload, requests);
  const name = `app-${workload}-${number}`;
  const withVolume = workload % 18 === 8;
  return {
    uid: podUid(`${name}-${random.int(0, 999_999)}`),
    namespace: `team-${workload % NAMESPACES}`,
    name,
    labels: { app: `app-${workload}`, 'pod-template-hash': `h${workload}`, tier: `t${workload % 3}` },
    annotations: {},
    createdAtMs: number,
    owner: { kind: 'ReplicaSet', name: `app-${workload}-h`, uid: `rs-${workload}` },
    spec: withVolume ? { ...spec, volumeClaims: [`data-${name}`] } : spec,
    phase: 'Running',
  };
}

export const daemonSet = (number: number): DaemonSet => ({
  uid: `ds-${number}`,
  namespace: 'kube-system',
  name: `agent-${number}`,
  labels: {},
  template: {
    labels: { app: `agent-${number}` },
    annotations: {},
    spec: aPodSpec({
      requests: { cpu: 20 + 5 * number, memory: (20 + 10 * number) * MIB, pods: 1 },
      tolerations: [{ operator: 'Exists' }],
      hostPorts: number === 0 ? [{ port: 9100, protocol: 'TCP', hostIp: '' }] : [],
      nodeSelector: number === 1 ? { [LABEL.arch]: 'arm64' } : {},
    }),
  },
});

export function daemonPod({ uid, name, namespace, template }: DaemonSet, node: number): Pod {
  return {
    uid: podUid(`${name}-${node}`),
    namespace,
    name: `${name}-${node}`,
    labels: { ...template.labels },
    annotations: {},
    createdAtMs: node,
    owner: { kind: 'DaemonSet', name, uid },
    spec: structuredClone(template.spec),
    phase: 'Running',
    nodeName: nodeName(node),
  };
}

export const nodeName = (node: number): string => `ip-10-${node >> 8}-${node & 255}-1.ec2.internal`;
