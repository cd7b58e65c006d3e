/**
 * Every custom metric there is, because each costs money: a name with one set of dimension values is one metric
 * (https://aws.amazon.com/cloudwatch/pricing/). All have the dimension `service`, which is the installation; dimensions
 * of control code that are not named here are left out. With one NodePool that uses both capacity types and no failures a
 * deployment has fourteen, those whose `when` is `always`.
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
  /** Of plans for as many pods as Karpenter's algorithm would place: what they cost, and what it would have bought. */
  PlannedUsdPerHour: always('None'),
  KarpenterUsdPerHour: always('None'),
  /** From a pod's creation, as one that must wait for a node, until it runs. */
  PodPendingToRunning: always('Seconds'),
  PlannedPodsBound: always('Count'),
  PlannedPodsMissed: always('Count'),
  OfferingsUnavailable: trouble('reason'),
  /** By what EC2 answered last. */
  LaunchesFailed: trouble('reason'),
  /** Answers of CreateFleet that say: later. */
  LaunchesDelayed: trouble('code'),
  /** Minutes in which a person has stopped something. */
  KillSwitchOn: trouble(),
  /** What EC2 told about instances of ours that nobody here asked for. */
  Interruptions: trouble('detailType'),
  RuleFailed: trouble('code'),
  ProvisionRequestsRefused: trouble(),
  ProvisionRequestsExpired: trouble(),
  /** Plans whose search ended early, for want of time: valid, and dearer than they might be. */
  PlansCutShort: trouble(),
  UnknownInstances: trouble(),
  OrphanInstancesEnded: trouble(),
  DrainHopsExhausted: trouble(),
  DrainStepsRefused: trouble('code'),
  DocumentsNotReady: trouble('state'),
  /** Hours in which the price list could not be had, so that embedded prices are used. */
  PricesEmbedded: trouble('code'),
  GuardRefused: trouble('code'),
  WorkStopped: trouble('work'),
  /** Invocations that ended with an error. */
  FunctionFailed: trouble('code'),
  /** Messages and events that nobody could read. */
  MessagesUnreadable: trouble(),
  /** Messages that failed for good and were acknowledged. */
  MessagesRefused: trouble('code'),
  /** Messages that are redelivered. */
  MessagesRetried: trouble('code'),
  /** EventBridge events that name no instance, which is all that is done about their kind. */
  EventsNotRead: trouble('detailType'),
};
