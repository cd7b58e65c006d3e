/**
 * The `karpenter.k8s.aws/v1` EC2NodeClass: every field, default and rule, into the model. Fields that are valid and do
 * not change anything yet give a note each, so that nobody takes them for effective.
 * Source: karpenter-provider-aws `pkg/apis/v1/ec2nodeclass.go`.
 */
import * as z from 'zod';
import type { NodeClass } from '../model/node-class.ts';
import { stableHash } from '../model/stable-json.ts';
import { blockDevicesSchema, ephemeralVolumeBytes } from './block-devices.ts';
import type { Finding } from './finding.ts';
import { checked, checkedObject, type Problem, type Read, read, strict, textMap } from './kit.ts';
import { kubeletModel, kubeletSchema, PLANNED_KUBELET_FIELDS } from './kubelet-schema.ts';
import { isRecord, type LocatedObject } from './located.ts';
import { documentMetadata } from './metadata.ts';
import {
  aliasFamily,
  amiTerms,
  capacityReservationTerms,
  securityGroupTerms,
  subnetTerms,
  termModel,
} from './selector-terms.ts';

const HASH_VERSION = 'v6';
const AMI_FAMILIES = [
  'AL2',
  'AL2023',
  'Bottlerocket',
  'Custom',
  'Windows2019',
  'Windows2022',
  'Windows2025',
] as const;
const MAX_USER_DATA_BYTES = 16_384;

/** Valid fields of `spec` that are kept for launch templates and change no decision. */
const NOT_ACTED_ON: readonly string[] = [
  'capacityReservationSelectorTerms',
  'placementGroupSelector',
  'associatePublicIPAddress',
  'ipPrefixCount',
  'userData',
  'networkInterfaces',
  'detailedMonitoring',
  'metadataOptions',
  'connectionTracking',
  'cpuOptions',
  'context',
];

/** Left out of the hash: a changed selector is drift only when what it selects changed; the last two are re-added. */
const NOT_HASHED: readonly string[] = [
  'subnetSelectorTerms',
  'securityGroupSelectorTerms',
  'capacityReservationSelectorTerms',
  'amiSelectorTerms',
  'ipPrefixCount',
  'amiFamily',
  'kubelet',
];

const tags = checkedObject(textMap, (written) =>
  Object.keys(written).flatMap((key): Problem[] => {
    if (key === '') return [{ path: [key], message: 'empty tag keys are not allowed: name the tag' }];
    return isReservedTag(key)
      ? [{ path: [key], message: `tag "${key}" is set by the controller: remove it`, at: 'key' }]
      : [];
  }),
);

const isReservedTag = (key: string): boolean =>
  key.startsWith('kubernetes.io/cluster/') ||
  key.startsWith('dovetail.sh/') ||
  [
    'karpenter.sh/nodepool',
    'karpenter.sh/nodeclaim',
    'karpenter.k8s.aws/ec2nodeclass',
    'eks:eks-cluster-name',
  ].includes(key);

const toggle = z.enum(['enabled', 'disabled']);

const networkInterfaces = checked(
  z
    .array(
      strict({
        networkCardIndex: z.int().min(0),
        deviceIndex: z.int().min(0),
        interfaceType: z.enum(['interface', 'efa-only']),
      }),
    )
    .max(150),
  (interfaces) => {
    const list: readonly unknown[] = Array.isArray(interfaces) ? interfaces : [];
    const primary = list.some(
      (entry) =>
        isRecord(entry) &&
        entry['networkCardIndex'] === 0 &&
        entry['deviceIndex'] === 0 &&
        entry['interfaceType'] === 'interface',
    );
    return primary
      ? []
      : [{ path: [], message: 'want an entry of type "interface" at card 0, device 0: add it' }];
  },
);

const userData = z.string().refine((text) => new TextEncoder().encode(text).length <= MAX_USER_DATA_BYTES, {
  error: `user data is larger than EC2's limit of ${MAX_USER_DATA_BYTES} bytes: shorten it`,
});

const specSchema = checkedObject(
  strict({
    subnetSelectorTerms: subnetTerms,
    securityGroupSelectorTerms: securityGroupTerms,
    capacityReservationSelectorTerms: capacityReservationTerms.exactOptional(),
    placementGroupSelector: checkedObject(
      strict({ name: z.string().min(1).exactOptional(), id: z.string().min(1).exactOptional() }),
      (selector) => exactlyOne(selector, 'name', 'id'),
    ).exactOptional(),
    associatePublicIPAddress: z.boolean().exactOptional(),
    ipPrefixCount: z.int().min(0).exactOptional(),
    amiSelectorTerms: amiTerms,
    amiFamily: z.enum(AMI_FAMILIES).exactOptional(),
    userData: userData.exactOptional(),
    role: z.string().min(1).exactOptional(),
    instanceProfile: z.string().min(1).exactOptional(),
    tags: tags.default({}),
    kubelet: kubeletSchema.prefault({}),
    blockDeviceMappings: blockDevicesSchema.default([]),
    instanceStorePolicy: z.literal('RAID0').exactOptional(),
    networkInterfaces: networkInterfaces.exactOptional(),
    detailedMonitoring: z.boolean().exactOptional(),
    metadataOptions: strict({
      httpEndpoint: toggle.default('enabled'),
      httpProtocolIPv6: toggle.default('disabled'),
      httpPutResponseHopLimit: z.int().min(1).max(64).default(1),
      httpTokens: z.enum(['required', 'optional']).default('required'),
    }).exactOptional(),
    connectionTracking: strict({
      tcpEstablishedTimeout: z.int().min(60).max(432_000).exactOptional(),
      udpStreamTimeout: z.int().min(60).max(180).exactOptional(),
      udpTimeout: z.int().min(30).max(60).exactOptional(),
    }).exactOptional(),
    cpuOptions: strict({ nestedVirtualization: toggle.exactOptional() }).exactOptional(),
    context: z.string().exactOptional(),
  }),
  (spec) => [...exactlyOne(spec, 'role', 'instanceProfile'), ...familyProblems(spec)],
);

function exactlyOne(written: Readonly<Record<string, unknown>>, a: string, b: string): Problem[] {
  if (a in written && b in written)
    return [{ path: [b], message: `"${a}" and "${b}" exclude each other: remove one` }];
  return a in written || b in written
    ? []
    : [{ path: [], message: `want "${a}" or "${b}": add one of them` }];
}

function familyProblems({ amiFamily, amiSelectorTerms }: Readonly<Record<string, unknown>>): Problem[] {
  const family = aliasFamily(amiSelectorTerms);
  if (
    family !== undefined &&
    typeof amiFamily === 'string' &&
    amiFamily !== 'Custom' &&
    amiFamily !== family
  ) {
    const message = `amiFamily "${amiFamily}" does not match the alias, which is of ${family}: remove it or write ${family}`;
    return [{ path: ['amiFamily'], message }];
  }
  const withoutAlias =
    Array.isArray(amiSelectorTerms) &&
    amiSelectorTerms.length > 0 &&
    !amiSelectorTerms.some((term) => isRecord(term) && 'alias' in term);
  return withoutAlias && amiFamily === undefined
    ? [
        {
          path: ['amiFamily'],
          message: `missing field: without an alias, want one of ${AMI_FAMILIES.join(', ')}`,
        },
      ]
    : [];
}

const nodeClassSchema = strict({
  apiVersion: z.literal('karpenter.k8s.aws/v1'),
  kind: z.literal('EC2NodeClass'),
  metadata: documentMetadata,
  spec: specSchema,
  status: z.unknown().optional(),
});

/** An EC2NodeClass document as written, to the model. */
export const nodeClassDocument: z.ZodType<NodeClass> = nodeClassSchema.transform(({ metadata, spec }) => {
  const amiFamily = spec.amiFamily ?? aliasFamily(spec.amiSelectorTerms) ?? 'Custom';
  const kubelet = kubeletModel(spec.kubelet);
  const { role, instanceProfile, instanceStorePolicy, associatePublicIPAddress } = spec;
  return {
    name: metadata.name,
    hash: specHash({ ...spec }, amiFamily),
    hashVersion: HASH_VERSION,
    amiFamily,
    amiSelectorTerms: spec.amiSelectorTerms.map(termModel),
    subnetSelectorTerms: spec.subnetSelectorTerms.map(termModel),
    securityGroupSelectorTerms: spec.securityGroupSelectorTerms.map(termModel),
    ...(role === undefined ? {} : { role }),
    ...(instanceProfile === undefined ? {} : { instanceProfile }),
    tags: spec.tags,
    kubelet,
    rootVolumeBytes: ephemeralVolumeBytes(amiFamily, spec.blockDeviceMappings),
    ...(instanceStorePolicy === undefined ? {} : { instanceStorePolicy }),
    ...(associatePublicIPAddress === undefined ? {} : { associatePublicIpAddress: associatePublicIPAddress }),
    spec,
  };
});

function specHash(spec: Readonly<Record<string, unknown>>, amiFamily: string): string {
  const hashed = Object.fromEntries(Object.entries(spec).filter(([field]) => !NOT_HASHED.includes(field)));
  return stableHash({ ...hashed, amiFamily, kubelet: spec['kubelet'] });
}

/** Reads an EC2NodeClass document; all its problems at once, and a note for each field not acted on. */
export function readNodeClass(object: LocatedObject): Read<NodeClass> {
  const { findings, ...result } = read(object, nodeClassDocument);
  const wrong = new Set(findings.map(({ path }) => path));
  return { ...result, findings: [...findings, ...notActedOn(object).filter(({ path }) => !wrong.has(path))] };
}

function notActedOn(object: LocatedObject): Finding[] {
  const spec = isRecord(object.value) && isRecord(object.value['spec']) ? object.value['spec'] : {};
  const kubelet = isRecord(spec['kubelet']) ? spec['kubelet'] : {};
  const note = (path: readonly string[]): Finding =>
    object.finding(path, `"${path.at(-1)}" is kept but not acted on yet`, 'note', 'key');
  return [
    ...NOT_ACTED_ON.filter((field) => field in spec).map((field) => note(['spec', field])),
    ...Object.keys(kubelet)
      .filter((field) => !PLANNED_KUBELET_FIELDS.includes(field))
      .map((field) => note(['spec', 'kubelet', field])),
  ];
}
