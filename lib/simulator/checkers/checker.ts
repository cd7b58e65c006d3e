import type { MemoryClaims } from '../../adapters/memory/claims.ts';
import type { Ec2 } from '../../adapters/memory/ec2.ts';
import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import type { MemoryPlans } from '../../adapters/memory/plans.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { ResourceList } from '../../model/resources.ts';
import type { Instance } from '../../ports/fleet.ts';
import type { Facts } from '../facts.ts';

/** One property of the system, judged from outside. */
export interface Checker {
  /** What must hold, as a sentence. */
  readonly property: string;
  /** Called every few seconds of virtual time. */
  look?(nowMs: number): void;
  /** Called once, when the run is over. */
  finish?(nowMs: number): void;
  readonly violations: readonly string[];
}

/** What checkers judge by: the adapters' own state and what the world saw; never what control code says of itself. */
export interface Evidence {
  readonly ec2: Ec2;
  readonly api: KubeApi;
  readonly facts: Facts;
  readonly claims: MemoryClaims;
  readonly plans: MemoryPlans;
  readonly nodePools: readonly NodePool[];
  readonly capacityOf: (instance: Instance) => ResourceList;
  /**
   * Added to every limit in time: how long the injected faults may hold a step up. One crash costs a message its
   * visibility, or a tick its minute.
   */
  readonly patienceMs: number;
}

/** Violations, each told once however often it is seen. */
export class Violations {
  readonly #byKey = new Map<string, string>();

  add(key: string, text: string): void {
    if (!this.#byKey.has(key)) this.#byKey.set(key, text);
  }

  get list(): readonly string[] {
    return [...this.#byKey.values()];
  }
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;

export const isAlive = (instance: Instance): boolean =>
  instance.state === 'pending' || instance.state === 'running';
