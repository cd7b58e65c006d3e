// How a deploy searches for plans, as people write it: given to the construct, checked there, and read again by the provisioner.
import type * as z from 'zod';
import { solverSettingsSchema } from '../../lib/config/solver-settings.ts';

/** What is left out has its default (docs/solver.md). */
export type SolverChoice = z.input<typeof solverSettingsSchema>;

/** What is wrong with it, each as `path: what is wanted`; empty when nothing is. */
export const problemsOfSolver = (written: unknown): string[] =>
  (solverSettingsSchema.safeParse(written).error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
