/**
 * The Node that an instance's kubelet would register: from the instance, its type and its launch template's user data, and
 * from nothing that plans know. What the cloud controller adds (labels of place and type) is on it from the beginning; that
 * it is not ready yet says its condition.
 */
import type { TypeFacts } from '../catalog/catalogue.ts';
import { LABEL } from '../model/labels.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { ResourceList } from '../model/resources.ts';
import type { Taint } from '../model/taint.ts';
import { type BlockDevice, nodeAllocatable, nodeCapacity } from './node/resources.ts';
import { type KubeletSettings, kubeletSettings, type Texts } from './node/user-data.ts';

export interface JoiningInput {
  readonly instance: {
    readonly instanceId: string;
    readonly zone: string;
    readonly zoneId: string;
    readonly region: string;
    readonly privateIpAddress: string;
  };
  readonly type: TypeFacts;
  /** As in the launch template; absent where it has none. */
  readonly userDataBase64?: string;
  /** Of the launch template. */
  readonly blockDevices: readonly BlockDevice[];
  /** Such as `1.35`. */
  readonly kubernetesVersion: string;
  /** Device plugins have announced GPUs and the like, which a new node does not have yet. */
  readonly devices: boolean;
  readonly nowMs: number;
}

/** A `v1` Node. */
export interface JoiningNode {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: { readonly name: string; readonly labels: Texts };
  readonly spec: { readonly providerID: string; readonly taints: readonly Taint[] };
  readonly status: {
    readonly capacity: Texts;
    readonly allocatable: Texts;
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly conditions: readonly {
      readonly type: string;
      readonly status: 'True' | 'False';
      readonly reason: string;
      readonly lastHeartbeatTime: string;
      readonly lastTransitionTime: string;
    }[];
    readonly nodeInfo: Texts;
  };
}

export type Joining =
  | { readonly joins: true; readonly node: JoiningNode }
  | { readonly joins: false; readonly why: string };

export function joiningNode(input: JoiningInput): Joining {
  const text = Buffer.from(input.userDataBase64 ?? '', 'base64').toString('utf8');
  const settings = kubeletSettings(text);
  if (settings === undefined) return { joins: false, why: 'its user data starts no kubelet' };
  const refused = Object.keys(settings.labels).find((label) => !mayLabelItself(label));
  if (refused !== undefined) return { joins: false, why: `a kubelet may not set the label ${refused}` };
  return { joins: true, node: nodeOf(input, settings) };
}

function nodeOf(input: JoiningInput, settings: KubeletSettings): JoiningNode {
  const { instance } = input;
  const name = hostName(instance);
  const machine = { ...input, settings };
  const capacity = nodeCapacity(machine);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...settings.labels, ...labelsOf(input, name) } },
    spec: { providerID: `aws:///${instance.zone}/${instance.instanceId}`, taints: settings.taints },
    status: {
      capacity: textsOf(capacity),
      allocatable: textsOf(nodeAllocatable(machine, capacity)),
      addresses: [
        { type: 'InternalIP', address: instance.privateIpAddress },
        { type: 'InternalDNS', address: name },
        { type: 'Hostname', address: name },
      ],
      conditions: conditionsAt(input.nowMs),
      nodeInfo: nodeInfoOf(input, settings),
    },
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html */
function hostName({ privateIpAddress, region }: JoiningInput['instance']): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${privateIpAddress.replaceAll('.', '-')}.${domain}`;
}

/** The kubelet's own labels and the cloud controller's: https://kubernetes.io/docs/reference/node/node-labels/ */
const labelsOf = ({ instance, type }: JoiningInput, name: string): Texts => ({
  [LABEL.hostname]: name,
  [LABEL.arch]: type.arch,
  [LABEL.os]: 'linux',
  'beta.kubernetes.io/arch': type.arch,
  'beta.kubernetes.io/os': 'linux',
  [LABEL.instanceType]: type.name,
  'beta.kubernetes.io/instance-type': type.name,
  [LABEL.region]: instance.region,
  [LABEL.zone]: instance.zone,
  [LABEL.zoneId]: instance.zoneId,
  'failure-domain.beta.kubernetes.io/region': instance.region,
  'failure-domain.beta.kubernetes.io/zone': instance.zone,
});

/** Labels of Kubernetes' own domains with which a kubelet does start. */
const ITS_OWN = [
  /^(beta\.)?kubernetes\.io\/(os|arch|hostname|instance-type)$/,
  /^(failure-domain\.beta|topology)\.kubernetes\.io\/(zone|region)$/,
  /^([^/]+\.)?(kubelet|node)\.kubernetes\.io\//,
];

const mayLabelItself = (label: string): boolean =>
  !/^([^/]+\.)?(kubernetes|k8s)\.io\//.test(label) || ITS_OWN.some((pattern) => pattern.test(label));

/** As long as no network plugin has come up. */
function conditionsAt(nowMs: number): JoiningNode['status']['conditions'] {
  const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const conditions = [
    ['MemoryPressure', 'KubeletHasSufficientMemory'],
    ['DiskPressure', 'KubeletHasNoDiskPressure'],
    ['PIDPressure', 'KubeletHasSufficientPID'],
    ['Ready', 'KubeletNotReady'],
  ] as const;
  return conditions.map(([type, reason]) => ({
    ...{ type, status: 'False', reason },
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  }));
}

const OS_IMAGES = { AL2: 'Amazon Linux 2', AL2023: 'Amazon Linux 2023', Bottlerocket: 'Bottlerocket OS' };

function nodeInfoOf({ instance, type, kubernetesVersion }: JoiningInput, { family }: KubeletSettings): Texts {
  const id = instance.instanceId;
  return {
    ...{ architecture: type.arch, operatingSystem: 'linux', osImage: OS_IMAGES[family] },
    ...{ kernelVersion: '6.12', containerRuntimeVersion: 'containerd://2.1' },
    ...{ kubeletVersion: `v${kubernetesVersion}.0-eks`, kubeProxyVersion: '' },
    ...{ machineID: id, systemUUID: id, bootID: id },
  };
}

const textsOf = (amounts: ResourceList): Texts =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, formatQuantity(name, amount)]));
