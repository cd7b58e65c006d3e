// Objects that say something in every field that planning reads, as documents.

const selector = {
  matchLabels: { app: 'shop' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['web', 'api'] }],
};
const podTerm = {
  topologyKey: 'topology.kubernetes.io/zone',
  labelSelector: selector,
  namespaces: ['default'],
  namespaceSelector: {},
  matchLabelKeys: ['pod-template-hash'],
  mismatchLabelKeys: ['tenant'],
};
const nodeTerm = {
  matchExpressions: [
    { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
    { key: 'cpus', operator: 'Gt', values: ['3'] },
    { key: 'gpu', operator: 'DoesNotExist' },
  ],
  matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }],
};
const terms = {
  requiredDuringSchedulingIgnoredDuringExecution: [podTerm],
  preferredDuringSchedulingIgnoredDuringExecution: [
    { weight: 7, podAffinityTerm: { topologyKey: 'host', labelSelector: {} } },
  ],
};

export const richPodDocument = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'rich',
    namespace: 'shop',
    labels: { app: 'shop' },
    annotations: { 'karpenter.sh/do-not-disrupt': 'true' },
    deletionTimestamp: '2026-01-31T13:00:00Z',
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Other', name: 'not-in-control', uid: 'u1' },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rich-5d4', uid: 'u2', controller: true },
    ],
  },
  spec: {
    overhead: { cpu: '10m', memory: '1Mi' },
    resources: { requests: { cpu: '3' } },
    initContainers: [
      { name: 'copy', resources: { requests: { memory: '4Gi' } } },
      {
        name: 'proxy',
        restartPolicy: 'Always',
        resources: { limits: { cpu: '0.1', memory: '64M' } },
        ports: [{ containerPort: 15_001, hostPort: 15_001, protocol: 'UDP', hostIP: '10.0.0.1' }],
      },
    ],
    containers: [
      {
        name: 'main',
        resources: {
          requests: { cpu: '1500m', memory: '1.5Gi', 'ephemeral-storage': '1e9' },
          limits: { memory: '2Gi', 'nvidia.com/gpu': 1 },
        },
        ports: [{ containerPort: 80 }, { containerPort: 443, hostPort: 8443 }],
      },
      { name: 'bare' },
    ],
    nodeSelector: { disk: 'ssd' },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, preference: nodeTerm }],
      },
      podAffinity: terms,
      podAntiAffinity: terms,
    },
    tolerations: [
      { operator: 'Exists' },
      { key: 'a', value: 'b', effect: '' },
      {
        key: 'node.kubernetes.io/not-ready',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      },
    ],
    topologySpreadConstraints: [
      {
        ...{ maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', minDomains: 3 },
        ...{ labelSelector: selector, matchLabelKeys: ['hash'], nodeAffinityPolicy: 'Ignore' },
        nodeTaintsPolicy: 'Honor',
      },
      { maxSkew: 1, topologyKey: 'host', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
    volumes: [
      { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'gp3' } } } },
      { name: 'data', persistentVolumeClaim: { claimName: 'data-rich' } },
      { name: 'settings', configMap: { name: 'settings' } },
    ],
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu-1' }, { name: 'net' }],
    priority: 1_000,
    preemptionPolicy: 'Never',
    schedulerName: 'second-scheduler',
    schedulingGates: [{ name: 'quota' }],
    terminationGracePeriodSeconds: 5,
  },
  status: {
    phase: 'Pending',
    nominatedNodeName: 'n7',
    startTime: '2026-01-31T12:30:00Z',
    conditions: [
      {
        ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' },
        lastTransitionTime: '2026-01-31T12:31:00Z',
      },
    ],
  },
};

const inZone = (...values: string[]) => ({
  matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values }],
});

const claim = (name: string, fields: object, metadata: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, ...metadata } },
  ...fields,
});

const volume = (name: string, spec: object, labels: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels }, spec },
});

export const richObjects = [
  richPodDocument,
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'on-host' },
    spec: {
      hostNetwork: true,
      nodeName: 'rich',
      containers: [{ name: 'main', ports: [{ containerPort: 9_100, hostPort: 0 }] }],
    },
    status: { phase: 'Succeeded' },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'rich',
      labels: { 'kubernetes.io/hostname': 'ip-10-0-0-1', pool: 'a' },
      annotations: { note: 'x' },
      deletionTimestamp: '2026-01-31T13:00:00Z',
    },
    spec: {
      providerID: 'aws:///eu-west-1a/i-0123',
      unschedulable: true,
      taints: [
        { key: 'a', value: 'b', effect: 'NoSchedule' },
        { key: 'c', effect: 'NoExecute', timeAdded: '2026-01-31T12:00:00Z' },
      ],
    },
    status: {
      capacity: { cpu: '4', memory: '15896724Ki', pods: '58', 'nvidia.com/gpu': '1' },
      allocatable: { cpu: '3920m', memory: '14744724Ki', pods: '58', 'nvidia.com/gpu': '1' },
      conditions: [
        { type: 'MemoryPressure', status: 'False', lastTransitionTime: '2026-01-31T12:00:00Z' },
        { type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-31T12:10:00Z' },
      ],
    },
  },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'bare' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'web' } } },
  claim('bound', {
    spec: { storageClassName: '', volumeName: 'pv-1', accessModes: ['ReadWriteOncePod'] },
    status: { phase: 'Bound' },
  }),
  claim('half-bound', { spec: { volumeName: 'pv-2' }, status: { phase: 'Pending' } }),
  claim(
    'bind-completed',
    { spec: { volumeName: 'pv-3' }, status: { phase: 'Pending' } },
    { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
  ),
  claim('lost', { status: { phase: 'Lost' } }, { deletionTimestamp: '2026-01-31T13:00:00Z' }),
  volume('csi', {
    csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' },
    nodeAffinity: { required: { nodeSelectorTerms: [inZone('a'), inZone('b')] } },
  }),
  volume('in-tree', { awsElasticBlockStore: { volumeID: 'aws://eu-west-1a/vol-2' } }),
  volume(
    'labelled',
    { csi: { driver: 'ebs.csi.aws.com' }, nodeAffinity: { required: { nodeSelectorTerms: [inZone('a')] } } },
    { 'topology.kubernetes.io/zone': 'a__b', 'failure-domain.beta.kubernetes.io/region': 'eu' },
  ),
  volume('free', { csi: { driver: 'efs.csi.aws.com' }, storageClassName: 'static' }),
  volume('taken', {
    ...{ csi: { driver: 'efs.csi.aws.com' }, storageClassName: 'static' },
    claimRef: { namespace: 'shop', name: 'bound' },
  }),
  {
    ...volume('released', { csi: { driver: 'efs.csi.aws.com' }, storageClassName: 'static' }),
    status: { phase: 'Released' },
  },
  volume('labelled-only', { hostPath: { path: '/data' } }, { 'topology.kubernetes.io/zone': 'a' }),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'zonal' },
    provisioner: 'ebs.csi.aws.com',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [
      { matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['a', 'b'] }] },
    ],
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name: 'rich' },
    spec: {
      drivers: [
        { name: 'ebs.csi.aws.com', nodeID: 'i-0123', allocatable: { count: 25 } },
        { name: 'efs.csi.aws.com', nodeID: 'i-0123' },
      ],
    },
  },
];
