import { ConflictError } from '../../lib/model/errors.ts';

/** The conflict that a lost conditional write ends in; fails when the write went through or failed otherwise. */
export async function conflictOf(write: Promise<unknown>): Promise<ConflictError<unknown>> {
  const outcome = await write.then(
    () => 'the write went through',
    (error: unknown) => error,
  );
  if (outcome instanceof ConflictError) return outcome;
  throw new Error('expected a conflict', { cause: outcome });
}
