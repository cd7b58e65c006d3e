/**
 * Block devices of an EC2NodeClass, and which of them holds the pods' ephemeral storage.
 * Source: karpenter-provider-aws `pkg/apis/v1/ec2nodeclass.go`, `pkg/providers/instancetype/types.go`.
 */
import * as z from 'zod';
import type { AmiFamily } from '../model/node-class.ts';
import { amountOf } from '../model/quantity.ts';
import { checked, checkedObject, type Problem, strict, textOrNumber } from './kit.ts';
import { isRecord } from './located.ts';

const GIB = 1024 ** 3;
const MAX_MAPPINGS = 50;
/** Largest volume per suffix (EBS: 64 TB, Karpenter's pattern). */
const MAX_SIZE: Readonly<Record<string, number>> = { Gi: 59_000, Ti: 58, G: 64_000, T: 64 };

const volumeSize = textOrNumber.transform((written, context) => {
  const text = String(written);
  const match = /^([1-9]\d*)(Gi|Ti|G|T)$/.exec(text);
  const max = MAX_SIZE[match?.[2] ?? ''] ?? 0;
  const result = amountOf('storage', text);
  if (match !== null && Number(match[1]) <= max && result.ok) return result.amount;
  const limits = Object.entries(MAX_SIZE).map(([suffix, most]) => `${most}${suffix}`);
  const message = `invalid volume size ${JSON.stringify(text)}: want a whole number with a suffix, such as 100Gi, at most ${limits.join(', ')}`;
  context.issues.push({ code: 'custom', message, input: written });
  return 0;
});

const ebs = checkedObject(
  strict({
    volumeSize: volumeSize.exactOptional(),
    volumeType: z.enum(['standard', 'io1', 'io2', 'gp2', 'sc1', 'st1', 'gp3']).exactOptional(),
    iops: z.int().min(1).exactOptional(),
    throughput: z.int().min(1).exactOptional(),
    encrypted: z.boolean().exactOptional(),
    kmsKeyID: z.string().exactOptional(),
    snapshotID: z.string().min(1).exactOptional(),
    deleteOnTermination: z.boolean().exactOptional(),
    volumeInitializationRate: z.int().min(100).max(300).exactOptional(),
  }),
  (written): Problem[] => [
    ...('snapshotID' in written || 'volumeSize' in written
      ? []
      : [{ path: [], message: 'want "volumeSize" or "snapshotID": add one of them' }]),
    ...('volumeInitializationRate' in written && !('snapshotID' in written)
      ? [
          {
            path: ['volumeInitializationRate'],
            message: '"volumeInitializationRate" needs a "snapshotID" to read from: add one, or remove it',
          },
        ]
      : []),
  ],
);

const mapping = strict({
  deviceName: z.string().min(1).exactOptional(),
  rootVolume: z.boolean().exactOptional(),
  ebs: ebs.exactOptional(),
});

export const blockDevicesSchema = checked(z.array(mapping).max(MAX_MAPPINGS), (mappings) => {
  const roots = (Array.isArray(mappings) ? mappings : []).flatMap((entry, index) =>
    isRecord(entry) && entry['rootVolume'] === true ? [index] : [],
  );
  return roots.slice(1).map((index) => ({
    path: [index, 'rootVolume'],
    message: `a second root volume, beside entry ${roots[0]}: keep "rootVolume" on one of them`,
  }));
});

/** Device and size of the volume that holds pods' data when a NodeClass does not say. */
const FAMILY_VOLUME: Readonly<Record<AmiFamily, { readonly device: string; readonly bytes: number }>> = {
  AL2: { device: '/dev/xvda', bytes: 20 * GIB },
  AL2023: { device: '/dev/xvda', bytes: 20 * GIB },
  Bottlerocket: { device: '/dev/xvdb', bytes: 20 * GIB },
  Custom: { device: '', bytes: 20 * GIB },
  Windows2019: { device: '/dev/sda1', bytes: 50 * GIB },
  Windows2022: { device: '/dev/sda1', bytes: 50 * GIB },
  Windows2025: { device: '/dev/sda1', bytes: 50 * GIB },
};

/**
 * Size of the volume for ephemeral storage: the one marked as root; else the family's device (of a Custom image, which
 * has no known device, the last one); else the family's default.
 */
export function ephemeralVolumeBytes(
  family: AmiFamily,
  mappings: z.output<typeof blockDevicesSchema>,
): number {
  const sizeOf = (entry: (typeof mappings)[number] | undefined): number | undefined => entry?.ebs?.volumeSize;
  const { device, bytes } = FAMILY_VOLUME[family];
  const root = sizeOf(mappings.find(({ rootVolume }) => rootVolume === true));
  const own =
    family === 'Custom' ? mappings.at(-1) : mappings.find(({ deviceName }) => deviceName === device);
  return root ?? sizeOf(own) ?? bytes;
}
