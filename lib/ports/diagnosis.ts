/** What `dovetail doctor` finds out about an account, a cluster and a deployed stack. All of it is only read. */

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** An EKS cluster in whatever state it is; what is not known yet is absent. */
export interface ClusterDescription {
  /** `ACTIVE` when all is well. */
  readonly status: string;
  readonly authenticationMode: string;
  readonly version?: string;
  readonly endpoint?: string;
  readonly caBase64?: string;
  readonly publicAccess: boolean;
  readonly privateAccess: boolean;
  /** Who may come to the public endpoint; empty where there is none. */
  readonly publicAccessCidrs: readonly string[];
}

/** Who may enter the cluster as what. */
export interface AccessEntry {
  /** `STANDARD`, `EC2_LINUX`, … */
  readonly type: string;
  readonly groups: readonly string[];
}

export interface RoleDescription {
  readonly arn: string;
  /** AWS services that may take the role. */
  readonly trustedServices: readonly string[];
  /** Names of the managed policies that are attached, sorted. */
  readonly policies: readonly string[];
}

export interface DeployedStack {
  readonly name: string;
  /** CloudFormation's word: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly deadLetterUrls: readonly string[];
  readonly alarmNames: readonly string[];
}

export interface FunctionSettings {
  readonly name: string;
  /** Lambda's number of the version that is live. */
  readonly version: string;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly insideVpc: boolean;
}

/** An instance that fails EC2's own checks. */
export interface FailingInstance {
  readonly instanceId: string;
  /** Which: `instance`, `system`, or both. */
  readonly checks: readonly string[];
}

/** A CloudWatch alarm in the state `ALARM`. */
export interface RingingAlarm {
  readonly name: string;
  readonly description: string;
  readonly sinceMs?: number;
}

/** How much a metric counted in some stretch of time: `of` are the values of its dimensions. */
export interface CountedMetric {
  readonly of: string;
  readonly count: number;
}
