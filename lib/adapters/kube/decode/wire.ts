/**
 * JSON objects as the API server sends them, as far as they are read. The server has checked their types, so they are
 * believed; a member may be absent or null, and enumerations may hold values younger than this file.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */
type Maybe<T> = T | null | undefined;
export type WireMap = Maybe<Readonly<Record<string, string>>>;
/** Quantities are texts; a client may have written a number. */
export type WireAmounts = Maybe<Readonly<Record<string, string | number>>>;

export interface WireMetadata {
  readonly name: string;
  readonly namespace?: Maybe<string>;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: WireMap;
  readonly annotations?: WireMap;
  readonly creationTimestamp?: Maybe<string>;
  readonly deletionTimestamp?: Maybe<string>;
  readonly ownerReferences?: Maybe<
    readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: Maybe<boolean>;
    }[]
  >;
}

export interface WireObject {
  readonly metadata: WireMetadata;
}

export interface WireExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: Maybe<readonly string[]>;
}

export interface WireSelector {
  readonly matchLabels?: WireMap;
  readonly matchExpressions?: Maybe<readonly WireExpression[]>;
}

export interface WireNodeTerm {
  readonly matchExpressions?: Maybe<readonly WireExpression[]>;
  readonly matchFields?: Maybe<readonly WireExpression[]>;
}

export interface WirePodTerm {
  readonly topologyKey: string;
  readonly labelSelector?: Maybe<WireSelector>;
  readonly namespaces?: Maybe<readonly string[]>;
  readonly namespaceSelector?: Maybe<WireSelector>;
  readonly matchLabelKeys?: Maybe<readonly string[]>;
  readonly mismatchLabelKeys?: Maybe<readonly string[]>;
}

interface WirePodTerms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: Maybe<readonly WirePodTerm[]>;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: Maybe<
    readonly { readonly weight: number; readonly podAffinityTerm: WirePodTerm }[]
  >;
}

export interface WireAffinity {
  readonly nodeAffinity?: Maybe<{
    readonly requiredDuringSchedulingIgnoredDuringExecution?: Maybe<{
      readonly nodeSelectorTerms?: Maybe<readonly WireNodeTerm[]>;
    }>;
    readonly preferredDuringSchedulingIgnoredDuringExecution?: Maybe<
      readonly { readonly weight: number; readonly preference: WireNodeTerm }[]
    >;
  }>;
  readonly podAffinity?: Maybe<WirePodTerms>;
  readonly podAntiAffinity?: Maybe<WirePodTerms>;
}

export interface WireSpread {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: Maybe<WireSelector>;
  readonly matchLabelKeys?: Maybe<readonly string[]>;
  readonly minDomains?: Maybe<number>;
  readonly nodeAffinityPolicy?: Maybe<string>;
  readonly nodeTaintsPolicy?: Maybe<string>;
}

export interface WireToleration {
  readonly key?: Maybe<string>;
  readonly operator?: Maybe<string>;
  readonly value?: Maybe<string>;
  readonly effect?: Maybe<string>;
  readonly tolerationSeconds?: Maybe<number>;
}

export interface WireResources {
  readonly requests?: WireAmounts;
  readonly limits?: WireAmounts;
}

export interface WireContainer {
  readonly resources?: Maybe<WireResources>;
  readonly restartPolicy?: Maybe<string>;
  readonly ports?: Maybe<
    readonly {
      readonly containerPort: number;
      readonly hostPort?: Maybe<number>;
      readonly protocol?: Maybe<string>;
      readonly hostIP?: Maybe<string>;
    }[]
  >;
}

export interface WirePodSpec {
  readonly containers: readonly WireContainer[];
  readonly initContainers?: Maybe<readonly WireContainer[]>;
  readonly resources?: Maybe<WireResources>;
  readonly overhead?: WireAmounts;
  readonly nodeName?: Maybe<string>;
  readonly nodeSelector?: WireMap;
  readonly affinity?: Maybe<WireAffinity>;
  readonly tolerations?: Maybe<readonly WireToleration[]>;
  readonly topologySpreadConstraints?: Maybe<readonly WireSpread[]>;
  readonly hostNetwork?: Maybe<boolean>;
  readonly volumes?: Maybe<
    readonly {
      readonly name: string;
      readonly persistentVolumeClaim?: Maybe<{ readonly claimName: string }>;
      readonly ephemeral?: Maybe<object>;
    }[]
  >;
  readonly resourceClaims?: Maybe<
    readonly { readonly name: string; readonly resourceClaimName?: Maybe<string> }[]
  >;
  readonly priority?: Maybe<number>;
  readonly priorityClassName?: Maybe<string>;
  readonly preemptionPolicy?: Maybe<string>;
  readonly schedulerName?: Maybe<string>;
  readonly schedulingGates?: Maybe<readonly { readonly name: string }[]>;
  readonly terminationGracePeriodSeconds?: Maybe<number>;
}

export interface WireCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: Maybe<string>;
  readonly message?: Maybe<string>;
  readonly lastTransitionTime?: Maybe<string>;
}

export interface WirePod extends WireObject {
  readonly spec: WirePodSpec;
  readonly status?: Maybe<{
    readonly phase?: Maybe<string>;
    readonly nominatedNodeName?: Maybe<string>;
    readonly startTime?: Maybe<string>;
    readonly conditions?: Maybe<readonly WireCondition[]>;
  }>;
}

export interface WireNode extends WireObject {
  readonly spec?: Maybe<{
    readonly providerID?: Maybe<string>;
    readonly unschedulable?: Maybe<boolean>;
    readonly taints?: Maybe<
      readonly { readonly key: string; readonly value?: Maybe<string>; readonly effect: string }[]
    >;
  }>;
  readonly status?: Maybe<{
    readonly capacity?: WireAmounts;
    readonly allocatable?: WireAmounts;
    readonly conditions?: Maybe<readonly WireCondition[]>;
  }>;
}

export interface WireDaemonSet extends WireObject {
  readonly spec: {
    readonly template: {
      readonly metadata?: Maybe<{ readonly labels?: WireMap; readonly annotations?: WireMap }>;
      readonly spec: WirePodSpec;
    };
  };
}

export interface WireVolumeClaim extends WireObject {
  readonly spec?: Maybe<{
    readonly storageClassName?: Maybe<string>;
    readonly volumeName?: Maybe<string>;
    readonly accessModes?: Maybe<readonly string[]>;
  }>;
  readonly status?: Maybe<{ readonly phase?: Maybe<string> }>;
}

export interface WireVolume extends WireObject {
  readonly spec: {
    readonly nodeAffinity?: Maybe<{
      readonly required?: Maybe<{ readonly nodeSelectorTerms?: Maybe<readonly WireNodeTerm[]> }>;
    }>;
    readonly csi?: Maybe<{ readonly driver: string; readonly volumeHandle?: Maybe<string> }>;
    readonly awsElasticBlockStore?: Maybe<{ readonly volumeID: string }>;
    readonly local?: Maybe<object>;
    readonly hostPath?: Maybe<object>;
    readonly storageClassName?: Maybe<string>;
    readonly claimRef?: Maybe<object>;
  };
  readonly status?: Maybe<{ readonly phase?: Maybe<string> }>;
}

export interface WireStorageClass extends WireObject {
  readonly provisioner: string;
  readonly volumeBindingMode?: Maybe<string>;
  readonly allowedTopologies?: Maybe<
    readonly {
      readonly matchLabelExpressions?: Maybe<
        readonly { readonly key: string; readonly values: readonly string[] }[]
      >;
    }[]
  >;
}

export interface WireCsiNode extends WireObject {
  readonly spec: {
    readonly drivers?: Maybe<
      readonly {
        readonly name: string;
        readonly allocatable?: Maybe<{ readonly count?: Maybe<number> }>;
      }[]
    >;
  };
}
