/**
 * The specification of a `karpenter.k8s.aws/v1` EC2NodeClass as written: every field, default and rule.
 * Source: karpenter-provider-aws `pkg/apis/v1/ec2nodeclass.go`.
 */

import * as z from 'zod';
import { MAX_USER_DATA_BYTES } from '../model/launch-template.ts';
import type { AmiFamily } from '../model/node-class.ts';
import { blockDevicesSchema } from './block-devices.ts';
import { checkedObject, type Problem, strict, textMap } from './kit.ts';
import { kubeletSchema } from './kubelet-schema.ts';
import { isRecord } from './located.ts';
import { networkInterfacesSchema } from './network-interfaces.ts';
import {
  aliasFamily,
  amiTerms,
  capacityReservationTerms,
  securityGroupTerms,
  subnetTerms,
} from './selector-terms.ts';

const AMI_FAMILIES = [
  'AL2',
  'AL2023',
  'Bottlerocket',
  'Custom',
  'Windows2019',
  'Windows2022',
  'Windows2025',
] as const satisfies readonly AmiFamily[];
const MAX_INT32 = 2_147_483_647;

const RESERVED_TAGS: readonly string[] = [
  'karpenter.sh/nodepool',
  'karpenter.sh/nodeclaim',
  'karpenter.k8s.aws/ec2nodeclass',
  'eks:eks-cluster-name',
];
const RESERVED_TAG_PREFIXES: readonly string[] = ['kubernetes.io/cluster', 'dovetail.sh/'];

const isReservedTag = (key: string): boolean =>
  RESERVED_TAGS.includes(key) || RESERVED_TAG_PREFIXES.some((prefix) => key.startsWith(prefix));

const tags = checkedObject(textMap, (written) =>
  Object.keys(written).flatMap((key): Problem[] => {
    if (key === '') return [{ path: [key], message: 'an empty tag key: name the tag', at: 'key' }];
    const message = `tag ${JSON.stringify(key)} is set by the controller: remove it`;
    return isReservedTag(key) ? [{ path: [key], message, at: 'key' }] : [];
  }),
);

export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

const userData = z.string().refine((text) => utf8Bytes(text) <= MAX_USER_DATA_BYTES, {
  error: ({ input }) =>
    `user data has ${utf8Bytes(String(input))} bytes, more than EC2's limit of ${MAX_USER_DATA_BYTES}: shorten it, or fetch the rest at boot`,
});

const amiFamily = z.enum(AMI_FAMILIES, {
  error: ({ input }) =>
    input === 'Ubuntu'
      ? 'unknown value "Ubuntu": v1 has no such family: write AL2, which boots in the same way, and name the image in amiSelectorTerms'
      : undefined,
});

const toggle = z.enum(['enabled', 'disabled']);

const metadataOptions = strict({
  httpEndpoint: toggle.default('enabled'),
  httpProtocolIPv6: toggle.default('disabled'),
  httpPutResponseHopLimit: z.int().min(1).max(64).default(1),
  httpTokens: z.enum(['required', 'optional']).default('required'),
});

/** Seconds: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html */
const connectionTracking = strict({
  tcpEstablishedTimeout: z.int().min(60).max(432_000).exactOptional(),
  udpStreamTimeout: z.int().min(60).max(180).exactOptional(),
  udpTimeout: z.int().min(30).max(60).exactOptional(),
});

const ofNodePool = (where: string): string => `it belongs to the NodePool: move it to ${where} there`;
const ofAutoMode = (advice: string): string => `it belongs to EKS Auto Mode's NodeClass: ${advice}`;

/** Fields of earlier versions, of NodePools, of EKS Auto Mode and of EC2 that people bring along. */
const MOVED: Readonly<Record<string, string>> = {
  subnetSelector: 'v1 has a list of terms: write subnetSelectorTerms',
  securityGroupSelector: 'v1 has a list of terms: write securityGroupSelectorTerms',
  amiSelector: 'v1 has a list of terms: write amiSelectorTerms',
  kubeletConfiguration: 'v1 calls it "kubelet"',
  launchTemplate: 'v1 makes launch templates itself: write here what yours holds',
  launchTemplateName: 'v1 makes launch templates itself: write here what yours holds',
  provider: 'its fields stand in spec itself since v1beta1',
  requirements: ofNodePool('spec.template.spec.requirements'),
  taints: ofNodePool('spec.template.spec.taints'),
  startupTaints: ofNodePool('spec.template.spec.startupTaints'),
  expireAfter: ofNodePool('spec.template.spec.expireAfter'),
  labels: ofNodePool('spec.template.metadata.labels'),
  limits: ofNodePool('spec.limits'),
  disruption: ofNodePool('spec.disruption'),
  weight: ofNodePool('spec.weight'),
  placementGroup: 'write placementGroupSelector, with a name or an id',
  efa: 'write networkInterfaces, one entry for each interface',
  enclaveOptions:
    'enclaves are on where a pod requests eks.amazonaws.com/nitro-sandbox: remove it, and let pods request that',
  licenseSpecifications: 'Karpenter takes no licence configurations: remove it, and attach them to the image',
  ephemeralStorage: ofAutoMode('write blockDeviceMappings'),
  networkPolicy: ofAutoMode('remove it, and set it on the network plugin'),
  networkPolicyEventLogs: ofAutoMode('remove it, and set it on the network plugin'),
  snatPolicy: ofAutoMode('remove it, and set it on the network plugin'),
  podSubnetSelectorTerms: ofAutoMode('remove it, and set it on the network plugin'),
  podSecurityGroupSelectorTerms: ofAutoMode('remove it, and set it on the network plugin'),
  advancedNetworking: ofAutoMode('write associatePublicIPAddress and userData'),
  advancedSecurity: ofAutoMode('remove it, and name a FIPS image in amiSelectorTerms'),
  certificateBundles: ofAutoMode('install certificates by userData'),
};

const fields = {
  subnetSelectorTerms: subnetTerms,
  securityGroupSelectorTerms: securityGroupTerms,
  capacityReservationSelectorTerms: capacityReservationTerms.exactOptional(),
  placementGroupSelector: checkedObject(
    strict({ name: z.string().min(1).exactOptional(), id: z.string().min(1).exactOptional() }),
    (selector) => exactlyOne(selector, 'name', 'id'),
  ).exactOptional(),
  associatePublicIPAddress: z.boolean().exactOptional(),
  ipPrefixCount: z.int().min(0).max(MAX_INT32).exactOptional(),
  amiSelectorTerms: amiTerms,
  amiFamily: amiFamily.exactOptional(),
  userData: userData.exactOptional(),
  role: z.string().min(1).exactOptional(),
  instanceProfile: z.string().min(1).exactOptional(),
  tags: tags.default({}),
  kubelet: kubeletSchema.prefault({}),
  blockDeviceMappings: blockDevicesSchema.default([]),
  instanceStorePolicy: z.literal('RAID0').exactOptional(),
  networkInterfaces: networkInterfacesSchema.exactOptional(),
  detailedMonitoring: z.boolean().exactOptional(),
  metadataOptions: metadataOptions.prefault({}),
  connectionTracking: connectionTracking.exactOptional(),
  cpuOptions: strict({ nestedVirtualization: toggle.exactOptional() }).exactOptional(),
  context: z.string().exactOptional(),
};

export const nodeClassSpec = checkedObject(strict(fields, { moved: MOVED }), (spec) => [
  ...exactlyOne(spec, 'role', 'instanceProfile'),
  ...familyProblems(spec),
]);

function exactlyOne(written: Readonly<Record<string, unknown>>, a: string, b: string): Problem[] {
  if (a in written && b in written)
    return [{ path: [b], message: `"${a}" and "${b}" exclude each other: remove one`, at: 'key' }];
  return a in written || b in written
    ? []
    : [{ path: [], message: `want "${a}" or "${b}": add one of them` }];
}

/** A family without an alias is written; beside an alias it says the same, or Custom. */
function familyProblems(spec: Readonly<Record<string, unknown>>): Problem[] {
  const { amiFamily: written, amiSelectorTerms: terms } = spec;
  const path = ['amiFamily'];
  if (written === undefined) {
    const unaliased = Array.isArray(terms) && terms.length > 0 && !terms.some(hasAlias);
    const message = `missing field: without an alias, want one of ${AMI_FAMILIES.join(', ')}`;
    return unaliased ? [{ path, message }] : [];
  }
  const family = aliasFamily(terms);
  const known = AMI_FAMILIES.some((name) => name === written);
  if (family === undefined || !known || written === 'Custom' || written === family) return [];
  const message = `amiFamily "${written}" does not match the alias, which is of ${family}: remove it or write ${family}`;
  return [{ path, message }];
}

const hasAlias = (term: unknown): boolean => isRecord(term) && 'alias' in term;
