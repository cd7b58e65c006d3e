// Whole documents as users give them to the command, one JSON line each (JSON is YAML too).

interface PodWish {
  readonly name?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly nodeName?: string;
  readonly affinity?: object;
}

const podSpec = ({ cpu = '500m', memory = '1Gi', nodeName, affinity }: PodWish) => ({
  containers: [{ name: 'main', image: 'none', resources: { requests: { cpu, memory } } }],
  ...(nodeName === undefined ? {} : { nodeName }),
  ...(affinity === undefined ? {} : { affinity }),
});

const document = (value: object): string => `${JSON.stringify(value)}\n`;

/** Several documents as one file. */
export const joined = (...documents: readonly string[]): string => documents.join('---\n');

export const podDocument = (wish: PodWish = {}): string =>
  document({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: wish.name ?? 'pod' },
    spec: podSpec(wish),
    ...(wish.nodeName === undefined ? {} : { status: { phase: 'Running' } }),
  });

export const deploymentDocument = (replicas: number, wish: PodWish = {}): string => {
  const app = wish.name ?? 'web';
  return document({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: podSpec(wish) },
    },
  });
};

export const daemonSetDocument = (wish: PodWish = {}): string => {
  const app = wish.name ?? 'agent';
  return document({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: app },
    spec: {
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: podSpec(wish) },
    },
  });
};

/** A Ready node of 4 vCPUs and 16 GiB. */
export const nodeDocument = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
  document({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64', ...labels } },
    spec: { providerID: `aws:///us-east-1a/i-0${name.length}` },
    status: {
      capacity: { cpu: '4', memory: '16Gi', pods: '58' },
      allocatable: { cpu: '3920m', memory: '14162Mi', pods: '58' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });

const M7I_ON_DEMAND = [
  { key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['m7i'] },
  { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
];

interface PoolWish {
  readonly name?: string;
  readonly nodeClass?: string;
  readonly requirements?: readonly object[];
  readonly limits?: Readonly<Record<string, string>>;
}

export const nodePoolDocument = (wish: PoolWish = {}): string =>
  document({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: wish.name ?? 'general' },
    spec: {
      template: {
        spec: {
          nodeClassRef: {
            group: 'karpenter.k8s.aws',
            kind: 'EC2NodeClass',
            name: wish.nodeClass ?? 'default',
          },
          requirements: wish.requirements ?? M7I_ON_DEMAND,
        },
      },
      ...(wish.limits === undefined ? {} : { limits: wish.limits }),
    },
  });

export const nodeClassDocument = (name = 'default'): string =>
  document({
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name },
    spec: {
      role: 'node',
      amiSelectorTerms: [{ alias: 'al2023@latest' }],
      subnetSelectorTerms: [{ tags: { cluster: 'test' } }],
      securityGroupSelectorTerms: [{ tags: { cluster: 'test' } }],
    },
  });
