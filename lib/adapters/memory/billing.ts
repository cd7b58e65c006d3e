import type { InstanceId } from '../../model/ids.ts';
import type { CapacityType } from '../../model/offering.ts';

/** What one instance was charged for: from its first moment running to the start of its end. */
export interface BillingRecord {
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly priceMicroUsdPerHour: number;
  readonly startedAtMs: number;
  /** Absent while it runs. */
  readonly endedAtMs?: number;
}

/** EC2 bills Linux by the second, a minute at least (https://aws.amazon.com/ec2/pricing/on-demand/). */
const MIN_BILLED_SECONDS = 60;

/** Cost up to `nowMs`, rounded up to whole microdollars. */
export function costMicroUsd(record: BillingRecord, nowMs: number): number {
  const endMs = Math.max(record.startedAtMs, Math.min(record.endedAtMs ?? nowMs, nowMs));
  const seconds = Math.max(MIN_BILLED_SECONDS, Math.ceil((endMs - record.startedAtMs) / 1000));
  return Math.ceil((seconds * record.priceMicroUsdPerHour) / 3600);
}
