/**
 * Names of labels, taints, tags and annotations. Node labels are Karpenter's, because workloads select on them; our own
 * marks live under `dovetail.sh`.
 * Source: https://kubernetes.io/docs/reference/labels-annotations-taints/ and karpenter `pkg/apis/v1/labels.go`.
 */
export const LABEL = {
  arch: 'kubernetes.io/arch',
  os: 'kubernetes.io/os',
  hostname: 'kubernetes.io/hostname',
  instanceType: 'node.kubernetes.io/instance-type',
  zone: 'topology.kubernetes.io/zone',
  zoneId: 'topology.k8s.aws/zone-id',
  region: 'topology.kubernetes.io/region',
  capacityType: 'karpenter.sh/capacity-type',
  nodePool: 'karpenter.sh/nodepool',
  nodeClass: 'karpenter.k8s.aws/ec2nodeclass',
  registered: 'karpenter.sh/registered',
  initialized: 'karpenter.sh/initialized',
  /** The claim a node belongs to. */
  claim: 'dovetail.sh/nodeclaim',
} as const;

export const TAINT = {
  /** On every node from its first heartbeat until `register` gives it its slot. */
  starting: 'dovetail.sh/starting',
  /** Value = claim name; tolerated by exactly the pods planned for that claim. Values are never reused. */
  slot: 'dovetail.sh/slot',
  disrupted: 'karpenter.sh/disrupted',
} as const;

export const ANNOTATION = {
  /** `slot` (default), `barrier` or `off`, on a NodePool. */
  placement: 'dovetail.sh/placement',
  doNotDisrupt: 'karpenter.sh/do-not-disrupt',
  /** On a node that carries our disrupted taint; value = its claim. */
  draining: 'dovetail.sh/draining',
  /** Marks a node that `register` cordoned for a moment so that DaemonSet pods take their room; value = since, ms. */
  daemonSetsFirst: 'dovetail.sh/daemonsets-first-since-ms',
} as const;

/** EC2 tags. None starts with `karpenter.sh/`: a Karpenter beside us would collect such an instance. */
export const TAG = {
  installation: 'dovetail.sh/installation',
  order: 'dovetail.sh/order',
  attempt: 'dovetail.sh/attempt',
  claim: 'dovetail.sh/nodeclaim',
  nodePool: 'dovetail.sh/nodepool',
} as const;
