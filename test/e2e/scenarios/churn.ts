import { systemClock } from '../../../lib/adapters/system/clock.ts';
import { seededRandom } from '../../support/memory-clock.ts';
import type { World } from '../world/world.ts';
import { adheres, podsOf } from './cluster.ts';
import { finding, type Scenario } from './scenario.ts';
import { NAMESPACE, pod } from './workloads.ts';

const WAVES = 4;
const PODS_PER_WAVE = 40;
const RIVALS_PER_WAVE = 8;
const DELETED_PER_WAVE = 4;
const WAVE_MS = 20_000;
const SETTLE_MS = 180_000;
const SEED = 7;

/**
 * Waves of pods of every size in random order; while their nodes boot, rivals arrive that fit anywhere, and some of the
 * planned pods are deleted. kube-scheduler is free to put any of them wherever it likes.
 */
export const churn: Scenario = {
  name: 'adherence with churn and rival pods',
  async run(world) {
    world.ledger.turnPage();
    const random = seededRandom(SEED);
    for (let wave = 0; wave < WAVES; wave++) {
      for (let n = 0; n < PODS_PER_WAVE; n++) await create(world, `w${wave}-${n}`, 'planned', random);
      for (let n = 0; n < RIVALS_PER_WAVE; n++) {
        await systemClock.sleep(WAVE_MS / RIVALS_PER_WAVE);
        await create(world, `rival${wave}-${n}`, 'rival', random);
        if (n % (RIVALS_PER_WAVE / DELETED_PER_WAVE) === 0) {
          await world.plane.admin.delete(`${PODS}/w${wave}-${random.below(PODS_PER_WAVE)}`, 0);
        }
      }
    }
    const all = await world.plane.admin.until('every pod to run', async () => settled(world), SETTLE_MS);
    return [finding('every pod runs', true, `${all} pods`), ...(await adheres(world))];
  },
};

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

/** A few large ones, many small ones, with cpu and memory in any proportion. */
async function create(
  { plane: { admin } }: World,
  name: string,
  app: 'planned' | 'rival',
  random: ReturnType<typeof seededRandom>,
): Promise<void> {
  const size = app === 'rival' ? 1 : 1 + random.below(4) * random.below(4);
  const cpu = `${100 * size + 10 * random.below(20)}m`;
  const memory = `${128 * size * (1 + random.below(4))}Mi`;
  const labels = { app };
  await admin.create(PODS, pod(name, { cpu, memory, labels }));
}

async function settled(world: World): Promise<number | false> {
  const pods = [...(await podsOf(world, 'planned')), ...(await podsOf(world, 'rival'))];
  return pods.every(({ status }) => status.phase === 'Running') && pods.length;
}
