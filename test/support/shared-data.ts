// Facts in `../shared/data`: Karpenter's own plans with their inputs, instance types, manifests. Absent in a plain clone:
// tests that need them skip then.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PodAffinityTerm } from '../../lib/model/affinity.ts';
import { LABEL } from '../../lib/model/labels.ts';
import type { NodePool } from '../../lib/model/node-pool.ts';
import type { InstanceType } from '../../lib/model/offering.ts';
import type { Pod } from '../../lib/model/pod.ts';
import type { ProvisioningInput } from '../../lib/planning/types.ts';
import {
  aClusterState,
  aDaemonSet,
  aNodePool,
  anAffinity,
  aPod,
  aProvisioningInput,
  aSpread,
  MIB,
  matching,
  someOfferings,
} from './builders.ts';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export const hasSharedData = existsSync(`${DATA}karpenter-plans/expected.csv`);

export interface ExpectedPlan {
  readonly workload: string;
  readonly pool: 'cap32' | 'cmr';
  readonly costPerHour: number;
  readonly nodes: number;
}

export const expectedPlans = (): ExpectedPlan[] =>
  csv('karpenter-plans/expected.csv').map((row) => ({
    workload: row['workload'] ?? '',
    pool: row['pool'] === 'cap32' ? 'cap32' : 'cmr',
    costPerHour: Number(row['cost_per_hour']),
    nodes: Number(row['nodes']),
  }));

/** Manifests of real projects, by file name. */
export const sharedManifests = (): { name: string; bytes: Uint8Array }[] =>
  readdirSync(`${DATA}manifests`)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(`${DATA}manifests/${name}`) }));

/** The workload as one provisioning decision: empty cluster, one NodePool, four DaemonSets, on demand in three zones. */
export const inputOf = ({ workload, pool }: ExpectedPlan): ProvisioningInput =>
  aProvisioningInput({
    pods: podsOf(workload),
    cluster: aClusterState({
      daemonSets: (
        [
          ['aws-node', 50, 0],
          ['kube-proxy', 100, 0],
          ['ebs-csi-node', 30, 120],
          ['logs', 100, 256],
        ] as const
      ).map(([name, cpuMillicores, memoryMib]) =>
        aDaemonSet({ name, cpuMillicores, memoryBytes: memoryMib * MIB }),
      ),
    }),
    nodePools: [poolOf(pool)],
    instanceTypes: { default: sharedInstanceTypes() },
  });

const poolOf = (pool: 'cap32' | 'cmr'): NodePool =>
  aNodePool({
    template: {
      requirements: [
        { key: 'karpenter.k8s.aws/instance-category', operator: 'In', values: ['c', 'm', 'r'] },
        { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['4'] },
        { key: LABEL.arch, operator: 'In', values: ['amd64'] },
        ...(pool === 'cap32'
          ? [{ key: 'karpenter.k8s.aws/instance-cpu', operator: 'Lt' as const, values: ['33'] }]
          : []),
      ],
    },
  });

/** Every type of the CSV on AL2023, on demand in three zones at the price of us-east-1. */
export function sharedInstanceTypes(): InstanceType[] {
  return csv('ec2-instance-types.csv')
    .filter((row) => Number(row['alloc_cpu_m']) > 0 && Number(row['od_price_us_east_1']) > 0)
    .map((row) => {
      const amounts = {
        cpu: Number(row['alloc_cpu_m']),
        memory: Number(row['alloc_memory_mib']) * MIB,
        pods: Number(row['alloc_pods']),
      };
      return {
        name: row['instance_type'] ?? '',
        labels: {
          [LABEL.instanceType]: row['instance_type'] ?? '',
          [LABEL.arch]: row['arch'] ?? '',
          [LABEL.os]: 'linux',
          'karpenter.k8s.aws/instance-category': row['category'] ?? '',
          'karpenter.k8s.aws/instance-family': row['family'] ?? '',
          'karpenter.k8s.aws/instance-generation': row['generation'] ?? '',
          'karpenter.k8s.aws/instance-cpu': row['vcpu'] ?? '',
        },
        capacity: amounts,
        allocatable: amounts,
        burstable: row['burstable'] === 'true',
        volumeLimits: {},
        exotic: row['bare_metal'] === 'true' || isAccelerated(row),
        offerings: someOfferings(Math.round(Number(row['od_price_us_east_1']) * 1e6)),
      };
    });
}

const isAccelerated = (row: Readonly<Record<string, string>>): boolean =>
  (row['gpu_name'] ?? '') !== '' || (row['accelerator_name'] ?? '') !== '';

interface Term {
  readonly key: string;
  readonly selector: Readonly<Record<string, string>>;
}

interface PodLine {
  readonly count: number;
  readonly cpuMilli: number;
  readonly memoryMiB: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Max skew 1, DoNotSchedule. */
  readonly spread?: readonly Term[];
  readonly affinity?: readonly Term[];
  readonly antiAffinity?: readonly Term[];
}

function podsOf(workload: string): Pod[] {
  const text = readFileSync(`${DATA}karpenter-plans/${workload}.json`, 'utf8');
  const { pods } = JSON.parse(text) as { readonly pods: readonly PodLine[] };
  return pods.flatMap((line, at) =>
    Array.from({ length: line.count }, (_, index) =>
      aPod({
        name: `pod-${at}-${index}`,
        cpuMillicores: line.cpuMilli,
        memoryBytes: line.memoryMiB * MIB,
        labels: line.labels ?? {},
        spec: {
          topologySpread: (line.spread ?? []).map(({ key, selector }) =>
            aSpread({ topologyKey: key, labelSelector: matching(selector) }),
          ),
          affinity: anAffinity({
            podRequired: (line.affinity ?? []).map(affinityTerm),
            podAntiRequired: (line.antiAffinity ?? []).map(affinityTerm),
          }),
        },
      }),
    ),
  );
}

const affinityTerm = ({ key, selector }: Term): PodAffinityTerm => ({
  topologyKey: key,
  labelSelector: matching(selector),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

function csv(path: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(`${DATA}${path}`, 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}
