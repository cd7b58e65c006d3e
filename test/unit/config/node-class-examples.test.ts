// EC2NodeClasses as Karpenter's documentation, the EKS workshops and kubectl have them.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NodeClass } from '../../../lib/model/node-class.ts';
import { fixtureFile, load } from '../../support/documents.ts';

const FOLDER = new URL('../../fixtures/documents/nodeclasses/', import.meta.url);
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const discovered = (cluster: string) => [{ tags: { 'karpenter.sh/discovery': cluster } }];
/** As the shell fills it in. */
const variable = (name: string): string => `\${${name}}`;
const SHELL = variable('CLUSTER_NAME');
const BLUEPRINT = '<<CLUSTER_NAME>>';

/** What is told apart from a class with no settings, selected by the cluster's tag. */
function expected(name: string, cluster: string, more: Partial<NodeClass>): Partial<NodeClass> {
  return {
    name,
    subnetSelectorTerms: discovered(cluster),
    securityGroupSelectorTerms: discovered(cluster),
    tags: {},
    kubelet: { kubeReserved: {}, systemReserved: {}, evictionHard: {} },
    rootVolumeBytes: 20 * GIB,
    ...more,
  };
}

const alias = (text: string) => [{ tags: {}, alias: text }];
const SHELL_ROLE = { role: `KarpenterNodeRole-${SHELL}` };
const BLUEPRINT_ROLE = { role: '<<KARPENTER_NODE_IAM_ROLE_NAME>>' };
const AL2023 = { amiFamily: 'AL2023', amiSelectorTerms: alias('al2023@latest') } as const;

const EXAMPLES: Readonly<Record<string, Partial<NodeClass>>> = {
  'every-field.yaml': expected('default', SHELL, {
    ...SHELL_ROLE,
    amiFamily: 'AL2',
    amiSelectorTerms: [
      { tags: { 'karpenter.sh/discovery': SHELL, environment: 'test' } },
      { tags: {}, name: 'my-ami' },
      { tags: {}, id: 'ami-123' },
      { tags: {}, ssmParameter: 'my-custom-parameter' },
    ],
    subnetSelectorTerms: [
      { tags: { 'karpenter.sh/discovery': SHELL, environment: 'test' } },
      { tags: {}, id: 'subnet-09fa4a0a8f233a921' },
    ],
    securityGroupSelectorTerms: [
      { tags: { 'karpenter.sh/discovery': SHELL, environment: 'test' } },
      { tags: {}, name: 'my-security-group' },
      { tags: {}, id: 'sg-063d7acfb4b06c82c' },
    ],
    tags: { team: 'team-a', app: 'team-a-app' },
    kubelet: {
      podsPerCore: 2,
      maxPods: 20,
      systemReserved: { cpu: 100, memory: 100 * MIB, 'ephemeral-storage': GIB },
      kubeReserved: { cpu: 200, memory: 100 * MIB, 'ephemeral-storage': 3 * GIB },
      evictionHard: {
        'memory.available': { kind: 'percent', percent: 5 },
        'nodefs.available': { kind: 'percent', percent: 10 },
        'nodefs.inodesFree': { kind: 'percent', percent: 10 },
      },
    },
    rootVolumeBytes: 100 * GIB,
    instanceStorePolicy: 'RAID0',
  }),
  'getting-started.yaml': expected('default', SHELL, {
    ...SHELL_ROLE,
    amiFamily: 'AL2023',
    amiSelectorTerms: alias('al2023@v20260102'),
  }),
  'workshop.yaml': expected('default', '$EKS_CLUSTER_NAME', {
    ...AL2023,
    role: variable('KARPENTER_ROLE'),
    tags: { 'app.kubernetes.io/created-by': 'eks-workshop' },
  }),
  'al2-user-data.yaml': expected('al2', SHELL, {
    ...SHELL_ROLE,
    amiFamily: 'AL2',
    amiSelectorTerms: alias('al2@latest'),
  }),
  'al2023-user-data.yaml': expected('al2023', SHELL, { ...SHELL_ROLE, ...AL2023 }),
  'bottlerocket.yaml': expected('bottlerocket', BLUEPRINT, {
    ...BLUEPRINT_ROLE,
    amiFamily: 'Bottlerocket',
    amiSelectorTerms: alias('bottlerocket@v1.43.0'),
    rootVolumeBytes: 100 * GIB,
  }),
  'windows.yaml': expected('windows2022', SHELL, {
    ...SHELL_ROLE,
    amiFamily: 'Windows2022',
    amiSelectorTerms: alias('windows2022@latest'),
    rootVolumeBytes: 50 * GIB,
  }),
  'windows-2025.yaml': expected('windows2025', SHELL, {
    ...SHELL_ROLE,
    amiFamily: 'Windows2025',
    amiSelectorTerms: alias('windows2025@latest'),
    rootVolumeBytes: 50 * GIB,
  }),
  'custom-with-alias.yaml': expected('custom-family', SHELL, {
    ...SHELL_ROLE,
    amiFamily: 'Custom',
    amiSelectorTerms: alias('bottlerocket@latest'),
  }),
  'custom-image.yaml': expected('custom-ami-template', '', {
    instanceProfile: 'karpenter-nodes',
    amiFamily: 'Custom',
    amiSelectorTerms: [
      { tags: {}, name: '*amazon-eks-node-1.33-*', owner: '602401143452' },
      { tags: { team: 'platform', approved: '*' } },
    ],
    subnetSelectorTerms: [{ tags: { Name: '*Private*' } }],
    securityGroupSelectorTerms: [{ tags: {}, name: '*Nodes*' }],
    rootVolumeBytes: 1e12,
  }),
  'instance-store.yaml': expected('instance-store-ephemeral-storage', SHELL, {
    ...SHELL_ROLE,
    ...AL2023,
    instanceStorePolicy: 'RAID0',
  }),
  'several-volumes.yaml': expected('multiple-ebs', SHELL, {
    ...SHELL_ROLE,
    ...AL2023,
    rootVolumeBytes: 30 * GIB,
  }),
  'capacity-reservations.yaml': expected('odcr-nodeclass', BLUEPRINT, { ...BLUEPRINT_ROLE, ...AL2023 }),
  'gpu.yaml': expected('gpu', BLUEPRINT, {
    ...BLUEPRINT_ROLE,
    ...AL2023,
    tags: { intent: 'gpu', 'karpenter.sh/discovery': BLUEPRINT, project: BLUEPRINT },
    rootVolumeBytes: 100 * GIB,
  }),
  'efa.yaml': expected('gpu-efa', SHELL, { ...SHELL_ROLE, ...AL2023, instanceStorePolicy: 'RAID0' }),
  'prefix-delegation.yaml': expected('dense', '', {
    ...SHELL_ROLE,
    amiFamily: 'AL2023',
    amiSelectorTerms: [
      {
        tags: {},
        ssmParameter:
          '/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id',
      },
    ],
    subnetSelectorTerms: [{ tags: { 'kubernetes.io/role/internal-elb': '1' } }],
    securityGroupSelectorTerms: [{ tags: { 'aws:eks:cluster-name': SHELL } }],
    kubelet: {
      maxPods: 110,
      kubeReserved: {},
      systemReserved: { cpu: 100, memory: 100 * MIB },
      evictionHard: {
        'memory.available': { kind: 'bytes', bytes: 200 * MIB },
        'nodefs.available': { kind: 'bytes', bytes: 0 },
      },
    },
  }),
  'live.yaml': expected('live', '', {
    instanceProfile: 'node-profile',
    amiFamily: 'AL2',
    amiSelectorTerms: alias('al2@latest'),
    subnetSelectorTerms: [{ tags: {}, id: 'subnet-09fa4a0a8f233a921' }],
    securityGroupSelectorTerms: [{ tags: {}, id: 'sg-063d7acfb4b06c82c' }],
  }),
};

describe('an EC2NodeClass as others have written it', () => {
  it.each(Object.entries(EXAMPLES))('loads unchanged: %s', (file, model) => {
    const { documents, errors } = load([fixtureFile(`nodeclasses/${file}`)]);
    expect(errors).toEqual([]);
    const [{ hash, hashVersion, spec, ...read } = { hash: '', hashVersion: '', spec: {} }] =
      documents.nodeClasses;
    expect(documents.nodeClasses).toHaveLength(1);
    expect(read).toEqual(model);
    expect([hash, hashVersion]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), 'v6']);
    expect(spec).toHaveProperty('metadataOptions.httpTokens', 'required');
  });

  it('is in the table when it is in the folder', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXAMPLES).sort());
  });

  it('keeps what only EC2 asks for', () => {
    const { documents } = load([fixtureFile('nodeclasses/every-field.yaml')]);
    expect(documents.nodeClasses[0]?.spec).toMatchObject({
      capacityReservationSelectorTerms: [{ tags: { 'karpenter.sh/discovery': SHELL } }, { id: 'cr-123' }],
      placementGroupSelector: { name: 'my-group' },
      userData: 'echo "a line of your own"\n',
      kubelet: {
        evictionSoftGracePeriod: { 'memory.available': 60_000, 'nodefs.available': 90_000 },
        evictionMaxPodGracePeriod: 60,
        clusterDNS: ['10.0.1.100'],
      },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeSize: 100 * GIB,
            volumeType: 'gp3',
            iops: 10_000,
            throughput: 125,
            encrypted: true,
            kmsKeyID: '1234abcd-12ab-34cd-56ef-1234567890ab',
            deleteOnTermination: true,
            snapshotID: 'snap-0123456789',
            volumeInitializationRate: 100,
          },
        },
      ],
      connectionTracking: { tcpEstablishedTimeout: 350, udpStreamTimeout: 180, udpTimeout: 30 },
      cpuOptions: { nestedVirtualization: 'enabled' },
      ipPrefixCount: 1,
      associatePublicIPAddress: true,
      detailedMonitoring: true,
    });
  });
});
