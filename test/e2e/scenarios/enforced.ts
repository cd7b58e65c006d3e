import { refusals } from '../aws/ministack.ts';
import { liveInstances, nodes, running } from './cluster.ts';
import { finding, type Scenario } from './scenario.ts';
import { alone, deployment } from './workloads.ts';

/** A poller that was cut off holds its lease for 20 s, and the next one comes with the minute. */
const TAKEOVER_MS = 240_000;

/** From a pending pod to a running one, with nothing allowed that a role's policies do not allow. */
export const underIam: Scenario = {
  name: 'with IAM enforced',
  async run(world) {
    const spec = alone('iam');
    await world.plane.admin.apply(deployment('iam', 3, { cpu: '1', memory: '1Gi', spec }));
    await running(world, 'iam', 3, TAKEOVER_MS);
    await world.stack.invoke('publisher', {});
    await world.stack.invoke('reconciler', {});
    // A poller from before the restart has a session that nobody knows any more.
    const refused = (await refusals(world.ministack)).filter((each) => / to arn:/.test(each));
    return [
      finding('pods get their nodes', true, `${liveInstances(world).length} instances`),
      finding('nothing was refused', refused.length === 0, refused.slice(0, 5).join(' | ')),
    ];
  },
};

/** `cdk destroy` of a stack that is to drain first, with nodes in it. */
export const teardown: Scenario = {
  name: 'cdk destroy, drain',
  async run(world) {
    const spec = alone('last');
    await world.plane.admin.apply(deployment('last', 3, { cpu: '1', memory: '1Gi', spec }));
    await running(world, 'last', 3, TAKEOVER_MS);
    const before = liveInstances(world).length;
    // Nobody waits for pods that are gone; those of a Deployment would come again.
    await world.plane.admin.delete('/apis/apps/v1/namespaces/work/deployments/last');
    const seconds = await world.drainAndDestroy();
    const rbac = await world.plane.admin.list('/apis/rbac.authorization.k8s.io/v1/clusterroles');
    const left = rbac.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('dovetail'));
    const present = await nodes(world);
    return [
      finding('there were nodes', before > 0, before),
      finding(
        'no instance and no node is left',
        liveInstances(world).length + present.length === 0,
        `${seconds.toFixed(1)} s`,
      ),
      finding('no role of ours is left in the cluster', left.length === 0, left.join(', ')),
    ];
  },
};
