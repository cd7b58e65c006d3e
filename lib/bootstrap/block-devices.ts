/**
 * Volumes of a new node: those of the NodeClass, or else the family's own, encrypted gp3.
 * Source: karpenter-provider-aws `pkg/providers/amifamily`, `pkg/providers/launchtemplate/launchtemplate.go`.
 */
import { DovetailError } from '../model/errors.ts';
import type { TemplateVolume } from '../model/launch-template.ts';
import type { AmiFamily, NodeClass } from '../model/node-class.ts';
import { type Fields, isFields, listOf, optional, picked } from './fields.ts';

const GIB = 1024 ** 3;

interface FamilyVolume {
  readonly deviceName: string;
  readonly volumeSizeGib: number;
}

/** The last one holds the pods' data. */
const FAMILY_VOLUMES: Readonly<Record<AmiFamily, readonly FamilyVolume[]>> = {
  AL2: [{ deviceName: '/dev/xvda', volumeSizeGib: 20 }],
  AL2023: [{ deviceName: '/dev/xvda', volumeSizeGib: 20 }],
  Bottlerocket: [
    { deviceName: '/dev/xvda', volumeSizeGib: 4 },
    { deviceName: '/dev/xvdb', volumeSizeGib: 20 },
  ],
  Custom: [],
  Windows2019: [{ deviceName: '/dev/sda1', volumeSizeGib: 50 }],
  Windows2022: [{ deviceName: '/dev/sda1', volumeSizeGib: 50 }],
  Windows2025: [{ deviceName: '/dev/sda1', volumeSizeGib: 50 }],
};

type Class = Pick<NodeClass, 'name' | 'amiFamily' | 'spec'>;

/** Errors: `BlockDeviceInvalid`, retry never. */
export function blockDevices(nodeClass: Class): TemplateVolume[] {
  const written = listOf(nodeClass.spec['blockDeviceMappings']);
  if (written.length > 0) return written.map((mapping, index) => volumeOf(nodeClass, mapping, index));
  return FAMILY_VOLUMES[nodeClass.amiFamily].map((volume) => ({
    ...volume,
    volumeType: 'gp3',
    encrypted: true,
    deleteOnTermination: true,
  }));
}

function volumeOf(nodeClass: Class, mapping: Fields, index: number): TemplateVolume {
  const fail = (what: string): DovetailError =>
    new DovetailError(
      'BlockDeviceInvalid',
      `EC2NodeClass ${nodeClass.name}, blockDeviceMappings[${index}]: ${what}`,
      'never',
    );
  const { deviceName, ebs } = mapping;
  const device = deviceName ?? (mapping['rootVolume'] === true ? podsDevice(nodeClass) : undefined);
  if (typeof device !== 'string') throw fail('no device: add deviceName, such as /dev/xvda');
  if (!isFields(ebs)) throw fail('no volume: add ebs with volumeSize or snapshotID');
  const { volumeSize } = ebs;
  return {
    deviceName: device,
    ...optional('volumeSizeGib', typeof volumeSize === 'number' ? Math.ceil(volumeSize / GIB) : undefined),
    ...picked<TemplateVolume>(ebs, [
      'volumeType',
      'iops',
      'throughput',
      'encrypted',
      'deleteOnTermination',
      'volumeInitializationRate',
    ]),
    ...optional('kmsKeyId', ebs['kmsKeyID'] as string | undefined),
    ...optional('snapshotId', ebs['snapshotID'] as string | undefined),
  };
}

/** `rootVolume` marks the volume of the pods' data; a Custom image has none that is known. */
const podsDevice = ({ amiFamily }: Class): string | undefined => FAMILY_VOLUMES[amiFamily].at(-1)?.deviceName;
