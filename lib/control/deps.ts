import type { PlanningPolicies } from '../model/planning-policies.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Claims } from '../ports/claims.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Documents } from '../ports/documents.ts';
import type { Events } from '../ports/events.ts';
import type { Fleet } from '../ports/fleet.ts';
import type { Leases } from '../ports/leases.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Plans } from '../ports/plans.ts';
import type { DrainQueue, LaunchQueue, ProvisionQueue } from '../ports/queues.ts';
import type { SlotStore } from '../ports/slots.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { UnavailableOfferings } from '../ports/unavailable-offerings.ts';

/** Every port there is; each use case takes the `Pick` of it that it needs. */
export interface ControlDeps {
  /** Names this deployment in tags and plan ids: cluster name plus a short stack id. */
  readonly installation: string;
  readonly policies: PlanningPolicies;
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly fleet: Fleet;
  readonly claims: Claims;
  readonly plans: Plans;
  readonly slots: SlotStore;
  readonly unavailable: UnavailableOfferings;
  readonly leases: Leases;
  readonly snapshots: Snapshots;
  readonly documents: Documents;
  readonly catalog: Catalog;
  readonly provisionQueue: ProvisionQueue;
  readonly launchQueue: LaunchQueue;
  readonly drainQueue: DrainQueue;
  readonly events: Events;
  readonly metrics: Metrics;
}
