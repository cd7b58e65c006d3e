import { DovetailError } from '../../../model/errors.ts';

/** Schema versions of items and snapshots that this release reads. A release that starts to write one is preceded by one that reads it. */
const READABLE = { from: 1, to: 1 } as const;

/** Of items that have no version of their own, such as pointers. */
export const ITEM_SCHEMA_VERSION = 1;

/**
 * Throws `NewerSchema` for what another release wrote in a way that this one does not know. The request may be tried
 * again: the release that can read it is being deployed, or was rolled back too far.
 */
export function assertReadable(schemaVersion: unknown, what: string): void {
  const { from, to } = READABLE;
  if (typeof schemaVersion === 'number' && schemaVersion >= from && schemaVersion <= to) return;
  const message = `${what} has schema version ${schemaVersion}: this release reads ${from} to ${to}: deploy the release that wrote it, or a newer one`;
  throw new DovetailError('NewerSchema', message, 'same-request');
}
