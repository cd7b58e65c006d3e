import * as z from 'zod';

/**
 * Poller → provisioner, on `provision.fifo`: these pods have no place. The snapshot named is the one they were found in.
 * After `expiresAtMs` the request is dropped: whoever still needs a node has been asked for again by then.
 */
export const provisionRequestSchema = z.object({
  schemaVersion: z.literal(1),
  requestId: z.string().min(1).max(128),
  snapshotId: z.string().min(1),
  podUids: z.array(z.string().min(1)).min(1),
  expiresAtMs: z.int().positive(),
});

export type ProvisionRequest = z.infer<typeof provisionRequestSchema>;
