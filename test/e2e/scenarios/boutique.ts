import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../lane/kube-client.ts';
import { adheres, running } from './cluster.ts';
import { finding, type Scenario } from './scenario.ts';
import { NAMESPACE } from './workloads.ts';

const FILE = new URL('../../../scenarios/online-boutique/services.yaml', import.meta.url);
const REPLICAS = 3;

/** Online Boutique, every service three times. */
export const boutique: Scenario = {
  name: 'Online Boutique',
  async run(world) {
    const services = parseAllDocuments(readFileSync(FILE, 'utf8')).map((each) => each.toJS() as Manifest);
    for (const service of services) {
      const spec = { ...(service['spec'] as object), replicas: REPLICAS };
      await world.plane.admin.apply({
        ...service,
        metadata: { ...service.metadata, namespace: NAMESPACE },
        spec,
      });
    }
    for (const { metadata } of services) await running(world, metadata.name, REPLICAS);
    return [
      finding('every service runs', true, `${services.length} services of ${REPLICAS} pods`),
      ...(await adheres(world)),
    ];
  },
};
