import * as z from 'zod';

/** Provisioner → itself, on the launch queue: go on with this order, wherever it stands. */
export const launchSchema = z.object({
  schemaVersion: z.literal(1),
  orderId: z.string().min(1).max(63),
});

export type Launch = z.infer<typeof launchSchema>;
