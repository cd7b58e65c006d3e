/**
 * Branded identifiers. Each is built by a checked function, so that an id of one kind cannot be passed as another.
 * Errors: `InvalidIdError` when the text breaks the rule stated at the function.
 */
type Brand<B extends string> = string & { readonly __brand: B };

export type PodUid = Brand<'PodUid'>;
export type ClaimName = Brand<'ClaimName'>;
export type PlanId = Brand<'PlanId'>;
export type OrderId = Brand<'OrderId'>;
export type RequestId = Brand<'RequestId'>;
export type InstanceId = Brand<'InstanceId'>;
export type SnapshotId = Brand<'SnapshotId'>;

export class InvalidIdError extends Error {
  readonly code = 'InvalidId';
  readonly retry = 'never' as const;
}

/**
 * Claim names are taint values and label values, so 63 characters bound them; 58 leave room for suffixes of
 * launch attempts (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/).
 */
export const CLAIM_NAME_MAX_CHARACTERS = 58;

const dnsLabel = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

function checked<T extends string>(kind: string, text: string, rule: RegExp, maxCharacters: number): T {
  if (text.length > maxCharacters || !rule.test(text)) {
    throw new InvalidIdError(
      `invalid ${kind} "${text}": want at most ${maxCharacters} characters matching ${rule}`,
    );
  }
  return text as T;
}

export const claimName = (text: string): ClaimName =>
  checked<ClaimName>('claim name', text, dnsLabel, CLAIM_NAME_MAX_CHARACTERS);
export const planId = (text: string): PlanId => checked<PlanId>('plan id', text, dnsLabel, 63);
export const orderId = (text: string): OrderId => checked<OrderId>('order id', text, dnsLabel, 63);
/** SQS deduplication ids take at most 128 characters. */
export const requestId = (text: string): RequestId =>
  checked<RequestId>('request id', text, /^[A-Za-z0-9_.-]+$/, 128);
export const instanceId = (text: string): InstanceId =>
  checked<InstanceId>('instance id', text, /^i-[0-9a-f]+$/, 30);
export const snapshotId = (text: string): SnapshotId =>
  checked<SnapshotId>('snapshot id', text, /^[0-9a-f]+$/, 64);
/** Kubernetes gives UUIDs; any non-empty text without spaces is taken, because tests and dry runs name pods. */
export const podUid = (text: string): PodUid => checked<PodUid>('pod uid', text, /^\S+$/, 512);
