/**
 * What of an EC2NodeClass decides how an instance starts and which types can start that way. Documents keep these fields
 * as they were validated, so they are read here without trust in their shape.
 * Source: karpenter-provider-aws `pkg/apis/v1/ec2nodeclass.go`.
 */
import type { AmiFamily, NodeClass } from '../model/node-class.ts';
import type { StartsWith } from './volume-limits.ts';

type Spec = Pick<NodeClass, 'spec'>;
type Fields = Readonly<Record<string, unknown>>;

export interface LaunchInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly efaOnly: boolean;
}

/** The interfaces that the NodeClass lays out; empty where EC2's single one is left. */
export const launchInterfaces = ({ spec }: Spec): LaunchInterface[] =>
  listOf(spec['networkInterfaces']).map((entry) => ({
    networkCardIndex: Number(entry['networkCardIndex'] ?? 0),
    deviceIndex: Number(entry['deviceIndex'] ?? 0),
    efaOnly: entry['interfaceType'] === 'efa-only',
  }));

export const tracksConnections = ({ spec }: Spec): boolean => spec['connectionTracking'] !== undefined;

export const nestsVirtualization = ({ spec }: Spec): boolean =>
  isFields(spec['cpuOptions']) && spec['cpuOptions']['nestedVirtualization'] === 'enabled';

export const isWindows = (family: AmiFamily): boolean => family.startsWith('Windows');

/** Volumes of the family's own images (karpenter-provider-aws `pkg/providers/amifamily`); a Custom image's are unknown. */
const IMAGE_DEVICES: Readonly<Record<AmiFamily, readonly string[]>> = {
  AL2: ['/dev/xvda'],
  AL2023: ['/dev/xvda'],
  Bottlerocket: ['/dev/xvda', '/dev/xvdb'],
  Custom: [],
  Windows2019: ['/dev/sda1'],
  Windows2022: ['/dev/sda1'],
  Windows2025: ['/dev/sda1'],
};

/** Names that images give their root device (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html). */
const ROOT_DEVICES: readonly string[] = ['/dev/xvda', '/dev/sda1'];

/** EBS volumes and interfaces of a new instance. A Custom image has a root volume even where no mapping is its. */
export function startsWith(nodeClass: Pick<NodeClass, 'amiFamily' | 'spec'>): StartsWith {
  const mappings = listOf(nodeClass.spec['blockDeviceMappings']);
  const mapped = mappings.map(({ deviceName }, index) =>
    typeof deviceName === 'string' ? deviceName : `mapping ${index}`,
  );
  const devices = new Set([...IMAGE_DEVICES[nodeClass.amiFamily], ...mapped]);
  const hasRoot =
    mappings.some(({ rootVolume }) => rootVolume === true) ||
    ROOT_DEVICES.some((device) => devices.has(device));
  return {
    volumes: devices.size + (hasRoot ? 0 : 1),
    interfaces: Math.max(1, launchInterfaces(nodeClass).length),
  };
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
