// What must never be exceeded: NodePools' limits by the instances that run, nodes' room by the pods on them.

import { TAG } from '../../model/labels.ts';
import type { NodePool } from '../../model/node-pool.ts';
import { isTerminal, podKey } from '../../model/pod.ts';
import { lackingResources, sumResources } from '../../model/resources.ts';
import { type Checker, type Evidence, isAlive, Violations } from './checker.ts';

export function limitsHold(evidence: Evidence): Checker {
  const violations = new Violations();
  const check = (pool: NodePool): void => {
    const instances = evidence.ec2
      .instances()
      .filter((instance) => isAlive(instance) && instance.tags[TAG.nodePool] === pool.name);
    const used = sumResources(instances.map((instance) => ({ ...evidence.capacityOf(instance), nodes: 1 })));
    for (const [name, limit] of Object.entries(pool.limits)) {
      const amount = used[name] ?? 0;
      if (amount <= limit) continue;
      violations.add(`${pool.name}/${name}`, `NodePool ${pool.name} uses ${name} ${amount} of ${limit}`);
    }
  };
  evidence.ec2.subscribe((event) => {
    if (event.kind !== 'state' || event.instance.state !== 'pending') return;
    for (const pool of evidence.nodePools) if (Object.keys(pool.limits).length > 0) check(pool);
  });
  return {
    property: "no NodePool's limits are ever exceeded by its instances",
    get violations() {
      return violations.list;
    },
  };
}

export function noNodeOvercommitted(evidence: Evidence): Checker {
  const violations = new Violations();
  evidence.api.subscribe((change) => {
    if (change.list !== 'pods' || change.type !== 'put' || change.value.nodeName === undefined) return;
    const { nodeName } = change.value;
    const node = evidence.api.node(nodeName);
    if (node === undefined) return;
    const pods = evidence.api.podsOnNode(nodeName).filter((pod) => !isTerminal(pod));
    const used = sumResources(pods.map((pod) => pod.spec.requests));
    const lacking = lackingResources(used, node.allocatable);
    if (lacking.length === 0) return;
    violations.add(nodeName, `${nodeName} lacks ${lacking.join(', ')} once ${podKey(change.value)} is on it`);
  });
  return {
    property: 'no node holds more than its allocatable',
    get violations() {
      return violations.list;
    },
  };
}
