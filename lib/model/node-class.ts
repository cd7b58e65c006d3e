/** One term of a selector: all set fields ANDed; terms of a list are ORed. A tag value `*` matches any value. */
export interface SelectorTerm {
  readonly tags: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly alias?: string;
  readonly ssmParameter?: string;
}

export type AmiFamily =
  | 'AL2'
  | 'AL2023'
  | 'Bottlerocket'
  | 'Custom'
  | 'Windows2019'
  | 'Windows2022'
  | 'Windows2025';

/** Kubelet settings that change what a node offers to pods. Amounts as in `ResourceList`. */
export interface KubeletSettings {
  readonly maxPods?: number;
  readonly podsPerCore?: number;
  readonly kubeReserved: Readonly<Record<string, number>>;
  readonly systemReserved: Readonly<Record<string, number>>;
  /** Signal to threshold: bytes, or a share of capacity in percent. */
  readonly evictionHard: Readonly<Record<string, EvictionThreshold>>;
}

export type EvictionThreshold =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** A `karpenter.k8s.aws/v1` EC2NodeClass after defaults and validation; fields not acted on stay in `spec`. */
export interface NodeClass {
  readonly name: string;
  readonly hash: string;
  readonly hashVersion: string;
  readonly amiFamily: AmiFamily;
  readonly amiSelectorTerms: readonly SelectorTerm[];
  readonly subnetSelectorTerms: readonly SelectorTerm[];
  readonly securityGroupSelectorTerms: readonly SelectorTerm[];
  readonly role?: string;
  readonly instanceProfile?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kubelet: KubeletSettings;
  /** Size of the volume that pods' ephemeral storage lives on. */
  readonly rootVolumeBytes: number;
  readonly instanceStorePolicy?: 'RAID0';
  /** The whole validated spec, for launch templates. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What EC2 says a NodeClass's selectors name today. */
export interface ResolvedNodeClass {
  readonly name: string;
  /** One subnet per zone: the one with most free addresses. */
  readonly subnets: readonly { readonly id: string; readonly zone: string; readonly zoneId: string }[];
  readonly securityGroupIds: readonly string[];
  /** Image per architecture (`amd64`, `arm64`). */
  readonly imageIds: Readonly<Record<string, string>>;
}
