// Room for nodes: EC2's quotas of vCPUs against what the NodePools' limits let Dovetail ask for.
import { LABEL } from '../../model/labels.ts';
import { listed } from '../../model/listed.ts';
import type { NodePool } from '../../model/node-pool.ts';
import { type Check, ok, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { type Purchase, VCPU_QUOTAS } from '../purchase.ts';
import { checkedAside } from '../reading.ts';

/** New accounts have less, often 5. A pool without a limit is told of no number above it. */
const FEW_VCPUS = 32;
const MILLI = 1_000;

export function quotaChecks(facts: Facts): readonly Check[] {
  const pools = runningPools(facts);
  return [...facts.vcpuQuotas].flatMap(([purchase, reading]) =>
    checkedAside(`EC2 quota ${purchase}`, reading, (quota) => [quotaCheck(purchase, quota, pools)]),
  );
}

function runningPools({ deployed }: Facts): NodePool[] {
  if (deployed.kind !== 'known' || deployed.value.documents.kind !== 'known') return [];
  return deployed.value.documents.value.flatMap((document) => {
    if (document.kind !== 'NodePool' || document.status.state === 'vanished') return [];
    return document.running === undefined ? [] : [document.running.document];
  });
}

function quotaCheck(purchase: Purchase, quota: number, pools: readonly NodePool[]): Check {
  const name = `EC2 quota ${purchase}`;
  const asking = pools.filter((pool) => mayAskFor(pool, purchase));
  const limits = asking.flatMap(({ limits: { cpu } }) => (cpu === undefined ? [] : [cpu]));
  const unlimited = asking.filter(({ limits: { cpu } }) => cpu === undefined).map((pool) => pool.name);
  const most = limits.reduce((sum, cpu) => sum + cpu, 0) / MILLI;
  const has = `${quota} vCPUs of standard types at one time`;
  const raise = `ask for more (Service Quotas, EC2, ${VCPU_QUOTAS[purchase]}), or launches beyond fail with ${REFUSAL[purchase]}`;
  if (most > quota) {
    const names = listed(asking.filter((pool) => !unlimited.includes(pool.name)).map((pool) => pool.name));
    return warning(
      name,
      'QuotaLow',
      `${has}, while the limits of NodePools ${names} add up to ${most}: ${raise}`,
    );
  }
  if (unlimited.length > 0 && quota < FEW_VCPUS) {
    return warning(
      name,
      'QuotaLow',
      `${has}, and NodePools ${listed(unlimited)} have no limit of cpu: ${raise}`,
    );
  }
  if (asking.length === 0) return ok(name, has);
  if (unlimited.length > 0) return ok(name, `${has}; NodePools ${listed(unlimited)} have no limit of cpu`);
  return ok(name, `${has}; the NodePools' limits add up to ${most}`);
}

/** EC2's answer to a launch beyond the quota. */
const REFUSAL: Readonly<Record<Purchase, string>> = {
  'on-demand': 'VcpuLimitExceeded',
  spot: 'MaxSpotInstanceCountExceeded',
};

const mayAskFor = ({ template }: NodePool, purchase: Purchase): boolean =>
  template.requirements
    .filter(({ key }) => key === LABEL.capacityType)
    .every(({ operator, values }) => {
      if (operator === 'In') return values.includes(purchase);
      return operator !== 'NotIn' || !values.includes(purchase);
    });
