/**
 * EC2NodeClass, NodePool and cluster facts to the launch templates that a pool's instances start from. Types differ in
 * image, in how many pods their kubelet admits and in EFA interfaces; those that come out equal share a template.
 */
import { DovetailError } from '../model/errors.ts';
import { groupBy } from '../model/group-by.ts';
import { TAG } from '../model/labels.ts';
import {
  type ClusterFacts,
  type Image,
  type LaunchTemplate,
  type LaunchTemplateSpec,
  launchTemplateName,
  type TemplateMetadataOptions,
  type TemplatePlacement,
  type TemplateTags,
} from '../model/launch-template.ts';
import type { NodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { InstanceType } from '../model/offering.ts';
import { compareText } from '../model/stable-json.ts';
import { blockDevices } from './block-devices.ts';
import { fieldsOf, isFields, optional, picked } from './fields.ts';
import { imageFor } from './images.ts';
import { kubeletConfiguration } from './kubelet-configuration.ts';
import { networkInterfaces } from './network.ts';
import { registrationLabels, registrationTaints } from './node-registration.ts';
import { userDataOf } from './user-data/user-data.ts';

export interface LaunchTemplateInput {
  readonly installation: string;
  readonly cluster: ClusterFacts;
  readonly nodePool: NodePool;
  readonly nodeClass: NodeClass;
  readonly types: readonly InstanceType[];
  /** What the NodeClass's image terms select today. */
  readonly images: readonly Image[];
  readonly securityGroupIds: readonly string[];
  /** Role name to the name of its instance profile: the roles that this installation may pass. */
  readonly instanceProfiles: Readonly<Record<string, string>>;
  /** Pods of the nodes request `vpc.amazonaws.com/efa`. */
  readonly efa: boolean;
  /** Pods of the nodes request `eks.amazonaws.com/nitro-sandbox`. */
  readonly enclave: boolean;
}

/** What of a type makes a difference. */
interface Kind {
  readonly image: Image;
  readonly maxPods: number;
  readonly efas: number;
  readonly dedicated: boolean;
}

/**
 * Sorted by the first of their types. A type that no image fits is in none. Errors, all with retry never:
 * `NodeRoleUnknown`, `SecurityGroupsMissing`, `BlockDeviceInvalid`, `PublicIpUnsupported` and those of `userDataOf`.
 */
export function launchTemplatesOf(input: LaunchTemplateInput): LaunchTemplate[] {
  const kinds = new Map(input.types.map((type) => [type.name, kindOf(input, type)]));
  const byKind = groupBy(kinds, ([, kind]) => kind && kindKey(kind));
  const templates = new Map<string, LaunchTemplate>();
  for (const members of byKind.values()) {
    const kind = members[0]?.[1];
    if (kind === undefined) continue;
    const spec = specOf(input, kind);
    const name = launchTemplateName(spec);
    const types = [...(templates.get(name)?.types ?? []), ...members.map(([type]) => type)];
    templates.set(name, { name, spec, types: types.sort(compareText) });
  }
  return [...templates.values()].sort((a, b) => compareText(a.types[0] ?? '', b.types[0] ?? ''));
}

const kindKey = ({ image, maxPods, efas, dedicated }: Kind): string =>
  `${image.id} ${maxPods} ${efas} ${dedicated}`;

function kindOf({ images, efa }: LaunchTemplateInput, type: InstanceType): Kind | undefined {
  const image = imageFor(images, type);
  if (image === undefined) return undefined;
  return {
    image,
    maxPods: type.capacity['pods'] ?? 0,
    efas: efa ? (type.capacity['vpc.amazonaws.com/efa'] ?? 0) : 0,
    dedicated: type.labels['karpenter.k8s.aws/instance-tenancy'] === 'dedicated',
  };
}

function specOf(input: LaunchTemplateInput, kind: Kind): LaunchTemplateSpec {
  const { nodeClass, nodePool, cluster, securityGroupIds } = input;
  if (securityGroupIds.length === 0) {
    throw new DovetailError(
      'SecurityGroupsMissing',
      `EC2NodeClass ${nodeClass.name}: no security group matches securityGroupSelectorTerms: tag one, or change the terms`,
      'never',
    );
  }
  const { spec } = nodeClass;
  const userData = userDataOf({
    nodeClass: nodeClass.name,
    family: nodeClass.amiFamily,
    userData: typeof spec['userData'] === 'string' ? spec['userData'] : '',
    cluster,
    image: kind.image,
    labels: registrationLabels(nodePool),
    taints: registrationTaints(nodePool),
    kubelet: kubeletConfiguration(nodeClass, { maxPods: kind.maxPods, dnsClusterIp: cluster.dnsClusterIp }),
    raid0: nodeClass.instanceStorePolicy === 'RAID0',
  });
  const groups = [...securityGroupIds].sort(compareText);
  return {
    imageId: kind.image.id,
    instanceProfile: instanceProfileOf(input),
    ...optional('userData', userData),
    networkInterfaces: networkInterfaces({ nodeClass, cluster, securityGroupIds: groups, efas: kind.efas }),
    blockDeviceMappings: blockDevices(nodeClass),
    metadataOptions: metadataOptions(nodeClass, cluster),
    detailedMonitoring: spec['detailedMonitoring'] === true,
    ...optional('placement', placementOf(nodeClass, kind)),
    ...optional('cpuOptions', cpuOptionsOf(nodeClass)),
    enclave: input.enclave,
    tagSpecifications: tagSpecifications(input),
  };
}

/** A role may be written with its path, which its profile is not found by. */
function instanceProfileOf({ nodeClass, instanceProfiles }: LaunchTemplateInput): string {
  if (nodeClass.instanceProfile !== undefined) return nodeClass.instanceProfile;
  const role = nodeClass.role?.split('/').at(-1) ?? '';
  const profile = Object.hasOwn(instanceProfiles, role) ? instanceProfiles[role] : undefined;
  if (profile !== undefined) return profile;
  const known = Object.keys(instanceProfiles).sort(compareText).join(', ') || 'none';
  throw new DovetailError(
    'NodeRoleUnknown',
    `EC2NodeClass ${nodeClass.name}: role ${JSON.stringify(role)} is not among the node roles of this installation (${known}): deploy it with -c nodeRoles=${role}, or name one of those`,
    'never',
  );
}

/**
 * A document always has the block, because its schema fills it in as Karpenter's does: one hop, so that pods without host
 * network do not reach the node's credentials. A NodeClass made without the schema gets what Karpenter's code gives then.
 */
function metadataOptions({ spec }: NodeClass, { ipFamily }: ClusterFacts): TemplateMetadataOptions {
  const { httpProtocolIPv6, ...written } = fieldsOf(spec['metadataOptions']);
  return {
    httpEndpoint: 'enabled',
    httpProtocolIpv6: ipFamily === 'ipv6' ? 'enabled' : 'disabled',
    httpPutResponseHopLimit: 2,
    httpTokens: 'required',
    ...picked<TemplateMetadataOptions>({ ...written, httpProtocolIpv6: httpProtocolIPv6 }, [
      'httpEndpoint',
      'httpProtocolIpv6',
      'httpPutResponseHopLimit',
      'httpTokens',
    ]),
  };
}

function placementOf({ spec }: NodeClass, { dedicated }: Kind): TemplatePlacement | undefined {
  const { id, name } = fieldsOf(spec['placementGroupSelector']);
  const placement: TemplatePlacement = {
    ...(dedicated ? { tenancy: 'dedicated' } : {}),
    ...(typeof id === 'string' ? { groupId: id } : {}),
    ...(typeof name === 'string' ? { groupName: name } : {}),
  };
  return Object.keys(placement).length === 0 ? undefined : placement;
}

function cpuOptionsOf({ spec }: NodeClass): LaunchTemplateSpec['cpuOptions'] | undefined {
  const { nestedVirtualization } = isFields(spec['cpuOptions']) ? spec['cpuOptions'] : {};
  return nestedVirtualization === 'enabled' || nestedVirtualization === 'disabled'
    ? { nestedVirtualization }
    : undefined;
}

/** The user's `Name` counts; ours are last, because what may be done to an instance hangs on them. */
function tagSpecifications({
  installation,
  cluster,
  nodePool,
  nodeClass,
}: LaunchTemplateInput): TemplateTags[] {
  const tags = {
    Name: `${cluster.name}/${nodePool.name}`,
    ...nodeClass.tags,
    [`kubernetes.io/cluster/${cluster.name}`]: 'owned',
    'eks:eks-cluster-name': cluster.name,
    [TAG.installation]: installation,
    [TAG.nodePool]: nodePool.name,
  };
  return (['instance', 'volume', 'network-interface'] as const).map((resourceType) => ({
    resourceType,
    tags,
  }));
}
