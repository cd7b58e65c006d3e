// Whose pods a deploy serves, as people write it: given to the construct, checked there, and read again by the poller.
import type * as z from 'zod';
import { servedPodsSchema } from '../../lib/config/served-pods.ts';

/** Names of namespaces, and label selectors in the syntax of `kubectl -l`. */
export type Serves = z.input<typeof servedPodsSchema>;

/** What is wrong with it, each with its member's name; empty when nothing is. */
export const problemsOfServes = (
  serves: Serves,
): { readonly member: keyof Serves; readonly problem: string }[] =>
  (servedPodsSchema.safeParse(serves).error?.issues ?? []).map(({ path, message }) => ({
    member: path[0] as keyof Serves,
    problem: message,
  }));
