// What comes from outside: the scenario's events, and by chance instances that are lost.

import { assertNever } from '../../model/assert-never.ts';
import { TAG } from '../../model/labels.ts';
import { instanceIdOfProviderId } from '../../model/node.ts';
import { offeringKey } from '../../model/offering.ts';
import { isDaemonSetPod } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Instance } from '../../ports/fleet.ts';
import type { Environment } from '../environment.ts';
import type { FaultRates } from '../faults.ts';
import { matchesOffering, type ScenarioEvent } from '../scenario.ts';
import type { WorkloadController } from './workload-controller.ts';
import type { World } from './world.ts';

/** A lost instance is lost some time between its start and this. */
const LOST_WITHIN_MS = 8 * 60_000;

export interface HappeningsOptions {
  readonly world: World;
  readonly environment: Environment;
  readonly workloads: WorkloadController;
  readonly events: readonly ScenarioEvent[];
  readonly rates: FaultRates;
}

export class Happenings {
  readonly #options: HappeningsOptions;
  #left: number;

  constructor(options: HappeningsOptions) {
    this.#options = options;
    this.#left = options.events.length;
    const { time } = options.world;
    for (const event of options.events) {
      time.at(time.startMs + event.atMs, () => {
        this.#left -= 1;
        this.#happen(event);
      });
    }
    this.#loseByChance();
  }

  /** Every event of the scenario has happened. */
  get over(): boolean {
    return this.#left === 0;
  }

  #happen(event: ScenarioEvent): void {
    const { world, workloads } = this.#options;
    switch (event.kind) {
      case 'scale': {
        const [only] = event.workloads;
        const what =
          event.workloads.length === 1 && only !== undefined
            ? `${only.kind} ${only.namespace}/${only.name}`
            : `${event.workloads.length} workloads`;
        world.tell(`${what} scaled to ${event.replicas}`);
        for (const workload of event.workloads) workloads.scale(workload, event.replicas);
        return;
      }
      case 'lose':
        this.#lose(event.nodePool, event.count);
        return;
      case 'market':
        this.#setMarket(event);
        return;
      default:
        assertNever(event);
    }
  }

  /** The instances with most pods go, so that the loss matters; ties by id. */
  #lose(nodePool: string, count: number): void {
    const { world, environment } = this.#options;
    const candidates = environment.ec2
      .instances()
      .filter((instance) => instance.state === 'running' && instance.tags[TAG.nodePool] === nodePool)
      .map((instance) => ({ instance, pods: this.#podsOn(instance) }))
      .sort((a, b) => b.pods - a.pods || compareText(a.instance.instanceId, b.instance.instanceId));
    for (const { instance, pods } of candidates.slice(0, count)) {
      world.tell(`instance ${instance.instanceId} of NodePool ${nodePool} is lost, with ${pods} pods on it`);
      environment.ec2.kill(instance.instanceId);
    }
    if (candidates.length === 0) world.tell(`NodePool ${nodePool} has no running instance to lose`);
  }

  #podsOn(instance: Instance): number {
    const { api } = this.#options.environment;
    const node = api.nodes().find((each) => instanceIdOfProviderId(each.providerId) === instance.instanceId);
    return node === undefined ? 0 : api.podsOnNode(node.name).filter((pod) => !isDaemonSetPod(pod)).length;
  }

  #setMarket({ match, instances }: Extract<ScenarioEvent, { kind: 'market' }>): void {
    const { world, environment } = this.#options;
    const pools = environment.pools.filter((pool) => matchesOffering(match, pool));
    for (const pool of pools) environment.market.setCapacity(pool, instances);
    const [first] = pools;
    const which =
      pools.length === 1 && first !== undefined ? offeringKey(first) : `${pools.length} capacity pools`;
    world.tell(`market: ${which} now ${instances === 0 ? 'dry' : `with ${instances} instances`}`);
  }

  #loseByChance(): void {
    const { world, environment, rates } = this.#options;
    const random = world.random('instance-loss');
    environment.ec2.subscribe((event) => {
      if (event.kind !== 'state' || event.instance.state !== 'running') return;
      if (!random.chance(rates.instanceLoss)) return;
      const { instanceId } = event.instance;
      world.time.after(random.below(LOST_WITHIN_MS), () => {
        if (environment.ec2.instance(instanceId)?.state !== 'running') return;
        world.tell(`instance ${instanceId} is lost`);
        environment.ec2.kill(instanceId);
      });
    });
  }
}
