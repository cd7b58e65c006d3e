// Facts of a cluster in which all is well, for tests that make one of them wrong.
import { SERVICES } from '../../lib/doctor/checks/account.ts';
import type { DeployedFacts, Facts, NodeRoleFacts } from '../../lib/doctor/facts.ts';
import { known, type Reading } from '../../lib/doctor/reading.ts';
import type { ClusterDescription, DeployedStack } from '../../lib/ports/diagnosis.ts';
import { GROUP } from '../../lib/rbac/groups.ts';
import { pathOf } from '../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';
import { START_MS } from './memory-clock.ts';

export const anError = (code: string, message = 'as the adapter says'): Reading<never> => ({
  kind: 'error',
  code,
  message,
});

export const aDescription = (overrides: Partial<ClusterDescription> = {}): ClusterDescription => ({
  status: 'ACTIVE',
  authenticationMode: 'API',
  version: '1.35',
  endpoint: 'https://shop.example',
  caBase64: 'LS0t',
  publicAccess: true,
  privateAccess: false,
  publicAccessCidrs: ['0.0.0.0/0'],
  ...overrides,
});

export const aNodeRole = (overrides: Partial<NodeRoleFacts> = {}): NodeRoleFacts => ({
  role: 'nodes',
  profile: 'nodes-profile',
  description: known({
    arn: 'arn:aws:iam::123456789012:role/nodes',
    trustedServices: ['ec2.amazonaws.com'],
    policies: ['AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy'],
  }),
  profileRole: known('nodes'),
  entry: known({ type: 'EC2_LINUX', groups: [] }),
  ...overrides,
});

export const aStack = (overrides: Partial<DeployedStack> = {}): DeployedStack => ({
  name: 'dovetail-shop',
  status: 'UPDATE_COMPLETE',
  outputs: { Installation: 'shop-1a2b', StopParameter: '/dovetail/shop/stop', Dashboard: 'dovetail-shop' },
  deadLetterUrls: [],
  alarmNames: [],
  ...overrides,
});

export const aDeployment = (overrides: Partial<DeployedFacts> = {}): DeployedFacts => ({
  functions: known([
    { name: 'poller', version: '7', roleArn: 'arn:poller', environment: {}, insideVpc: false },
  ]),
  nodeRoles: [aNodeRole()],
  functionEntries: new Map(
    Object.values(GROUP).map((group) => [group, known({ type: 'STANDARD', groups: [group] })]),
  ),
  stop: known('none'),
  snapshotAtMs: known(START_MS - 10_000),
  catalogueAtMs: known(START_MS - 60_000),
  deadLetters: new Map([['launch-dead', known(0)]]),
  items: new Map([['claims', known(3)]]),
  documents: known([
    {
      schemaVersion: 1,
      kind: 'NodePool',
      name: 'general',
      version: 1,
      origin: 'ssm:/dovetail/shop/nodepools/general',
      status: { state: 'valid', notes: [] },
      statusSinceMs: START_MS,
    },
  ]),
  resolutions: new Map([['general', known({})]]),
  failingInstances: known([]),
  ringingAlarms: known([]),
  eventsNotRead: known([]),
  messagesRefused: known([]),
  messagesUnreadable: known([]),
  parameterBytes: known(new Map([['/dovetail/shop/nodepools/general', 900]])),
  ...overrides,
});

export const theFacts = (overrides: Partial<Facts> = {}): Facts => ({
  clusterName: 'shop',
  nowMs: START_MS,
  region: known('eu-west-1'),
  identity: known({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada' }),
  cluster: known(aDescription()),
  server: known('v1.35.4'),
  objects: new Map(RBAC_MANIFESTS.map((manifest) => [pathOf(manifest), known(manifest)])),
  serviceLinkedRoles: new Map(Object.keys(SERVICES).map((service) => [service, known(true)])),
  concurrency: known(1_000),
  vcpuQuotas: new Map([
    ['on-demand', known(1_000)],
    ['spot', known(1_000)],
  ]),
  stack: known(aStack()),
  deployed: known(aDeployment()),
  ...overrides,
});
