/** Everything that `diagnose` judges, as it was found. */
import type { PublishedDocument } from '../model/published-document.ts';
import type {
  AccessEntry,
  ClusterDescription,
  CountedMetric,
  DeployedStack,
  FailingInstance,
  FunctionSettings,
  Identity,
  RingingAlarm,
  RoleDescription,
} from '../ports/diagnosis.ts';
import type { Stop } from '../ports/stop-switch.ts';
import type { Purchase } from './purchase.ts';
import type { Reading } from './reading.ts';

export interface Facts {
  readonly clusterName: string;
  readonly nowMs: number;
  readonly region: Reading<string>;
  readonly identity: Reading<Identity>;
  readonly cluster: Reading<ClusterDescription>;
  /** Version of the API server, which it tells whoever is logged in. */
  readonly server: Reading<string>;
  /** By path in the API: our object as the cluster has it; `undefined` where it has none. */
  readonly objects: ReadonlyMap<string, Reading<unknown>>;
  /** By name of the service: whether its role is there. */
  readonly serviceLinkedRoles: ReadonlyMap<string, Reading<boolean>>;
  /** Lambda functions that the account may run at one time in the region. */
  readonly concurrency: Reading<number>;
  /** vCPUs of standard types that the account may run at one time in the region. */
  readonly vcpuQuotas: ReadonlyMap<Purchase, Reading<number>>;
  /** `undefined`: not deployed. */
  readonly stack: Reading<DeployedStack | undefined>;
  readonly deployed: Reading<DeployedFacts>;
}

/** What is known only of a deployed stack. */
export interface DeployedFacts {
  readonly functions: Reading<readonly FunctionSettings[]>;
  readonly nodeRoles: readonly NodeRoleFacts[];
  /** By Kubernetes group of a function: its entry; `undefined` where it has none. */
  readonly functionEntries: ReadonlyMap<string, Reading<AccessEntry | undefined>>;
  readonly stop: Reading<Stop>;
  /** Age of what was written last. */
  readonly snapshotAtMs: Reading<number | undefined>;
  readonly catalogueAtMs: Reading<number | undefined>;
  /** By queue: messages that failed for good. */
  readonly deadLetters: ReadonlyMap<string, Reading<number>>;
  /** By partition of the table: whether this release can read it. */
  readonly items: ReadonlyMap<string, Reading<number>>;
  readonly documents: Reading<readonly PublishedDocument[]>;
  /** By EC2NodeClass: whether all that it names is there today. */
  readonly resolutions: ReadonlyMap<string, Reading<unknown>>;
  readonly failingInstances: Reading<readonly FailingInstance[]>;
  /** Of the stack's alarms. */
  readonly ringingAlarms: Reading<readonly RingingAlarm[]>;
  /** By kind of event, of the last day. */
  readonly eventsNotRead: Reading<readonly CountedMetric[]>;
  /** By code of the error, of the last day. */
  readonly messagesRefused: Reading<readonly CountedMetric[]>;
  /** Of the last day. */
  readonly messagesUnreadable: Reading<readonly CountedMetric[]>;
  /** Bytes of each document kept as a parameter. */
  readonly parameterBytes: Reading<ReadonlyMap<string, number>>;
}

export interface NodeRoleFacts {
  readonly role: string;
  readonly profile: string;
  /** `undefined`: no such role. */
  readonly description: Reading<RoleDescription | undefined>;
  /** Role of the instance profile; `undefined`: no such profile, or an empty one. */
  readonly profileRole: Reading<string | undefined>;
  readonly entry: Reading<AccessEntry | undefined>;
}
