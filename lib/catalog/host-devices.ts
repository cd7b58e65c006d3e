/**
 * Devices of an instance type that take attachments from EBS volumes: accelerators, and the disks of its instance store.
 * EC2's catalogue gives the store's size and not its number of disks, so that comes from the families' sizes.
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ (instance store specifications).
 */
import type { TypeFacts } from './catalogue.ts';

type Hardware = Pick<TypeFacts, 'family' | 'size' | 'localNvmeGb' | 'gpu' | 'accelerator'>;

/** Accelerators and instance store disks of a virtual type. */
export const hostDevices = (type: Hardware): number =>
  (type.gpu?.count ?? 0) + (type.accelerator?.count ?? 0) + mediaDevices(type) + storeDisks(type);

/** `metal-24xl` and `24xlarge` are 24, `xlarge` is 1, anything smaller is 0. */
export function xlargesOf(size: string): number {
  if (size === 'xlarge') return 1;
  return Number(/^(?:metal-)?(\d+)xl(?:arge)?$/.exec(size)?.[1] ?? 0);
}

/** Count of the first step that the size reaches. */
export const steppedBy = (
  steps: readonly (readonly [fromXlarges: number, count: number])[],
  xlarges: number,
): number => steps.find(([from]) => xlarges >= from)?.[1] ?? 0;

/** U30 media accelerators, which the catalogue does not list: each of two devices. */
const mediaDevices = ({ family, size }: Hardware): number =>
  family === 'vt1' ? Math.ceil((xlargesOf(size) / 3) * 2) : 0;

/** Disks by family and size: from so many `xlarge`s on, so many. Largest first. */
const STORE_DISKS: readonly (readonly [families: RegExp, steps: readonly (readonly [number, number])[]])[] = [
  [/^(g4dn|g5|trn1)$/, [[0, 1]]],
  [/^g4ad$/, doubled(16)],
  [/^p3dn$/, [[0, 2]]],
  [/^c5ad$/, doubled(4)],
  [/^([cmr][67]gd|x2gd|z1d)$/, doubled(12)],
  [/^x2ie?dn$/, doubled(24)],
  [
    /^(c5d|[cmr]6idn?|hpc6id)$/,
    [
      [24, 4],
      [12, 2],
      [0, 1],
    ],
  ],
  [
    /^[mr]5(ad|dn?)$/,
    [
      [16, 4],
      [4, 2],
      [0, 1],
    ],
  ],
  [
    /^i3en$/,
    [
      [24, 8],
      [12, 4],
      [6, 2],
      [3, 1],
      [2, 2],
      [0, 1],
    ],
  ],
];

function doubled(fromXlarges: number): readonly (readonly [number, number])[] {
  return [
    [fromXlarges, 2],
    [0, 1],
  ];
}

/** Storage families, whose disks are in proportion to the size. */
const DISKS_PER_XLARGE: Readonly<Record<string, number>> = { d3: 3, d3en: 2, is4gen: 1 / 2 };

/** One for four `xlarge`s is what i4i, i4g and im4gn have, and more than any general family: for unknown families too. */
const DENSE_DISKS_PER_XLARGE = 1 / 4;

function storeDisks({ family, size, localNvmeGb }: Hardware): number {
  if (localNvmeGb === undefined) return 0;
  const steps = STORE_DISKS.find(([families]) => families.test(family))?.[1];
  if (steps !== undefined) return steppedBy(steps, xlargesOf(size));
  const perXlarge = DISKS_PER_XLARGE[family] ?? DENSE_DISKS_PER_XLARGE;
  return Math.max(1, Math.ceil(xlargesOf(size) * perXlarge));
}
