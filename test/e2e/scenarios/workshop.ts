import { adheres, endsAtZero, running, scale } from './cluster.ts';
import { finding, type Scenario } from './scenario.ts';
import { deployment } from './workloads.ts';

/** The EKS workshop: 0 → 5 → 12 → 0, and the nodes come and go with it. */
export const workshop: Scenario = {
  name: 'workshop: inflate 0, 5, 12, 0',
  async run(world) {
    await world.plane.admin.apply(deployment('inflate', 0, { cpu: '100m', memory: '1Gi' }));
    await scale(world, 'inflate', 5);
    await running(world, 'inflate', 5);
    await scale(world, 'inflate', 12);
    const pods = await running(world, 'inflate', 12);
    const findings = [
      finding(
        '12 pods run',
        pods.length === 12,
        `${new Set(pods.map(({ spec }) => spec.nodeName)).size} nodes`,
      ),
      ...(await adheres(world)),
    ];
    await scale(world, 'inflate', 0);
    return [...findings, await endsAtZero(world)];
  },
};
