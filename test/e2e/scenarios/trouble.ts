import { readdirSync, readFileSync } from 'node:fs';
import { offeringKey } from '../../../lib/model/offering.ts';
import type { World } from '../world/world.ts';
import { liveInstances, running } from './cluster.ts';
import { finding, type Scenario } from './scenario.ts';
import { alone, deployment, NAMESPACE } from './workloads.ts';

type Own = { readonly order: string; readonly instanceId: string; readonly key: string };

const instances = (world: World): readonly Own[] =>
  liveInstances(world).map(({ instanceId, tags, ...offering }) => ({
    ...{ order: tags['dovetail.sh/order'] ?? '', instanceId, key: offeringKey(offering) },
  }));

/** Instances that were not there before. */
const newOnes = (world: World, before: readonly Own[]): readonly Own[] => {
  const known = new Set(before.map(({ instanceId }) => instanceId));
  return instances(world).filter(({ instanceId }) => !known.has(instanceId));
};

/** Whatever the first plan wants is sold out in the whole region; the next best is bought instead, and it is remembered. */
export const shortage: Scenario = {
  name: 'insufficient capacity',
  async run(world) {
    const shape = { cpu: '3', memory: '5Gi', spec: alone('first') };
    const before = instances(world);
    await world.plane.admin.apply(deployment('first', 1, shape));
    await running(world, 'first', 1);
    const [wanted] = newOnes(world, before);
    const type = world.account.ec2.instances().find(({ instanceId }) => instanceId === wanted?.instanceId);
    if (type === undefined) throw new Error('nothing was bought for the first pod');
    for (const pool of world.account.pools) {
      if (pool.instanceType === type.instanceType) world.account.market.setCapacity(pool, 0);
    }
    const held = instances(world);
    await world.plane.admin.apply(deployment('second', 1, { ...shape, spec: alone('second') }));
    await running(world, 'second', 1);
    const bought = newOnes(world, held);
    const keys = await world.stack.keys();
    return [
      finding('pods run on what was left', bought.length > 0, bought.map(({ key }) => key).join(', ')),
      finding(
        'nothing of the type that is sold out was bought',
        !bought.some(({ key }) => key.includes(`:${type.instanceType}:`)),
        type.instanceType,
      ),
      finding(
        'the shortage is remembered',
        keys.some((key) => key.includes(type.instanceType)),
        keys.filter((key) => key.includes(type.instanceType)).join('; '),
      ),
    ];
  },
};

/** SQS may deliver twice: every order of the table is sent to the launch queue again, twice. */
export const duplicates: Scenario = {
  name: 'a duplicated message',
  async run(world) {
    const held = instances(world);
    await world.plane.admin.apply(deployment('twice', 4, { cpu: '2', memory: '3Gi', spec: alone('twice') }));
    await running(world, 'twice', 4);
    const bought = newOnes(world, held);
    const orders = new Set(bought.map(({ order }) => order));
    const queue = await world.stack.launchQueue();
    for (const orderId of [...orders, ...orders]) await queue.send({ schemaVersion: 1, orderId });
    // The queue is empty again, and a function that would buy twice had its time.
    await world.plane.admin.until(
      'the launch queue to empty',
      async () => {
        const depths = await world.stack.queueDepths();
        return Object.values(depths).every((depth) => depth === 0);
      },
      60_000,
    );
    const after = newOnes(world, held);
    return [
      finding(
        'nothing was bought twice',
        bought.length > 0 && after.length === bought.length,
        `${bought.length} before, ${after.length} after ${orders.size * 2} messages more`,
      ),
    ];
  },
};

/** KILL hits the provisioner in the moment in which EC2 starts what it asked for: it never hears the answer. */
export const killed: Scenario = {
  name: 'a function killed half-way',
  async run(world) {
    const held = instances(world);
    let killedProcesses = 0;
    const unsubscribe = world.account.ec2.subscribe(({ kind, instance }) => {
      if (kind !== 'state' || instance.state !== 'pending' || killedProcesses > 0) return;
      killedProcesses += killFunction(world, 'Provisioner');
    });
    await world.plane.admin.apply(
      deployment('survivor', 4, { cpu: '3', memory: '4Gi', spec: alone('survivor') }),
    );
    // The message is invisible for as long as the function might have run.
    await running(world, 'survivor', 4, 300_000);
    unsubscribe();
    const bought = newOnes(world, held);
    const claims = await world.stack.claims.listLive();
    const owned = new Set(
      claims.flatMap((claim) => ('launch' in claim ? [claim.launch.instanceId as string] : [])),
    );
    const orphans = bought.filter(({ instanceId }) => !owned.has(instanceId));
    return [
      finding('the process was killed', killedProcesses > 0, killedProcesses),
      finding(
        'every instance has its claim',
        bought.length > 0 && orphans.length === 0,
        `${bought.length} instances, ${orphans.length} without`,
      ),
    ];
  },
};

/** Ends the function's warm processes below MiniStack; gives how many there were. */
function killFunction({ ministack }: World, name: string): number {
  const environment = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1');
    } catch {
      return '';
    }
  };
  const isIts = (text: string): boolean =>
    new RegExp(`AWS_LAMBDA_FUNCTION_NAME=[^\\0]*${name}`).test(text) && text.includes(String(ministack.port));
  const pids = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isIts(environment(pid)));
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  return pids.length;
}

/** An edit that is wrong changes nothing; one that vanishes stops launches and keeps nodes. */
export const badEdit: Scenario = {
  name: 'a bad NodePool edit',
  async run(world) {
    const { admin } = world.plane;
    await world.stack.putDocument('nodepools', 'spare', sparePool('Never'));
    await published(world, 'spare', (state) => state === 'valid');
    await world.stack.putDocument('nodepools', 'spare', sparePool('Sometimes'));
    const why = await published(world, 'spare', (state) => state === 'error');
    const spec = {
      nodeSelector: { 'karpenter.sh/nodepool': 'spare' },
      tolerations: [{ key: 'spare', operator: 'Exists' }],
    };
    await admin.apply(deployment('meanwhile', 1, { cpu: '1', memory: '1Gi', spec }));
    const pods = await running(world, 'meanwhile', 1);
    await world.stack.removeDocument('nodepools', 'spare');
    await published(world, 'spare', (state) => state === 'vanished');
    await admin.apply(deployment('too-late', 1, { cpu: '30', memory: '1Gi', spec }));
    // Long enough for a launch that must not happen.
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    const late = await admin.list(`/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3Dtoo-late`);
    const kept = await running(world, 'meanwhile', 1);
    // Back again, so that its node may leave when it is empty.
    await world.stack.putDocument('nodepools', 'spare', sparePool('15s'));
    return [
      finding('the edit is refused with its place', /\d+:\d+/.test(why), why),
      finding('the last good version goes on launching', pods.length === 1),
      finding(
        'a vanished NodePool launches nothing',
        late.every((pod) => (pod['spec'] as { nodeName?: string }).nodeName === undefined),
      ),
      finding('and keeps its nodes', kept.length === 1),
    ];
  },
};

const sparePool = (consolidateAfter: string): string => `apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: spare
spec:
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: lane }
      taints: [{ key: spare, effect: NoSchedule }]
      requirements:
        - { key: karpenter.k8s.aws/instance-category, operator: In, values: [m] }
        - { key: karpenter.k8s.aws/instance-generation, operator: Gt, values: ["4"] }
  disruption:
    consolidationPolicy: WhenEmpty
    consolidateAfter: ${consolidateAfter}
`;

/** Waits until the published NodePool is in such a state; gives what its status says. */
async function published(
  world: World,
  name: string,
  is: (state: string | undefined) => boolean,
): Promise<string> {
  return world.plane.admin.until(
    `NodePool ${name} to be published`,
    async () => {
      const found = (await world.stack.publication.list()).find((one) => one.name === name);
      return is(found?.status.state) && JSON.stringify(found?.status ?? 'gone');
    },
    60_000,
  );
}
