import type { CapacityType } from '../model/offering.ts';

/** Ways to buy a node that EC2 has a quota for. */
export type Purchase = Exclude<CapacityType, 'reserved'>;

/**
 * Codes of the quotas of vCPUs for the families that most nodes are of (A, C, D, H, I, M, R, T, Z); others have their own.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
 */
export const VCPU_QUOTAS: Readonly<Record<Purchase, string>> = {
  'on-demand': 'L-1216C47A',
  spot: 'L-34B43A08',
};
