/**
 * Every custom metric there is, because each costs money: a name with one set of dimension values is one metric
 * (https://aws.amazon.com/cloudwatch/pricing/). All have the dimension `service`, which is the installation; dimensions
 * of control code that are not named here are left out. With one NodePool that uses both capacity types and no failures a
 * deployment has eleven, those whose `when` is `always`.
 */
export interface MetricDefinition {
  readonly unit: 'Count' | 'Seconds' | 'None';
  readonly dimensions: readonly string[];
  /** `always`: published while all is well; `trouble`: costs only in hours when it happens. */
  readonly when: 'always' | 'trouble';
}

export const METRIC_NAMESPACE = 'Dovetail';

const always = (unit: MetricDefinition['unit'], ...dimensions: string[]): MetricDefinition => ({
  unit,
  dimensions,
  when: 'always',
});
const trouble = (...dimensions: string[]): MetricDefinition => ({
  unit: 'Count',
  dimensions,
  when: 'trouble',
});

export const METRICS: Readonly<Record<string, MetricDefinition>> = {
  /** Minute by minute, from the reconciler. */
  Nodes: always('Count', 'nodePool', 'capacityType'),
  UsdPerHour: always('None'),
  PendingPods: always('Count'),
  /** Pending pods that no claim is on its way for. */
  UncoveredPods: always('Count'),
  /** Age of the newest snapshot: grows when no poller runs. */
  SnapshotAge: always('Seconds'),
  UnavailableOfferings: always('Count'),
  /** As they happen. */
  InstancesLaunched: always('Count', 'capacityType'),
  PlannedPodsBound: always('Count'),
  PlannedPodsMissed: always('Count'),
  OfferingsUnavailable: trouble('reason'),
  LaunchesFailed: trouble('nodePool'),
  RuleFailed: trouble('retry'),
  ProvisionRequestsRefused: trouble(),
  ProvisionRequestsExpired: trouble(),
  UnknownInstances: trouble(),
  OrphanInstancesEnded: trouble(),
  DrainHopsExhausted: trouble(),
  DrainStepsRefused: trouble('code'),
  DocumentsNotReady: trouble('state'),
  GuardRefused: trouble('code'),
  WorkStopped: trouble('work'),
  /** Messages and events that nobody could read. */
  MessagesUnreadable: trouble(),
  /** Messages that failed for good and were acknowledged. */
  MessagesRefused: trouble('code'),
  /** Messages that are redelivered. */
  MessagesRetried: trouble('code'),
  /** EventBridge events of a kind that is not acted on. */
  EventsNotRead: trouble('detailType'),
};
