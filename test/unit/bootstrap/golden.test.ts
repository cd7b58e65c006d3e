import { describe, expect, it } from 'vitest';
import type { LaunchTemplateInput } from '../../../lib/bootstrap/launch-templates.ts';
import type { LaunchTemplate } from '../../../lib/model/launch-template.ts';
import { aNodePool } from '../../support/builders.ts';
import {
  aNodeClass,
  anImage,
  anIpv6Cluster,
  aType,
  theTemplate,
  userDataText,
} from '../../support/launch-templates.ts';

type Overrides = Partial<LaunchTemplateInput>;

const bottlerocketImage = (release: string) =>
  anImage({ name: `bottlerocket-aws-k8s-1.35-x86_64-v${release}-1a2b3c4d` });

const KUBELET = `kubelet:
  maxPods: 20
  podsPerCore: 2
  systemReserved: { cpu: 100m, memory: 100Mi, ephemeral-storage: 1Gi }
  kubeReserved: { cpu: 200m, memory: 100Mi, ephemeral-storage: 3Gi, pid: "1000" }
  evictionHard: { memory.available: 5%, nodefs.available: "100%" }
  evictionSoft: { memory.available: 500Mi }
  evictionSoftGracePeriod: { memory.available: 1m30s }
  evictionMaxPodGracePeriod: 60
  imageGCHighThresholdPercent: 85
  imageGCLowThresholdPercent: 80
  cpuCFSQuota: true
  clusterDNS: ["169.254.20.10"]`;

const labelled = aNodePool({
  name: 'batch',
  template: {
    nodeClass: 'a',
    labels: {
      team: 'data',
      'example.com/tier': 'spot',
      'node.kubernetes.io/purpose': 'batch',
      'node-role.kubernetes.io/worker': 'true',
    },
    taints: [
      { key: 'dedicated', value: 'batch', effect: 'NoSchedule' },
      { key: 'dedicated', value: 'batch', effect: 'NoExecute' },
    ],
    startupTaints: [{ key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute' }],
  },
});

const withUserData = (lines: string, userData: string): Overrides => ({
  nodeClass: aNodeClass(`${lines}userData: ${JSON.stringify(userData)}`),
});

const SHELL = '#!/bin/bash\necho "before the kubelet starts" > /etc/motd\n';

const NODE_CONFIG = `apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      shutdownGracePeriod: 30s
  featureGates:
    InstanceIdNodeName: true
`;

const ARCHIVE = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

---
${NODE_CONFIG}
--//
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Disposition: attachment; filename="first.sh"

${SHELL}--//--
`;

const TOML = `[settings.kubernetes]
kube-api-qps = 30
cluster-name = "another"
max-pods = 5
[settings.kubernetes.eviction-hard]
"memory.available" = "20%"
[settings.kubernetes.node-labels]
"team" = "web"
"example.com/rack" = "r1"
[settings.kubernetes.node-taints]
"mine" = ["true:NoSchedule"]
[settings.kernel.sysctl]
"vm.max_map_count" = "262144"
[settings.bootstrap-commands.100-mine]
commands = [["apiclient", "set", "motd=hello"]]
mode = "once"
essential = false
`;

const VOLUMES = `blockDeviceMappings:
  - rootVolume: true
    ebs: { volumeSize: 100Gi, volumeType: gp3, iops: 10000, throughput: 125, encrypted: true, kmsKeyID: 1234abcd, deleteOnTermination: true }
  - deviceName: /dev/xvdc
    ebs: { snapshotID: snap-0aaaaaaaaaaaaaaaa, volumeSize: 1T, volumeInitializationRate: 200 }`;

const EFAS = `networkInterfaces:
  - { networkCardIndex: 1, deviceIndex: 1, interfaceType: efa-only }
  - { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }`;

const EVERYTHING = `associatePublicIPAddress: true
ipPrefixCount: 1
detailedMonitoring: true
connectionTracking: { tcpEstablishedTimeout: 350, udpTimeout: 30 }
cpuOptions: { nestedVirtualization: enabled }
placementGroupSelector: { name: training }
metadataOptions: { httpTokens: optional, httpPutResponseHopLimit: 3 }
tags: { team: data, Name: worker }`;

const al2 = 'amiFamily: AL2\namiSelectorTerms: [{ id: ami-1 }]\n';
const bottlerocket = 'amiSelectorTerms: [{ alias: bottlerocket@latest }]\n';
const windows = 'amiSelectorTerms: [{ alias: windows2022@latest }]\n';
const custom = 'amiFamily: Custom\namiSelectorTerms: [{ id: ami-1 }]\n';

const GOLDEN: Readonly<Record<string, Overrides>> = {
  'al2023-minimal': {},
  'al2023-archive': withUserData('', ARCHIVE),
  'al2023-shell-script': withUserData('', SHELL),
  'al2023-node-config': withUserData('', NODE_CONFIG),
  'al2023-raid0': { nodeClass: aNodeClass('instanceStorePolicy: RAID0') },
  'al2023-kubelet': {
    nodeClass: aNodeClass(`${KUBELET}\n  cpuManagerPolicy: static\n  featureGates: { SomeGate: true }`),
  },
  'al2023-labels-and-taints': { nodePool: labelled },
  'al2023-ipv6': { cluster: anIpv6Cluster(), nodeClass: aNodeClass('ipPrefixCount: 1') },
  'al2023-block-devices': { nodeClass: aNodeClass(VOLUMES) },
  'al2023-efa-layout': { nodeClass: aNodeClass(EFAS) },
  'al2023-everything': { nodeClass: aNodeClass(EVERYTHING), enclave: true },
  'al2023-gpu': {
    types: [aType('g6.xlarge', 58, { 'gpu-count': '1' })],
    images: [
      anImage({ variants: ['standard'] }),
      anImage({ id: 'ami-0b0b0b0b0b0b0b0b0', variants: ['nvidia'] }),
    ],
  },
  'bottlerocket-minimal': { nodeClass: aNodeClass(bottlerocket), images: [bottlerocketImage('1.50.0')] },
  'bottlerocket-merged': {
    ...withUserData(bottlerocket, TOML),
    nodePool: labelled,
    images: [bottlerocketImage('1.50.0')],
  },
  'bottlerocket-kubelet': {
    nodeClass: aNodeClass(bottlerocket + KUBELET.replace(', pid: "1000"', '')),
  },
  'bottlerocket-raid0': {
    nodeClass: aNodeClass(`${bottlerocket}instanceStorePolicy: RAID0`),
    images: [bottlerocketImage('1.50.0')],
  },
  'bottlerocket-raid0-before-1.46': {
    nodeClass: aNodeClass(`${bottlerocket}instanceStorePolicy: RAID0`),
    images: [bottlerocketImage('1.45.0')],
  },
  'bottlerocket-ipv6': { nodeClass: aNodeClass(bottlerocket), cluster: anIpv6Cluster() },
  'al2-minimal': { nodeClass: aNodeClass(al2) },
  'al2-shell-script': withUserData(al2, SHELL),
  'al2-kubelet': {
    nodeClass: aNodeClass(`${al2}instanceStorePolicy: RAID0\n${KUBELET}`),
    nodePool: labelled,
  },
  'al2-ipv6': { nodeClass: aNodeClass(al2), cluster: anIpv6Cluster() },
  'windows-minimal': { nodeClass: aNodeClass(windows) },
  'windows-own-lines': {
    ...withUserData(windows, "New-Item -Path 'C:\\work\\' -ItemType Directory\n"),
    nodePool: labelled,
  },
  'custom-untouched': withUserData(custom, SHELL),
  'custom-without-user-data': { nodeClass: aNodeClass(custom) },
};

/** The template as JSON, its user data decoded into a file of its own. */
const templateJson = ({ spec: { userData, ...spec } }: LaunchTemplate): string =>
  `${JSON.stringify({ ...spec, userDataBytes: userData?.bytes ?? 0 }, null, 2)}\n`;

describe('golden launch templates', () => {
  it.each(Object.entries(GOLDEN))('%s is what the golden files hold', async (name, overrides) => {
    const template = theTemplate(overrides);
    const folder = `../../golden/bootstrap/${name}`;
    await expect(userDataText(template)).toMatchFileSnapshot(`${folder}.user-data.txt`);
    await expect(templateJson(template)).toMatchFileSnapshot(`${folder}.template.json`);
  });
});
