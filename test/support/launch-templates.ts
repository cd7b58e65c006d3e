// Launch templates of NodeClasses written as documents, so that defaults and units are those of the real schema.
import { type LaunchTemplateInput, launchTemplatesOf } from '../../lib/bootstrap/launch-templates.ts';
import type { ClusterFacts, Image, LaunchTemplate } from '../../lib/model/launch-template.ts';
import type { NodeClass } from '../../lib/model/node-class.ts';
import type { InstanceType } from '../../lib/model/offering.ts';
import { aNodePool, anInstanceType } from './builders.ts';
import { loadText } from './documents.ts';
import { nodeClassYaml } from './node-class-text.ts';

export const aCluster = (overrides: Partial<ClusterFacts> = {}): ClusterFacts => ({
  name: 'shop',
  endpoint: 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com',
  caBase64: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==',
  version: '1.35',
  serviceCidr: '10.100.0.0/16',
  ipFamily: 'ipv4',
  dnsClusterIp: '10.100.0.10',
  authenticationMode: 'API_AND_CONFIG_MAP',
  ...overrides,
});

export const anIpv6Cluster = (): ClusterFacts =>
  aCluster({ ipFamily: 'ipv6', serviceCidr: 'fd30:1234:5678::/108', dnsClusterIp: 'fd30:1234:5678::a' });

export const anImage = (overrides: Partial<Image> = {}): Image => ({
  id: 'ami-0a0a0a0a0a0a0a0a0',
  name: 'amazon-eks-node-al2023-x86_64-standard-1.35-v20260801',
  arch: 'amd64',
  createdAtMs: 1_785_000_000_000,
  deprecated: false,
  ...overrides,
});

/** The lines stand in `spec`; the rest of the document is filled in. Fails with the findings of a wrong one. */
export function aNodeClass(lines = ''): NodeClass {
  const { documents, errors } = loadText(nodeClassYaml(lines), { requireNodeClasses: false });
  const [nodeClass] = documents.nodeClasses;
  if (nodeClass === undefined || errors.length > 0) throw new Error(errors.join('\n'));
  return nodeClass;
}

/** A type with the number of pods its kubelet admits; labels by the last part of their name. */
export const aType = (
  name: string,
  maxPods: number,
  labels: Readonly<Record<string, string>> = {},
): InstanceType =>
  anInstanceType({
    name,
    capacity: { cpu: 4000, pods: maxPods },
    labels: Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [
        key.includes('/') ? key : `karpenter.k8s.aws/instance-${key}`,
        value,
      ]),
    ),
  });

export const aTemplateInput = (overrides: Partial<LaunchTemplateInput> = {}): LaunchTemplateInput => ({
  installation: 'shop-dovetail',
  cluster: aCluster(),
  nodePool: aNodePool(),
  nodeClass: aNodeClass(),
  types: [aType('m7i.xlarge', 58)],
  images: [anImage()],
  securityGroupIds: ['sg-0b', 'sg-0a'],
  instanceProfiles: { 'node-role': 'shop-nodes' },
  efa: false,
  enclave: false,
  ...overrides,
});

/** The only template of an input that makes one. */
export function theTemplate(overrides: Partial<LaunchTemplateInput> = {}): LaunchTemplate {
  const [template, ...others] = launchTemplatesOf(aTemplateInput(overrides));
  if (template === undefined || others.length > 0) throw new Error(`${others.length + 1} templates`);
  return template;
}

export const userDataText = ({ spec }: Pick<LaunchTemplate, 'spec'>): string =>
  Buffer.from(spec.userData?.base64 ?? '', 'base64').toString();
