import type { InstanceId } from '../../model/ids.ts';
import { TAG } from '../../model/labels.ts';
import type { FleetRequest } from '../../model/plan.ts';
import type { Fleet, FleetAnswer, Instance } from '../../ports/fleet.ts';
import type { Ec2 } from './ec2.ts';

/** EC2 as one installation's functions see it. */
export class MemoryFleet implements Fleet {
  readonly #ec2: Ec2;
  readonly #installation: string;

  constructor(options: { readonly ec2: Ec2; readonly installation: string }) {
    this.#ec2 = options.ec2;
    this.#installation = options.installation;
  }

  async launch(request: FleetRequest): Promise<FleetAnswer> {
    return this.#ec2.createFleet(request);
  }

  async describeOwned(): Promise<readonly Instance[]> {
    return this.#ec2.describe().filter(({ tags }) => tags[TAG.installation] === this.#installation);
  }

  async describe(ids: readonly InstanceId[]): Promise<readonly Instance[]> {
    const wanted = new Set(ids);
    return this.#ec2.describe().filter(({ instanceId }) => wanted.has(instanceId));
  }

  async describeAttempt(order: string, attempt: number): Promise<readonly Instance[]> {
    const owned = await this.describeOwned();
    return owned.filter(({ tags }) => tags[TAG.order] === order && tags[TAG.attempt] === String(attempt));
  }

  async terminate(ids: readonly InstanceId[]): Promise<void> {
    for (const id of ids) this.#ec2.terminate(id);
  }

  async tag(id: InstanceId, tags: Readonly<Record<string, string>>): Promise<void> {
    this.#ec2.tag(id, tags);
  }
}
