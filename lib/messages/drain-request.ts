import * as z from 'zod';

/** Anyone → drainer: take the next step of this claim's leave. The reason stands on the claim. */
export const drainRequestSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('DrainRequest'),
  claim: z.string().min(1).max(58),
  /** Steps taken so far; bounds a drain that never ends. */
  hop: z.int().nonnegative(),
});

export type DrainRequest = z.infer<typeof drainRequestSchema>;
