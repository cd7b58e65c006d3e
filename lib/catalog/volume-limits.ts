/**
 * How many EBS volumes a new node can attach for its pods: the count that the EBS CSI driver will write into the node's
 * CSINode, known before there is one. The driver takes the type's limit, less the volumes the instance starts with; a
 * limit that is shared with other devices is less every network interface beyond the first, too. It counts once, when it
 * starts: interfaces that the VPC CNI attaches later are not in its count, and so not in this one.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html (kinds of limits), EC2's
 * `EbsInfo.MaximumEbsAttachments` as listed in aws-ebs-csi-driver `pkg/cloud/limits` (numbers), `pkg/driver/node.go`.
 */
import type { TypeFacts } from './catalogue.ts';
import { hostDevices, steppedBy, xlargesOf } from './host-devices.ts';

/** Name of the driver whose limit this is. */
export const EBS_DRIVER = 'ebs.csi.aws.com';

/** What an instance of a NodeClass is started with. */
export interface StartsWith {
  /** EBS volumes, the root's included. */
  readonly volumes: number;
  readonly interfaces: number;
}

type Hardware = Pick<
  TypeFacts,
  'name' | 'family' | 'size' | 'hypervisor' | 'bareMetal' | 'localNvmeGb' | 'gpu' | 'accelerator'
>;

/** At least 1: the driver never reports less, because Kubernetes takes 0 for "no limit". */
export function ebsVolumeLimit(type: Hardware, { volumes, interfaces }: StartsWith): number {
  const dedicated = dedicatedLimit(type);
  const most = dedicated ?? sharedLimit(type) - (interfaces - 1);
  return Math.max(1, most - volumes);
}

/** Xen numbers its block devices; the last 39 names are for EBS. No other device takes one. */
const XEN_LIMIT = 39;

/** Steps of a limit that grows with the size: from so many `xlarge`s on, so many volumes. Largest first. */
type Steps = readonly (readonly [fromXlarges: number, count: number])[];

const VIRTUAL: Steps = [
  [48, 128],
  [32, 88],
  [24, 64],
  [16, 48],
  [0, 32],
];
const VIRTUAL_TO_64: Steps = VIRTUAL.map(([from, count]) => [from, Math.min(count, 64)]);
/** Half a machine and a whole one. */
const METAL: Steps = [
  [32, 79],
  [0, 39],
];

/** Families with a limit for EBS alone; the first that matches counts. */
const DEDICATED: readonly {
  readonly families: RegExp;
  readonly virtual: Steps;
  readonly metal: Steps;
}[] = [
  { families: /^p4de?$/, virtual: [[0, 28]], metal: METAL },
  { families: /^hpc7a$/, virtual: [[0, 27]], metal: METAL },
  { families: /^(p5(e|en)?|p6-b[23]00|trn2)$/, virtual: VIRTUAL_TO_64, metal: METAL },
  { families: /^[cmr]8gn$/, virtual: VIRTUAL_TO_64, metal: [[0, 39]] },
  { families: /^[cmr]8gb$/, virtual: VIRTUAL, metal: stepsTo(48, 78, 39) },
  { families: /^[cmr]8a$/, virtual: VIRTUAL, metal: stepsTo(48, 79, 64) },
  { families: /^([cmr]8i(-flex)?|x8i)$/, virtual: VIRTUAL, metal: stepsTo(96, 79, 64) },
  // Its sizes are whole cores: 24xlarge is the machine that other families sell as 48xlarge.
  {
    families: /^x8aedz$/,
    virtual: [
      [24, 128],
      [12, 64],
      [0, 32],
    ],
    metal: stepsTo(24, 79, 64),
  },
  {
    families: /^([cmr]7[ai](-flex)?|r7iz|i7ie?|u7i[nh]*-\d+tb|[cmr]8gd?|x8g|i8ge?|g6[ef]?|gr6f?|g7e|f2)$/,
    virtual: VIRTUAL,
    metal: METAL,
  },
];

function stepsTo(fromXlarges: number, whole: number, half: number): Steps {
  return [
    [fromXlarges, whole],
    [0, half],
  ];
}

function dedicatedLimit({ family, size, hypervisor, bareMetal }: Hardware): number | undefined {
  if (hypervisor === 'xen') return XEN_LIMIT;
  const rule = DEDICATED.find(({ families }) => families.test(family));
  return rule && steppedBy(bareMetal ? rule.metal : rule.virtual, xlargesOf(size));
}

/** Bare metal shares with network interfaces only. */
const METAL_SHARED_LIMIT = 31;
/** Of 28 attachments, less the first network interface. */
const SHARED_LIMIT = 27;

/** Limits that follow from nothing else EC2 says of the type. */
const ODD_LIMITS: Readonly<Record<string, number>> = {
  'g5.48xlarge': 9,
  'dl1.24xlarge': 28,
  'inf2.24xlarge': 28,
  'inf2.48xlarge': 28,
  'trn1.32xlarge': 28,
  'trn1n.32xlarge': 28,
};

/**
 * Every other Nitro type shares its attachments with disks and accelerators. Families that are newer than the sources fall
 * in here as well: whatever their own limit is, it has not been lower.
 */
function sharedLimit(type: Hardware): number {
  if (type.bareMetal) return METAL_SHARED_LIMIT;
  return ODD_LIMITS[type.name] ?? SHARED_LIMIT - hostDevices(type);
}
