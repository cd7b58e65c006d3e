import type { InstanceId } from '../model/ids.ts';
import type { CapacityType } from '../model/offering.ts';
import type { FleetError, FleetRequest } from '../model/plan.ts';

/**
 * EC2 as a source of instances.
 *
 * `launch` is idempotent by `clientToken`: the same request again gives the same answer and starts nothing; the same
 * token with another request throws `DovetailError` code `IdempotentParameterMismatch`, retry `never`. Tokens are
 * remembered for at least `TOKEN_LIFE_MS`. Too few instances is an answer, not an error: `errors` then name overrides.
 * Throttling and lost connections throw retry `same-request`; whether anything was started is then unknown.
 *
 * `describe…` are eventually consistent: an instance may be missing for a while after its launch.
 */
export interface Fleet {
  launch(request: FleetRequest): Promise<FleetAnswer>;
  /** All instances that carry the installation's tag and are not long terminated. */
  describeOwned(): Promise<readonly Instance[]>;
  /** The named instances that EC2 knows; unknown or long terminated ones are left out. */
  describe(ids: readonly InstanceId[]): Promise<readonly Instance[]>;
  /** Instances with the order and attempt tags of one launch; how an unknown answer is settled after the token's life. */
  describeAttempt(order: string, attempt: number): Promise<readonly Instance[]>;
  /** Ends instances; ids that are unknown or already ended are not an error. A second call changes nothing. */
  terminate(ids: readonly InstanceId[]): Promise<void>;
  /** Adds or replaces tags. A second call changes nothing; an instance that is gone is not an error. */
  tag(id: InstanceId, tags: Readonly<Record<string, string>>): Promise<void>;
}

/** How long a client token is resent rather than looked up; EC2 keeps instant fleets' tokens longer. */
export const TOKEN_LIFE_MS = 5 * 60_000;

export interface FleetAnswer {
  readonly instances: readonly FleetInstance[];
  readonly errors: readonly FleetError[];
}

export interface FleetInstance {
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly imageId: string;
}

export interface Instance extends FleetInstance {
  readonly state: 'pending' | 'running' | 'shutting-down' | 'stopping' | 'stopped' | 'terminated';
  readonly launchedAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
}
