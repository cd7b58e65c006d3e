// Everything that the doctor judges, asked for in the order in which one answer needs the other. Nothing is written.
import { findStack } from '../../lib/adapters/aws/deployed-stack.ts';
import { clusterDescription } from '../../lib/adapters/aws/eks-description.ts';
import { concurrencyQuota } from '../../lib/adapters/aws/function-settings.ts';
import { hasServiceLinkedRole } from '../../lib/adapters/aws/iam.ts';
import { callerIdentity, callerRegion } from '../../lib/adapters/aws/identity.ts';
import { ec2Quota } from '../../lib/adapters/aws/service-quotas.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { SERVICES } from '../../lib/doctor/checks/account.ts';
import type { Facts } from '../../lib/doctor/facts.ts';
import { VCPU_QUOTAS } from '../../lib/doctor/purchase.ts';
import { type Reading, read, unasked } from '../../lib/doctor/reading.ts';
import { stackName } from '../../lib/model/stack-name.ts';
import type { LiveSource } from '../live/kubeconfig.ts';
import type { Clients } from './clients.ts';
import { accessTo, clusterFacts } from './cluster-facts.ts';
import { deployedFacts } from './deployed-facts.ts';

export interface Question {
  readonly clusterName: string;
  /** Absent: the stack's usual name. */
  readonly stack?: string;
  readonly live?: LiveSource;
}

export async function gatherFacts(clients: Clients, question: Question): Promise<Facts> {
  const { clusterName, live } = question;
  const region = await read(() => callerRegion(clients.sts));
  const identity = await after(region, () => callerIdentity(clients.sts));
  const cluster = await after(identity, () => clusterDescription(clients.eks, clusterName));
  const access = await accessTo(clients, cluster, {
    ...{ clusterName, region: region.kind === 'known' ? region.value : '' },
    ...(live === undefined ? {} : { live }),
  });
  const stack = await after(identity, () =>
    findStack(clients.cloudFormation, question.stack ?? stackName(clusterName)),
  );
  return {
    ...{ clusterName, nowMs: systemClock.nowMs(), region, identity, cluster, stack },
    ...(await clusterFacts(access)),
    serviceLinkedRoles: await serviceLinkedRoles(clients, identity),
    vcpuQuotas: await vcpuQuotas(clients, identity),
    concurrency: await after(identity, () => concurrencyQuota(clients.lambda)),
    deployed:
      stack.kind !== 'known' || stack.value === undefined
        ? unasked('nothing is deployed')
        : await deployed(clients, clusterName, cluster, stack.value),
  };
}

/** Not asked without what it needs, so that one fault is told once. */
const after = async <T>(needed: Reading<unknown>, work: () => Promise<T>): Promise<Reading<T>> =>
  needed.kind === 'known' ? read(work) : unasked('nobody knows who asks: see above');

async function deployed(
  clients: Clients,
  clusterName: string,
  cluster: Facts['cluster'],
  stack: Parameters<typeof deployedFacts>[0]['stack'],
): Promise<Facts['deployed']> {
  const kubernetesVersion = cluster.kind === 'known' ? cluster.value.version : undefined;
  return read(() => deployedFacts({ clients, clusterName, kubernetesVersion, stack }));
}

async function vcpuQuotas(clients: Clients, identity: Facts['identity']): Promise<Facts['vcpuQuotas']> {
  const purchases = ['on-demand', 'spot'] as const;
  const all = purchases.map(
    async (purchase) =>
      [
        purchase,
        await after(identity, () => ec2Quota(clients.serviceQuotas, VCPU_QUOTAS[purchase])),
      ] as const,
  );
  return new Map(await Promise.all(all));
}

async function serviceLinkedRoles(
  clients: Clients,
  identity: Facts['identity'],
): Promise<Facts['serviceLinkedRoles']> {
  const all = Object.keys(SERVICES).map(
    async (service) =>
      [service, await after(identity, () => hasServiceLinkedRole(clients.iam, service))] as const,
  );
  return new Map(await Promise.all(all));
}
