/**
 * What an EC2 launch template of ours holds, as plain data in EC2's terms
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html), and the facts about the
 * cluster and its images that it is made from.
 */
import { stableHash } from './stable-json.ts';

/** Of the text before base64: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const MAX_USER_DATA_BYTES = 16_384;

/** What `DescribeCluster` says, and the address of the cluster's DNS service. */
export interface ClusterFacts {
  readonly name: string;
  readonly endpoint: string;
  /** The certificate authority as EKS gives it: base64 of PEM. */
  readonly caBase64: string;
  /** `1.35`. */
  readonly version: string;
  /** IPv4 or IPv6, as `ipFamily` says. */
  readonly serviceCidr: string;
  readonly ipFamily: 'ipv4' | 'ipv6';
  readonly dnsClusterIp: string;
  readonly authenticationMode: 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP';
}

export type ImageVariant = 'standard' | 'nvidia' | 'neuron';

/** A machine image that an EC2NodeClass selects today. */
export interface Image {
  readonly id: string;
  readonly name: string;
  /** As in `kubernetes.io/arch`. */
  readonly arch: 'amd64' | 'arm64';
  readonly createdAtMs: number;
  readonly deprecated: boolean;
  /** The hardware it is made for, known of images that an alias names; absent means any. */
  readonly variants?: readonly ImageVariant[];
}

export interface TemplateUserData {
  readonly base64: string;
  /** Before base64. */
  readonly bytes: number;
}

/** Addresses, security groups and connection tracking belong to interfaces, because a template with interfaces takes them nowhere else. */
export interface TemplateInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly interfaceType?: 'interface' | 'efa' | 'efa-only';
  readonly securityGroupIds: readonly string[];
  readonly associatePublicIpAddress?: boolean;
  readonly ipv4PrefixCount?: number;
  readonly ipv6PrefixCount?: number;
  readonly ipv6AddressCount?: number;
  readonly primaryIpv6?: boolean;
  /** Seconds. */
  readonly connectionTracking?: {
    readonly tcpEstablishedTimeout?: number;
    readonly udpStreamTimeout?: number;
    readonly udpTimeout?: number;
  };
}

export interface TemplateVolume {
  readonly deviceName: string;
  readonly volumeSizeGib?: number;
  readonly volumeType?: string;
  readonly iops?: number;
  /** MiB/s. */
  readonly throughput?: number;
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
  readonly snapshotId?: string;
  readonly deleteOnTermination?: boolean;
  /** MiB/s. */
  readonly volumeInitializationRate?: number;
}

export interface TemplateMetadataOptions {
  readonly httpEndpoint: 'enabled' | 'disabled';
  readonly httpProtocolIpv6: 'enabled' | 'disabled';
  readonly httpPutResponseHopLimit: number;
  readonly httpTokens: 'required' | 'optional';
}

export interface TemplatePlacement {
  readonly tenancy?: 'dedicated';
  readonly groupName?: string;
  readonly groupId?: string;
}

export interface TemplateTags {
  readonly resourceType: 'instance' | 'volume' | 'network-interface';
  readonly tags: Readonly<Record<string, string>>;
}

export interface LaunchTemplateSpec {
  readonly imageId: string;
  /** Name, not ARN. */
  readonly instanceProfile: string;
  readonly userData?: TemplateUserData;
  /** The primary one first. */
  readonly networkInterfaces: readonly TemplateInterface[];
  /** Empty leaves the volumes to the image. */
  readonly blockDeviceMappings: readonly TemplateVolume[];
  readonly metadataOptions: TemplateMetadataOptions;
  readonly detailedMonitoring: boolean;
  readonly placement?: TemplatePlacement;
  readonly cpuOptions?: { readonly nestedVirtualization: 'enabled' | 'disabled' };
  readonly enclave: boolean;
  readonly tagSpecifications: readonly TemplateTags[];
}

/** One launch template and the instance types that start from it. */
export interface LaunchTemplate {
  readonly name: string;
  readonly spec: LaunchTemplateSpec;
  /** Names, sorted. */
  readonly types: readonly string[];
}

/** Equal content has an equal name, so that a template is made once and found again. EC2 takes 128 characters. */
export const launchTemplateName = (spec: LaunchTemplateSpec): string => `dovetail-${stableHash(spec)}`;
