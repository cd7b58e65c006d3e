import type { ClaimName, InstanceId } from '../model/ids.ts';
import type { LaunchedClaim, NodeClaim } from '../model/node-claim.ts';

/**
 * NodeClaims, read strongly. `update` writes `next` (whose version is one above the stored one) only if the stored
 * version is `next.version - 1`, and throws `ConflictError<NodeClaim>` with what it found otherwise.
 */
export interface Claims {
  get(name: ClaimName): Promise<NodeClaim | undefined>;
  /** All claims that have not ended, sorted by name. */
  listLive(): Promise<readonly NodeClaim[]>;
  /** Those among them that `isMoving` says something is due for, sorted by name: few, however many live. */
  listMoving(): Promise<readonly NodeClaim[]>;
  /** Puts if no claim of that name was ever put; a second call changes nothing. */
  putIfAbsent(claim: NodeClaim): Promise<'put' | 'present'>;
  update(next: NodeClaim): Promise<void>;
  /**
   * One transaction: the claim becomes Launched and `instance → claim` is put if absent. Throws `ConflictError` when
   * either was taken, with the claim that is stored. A repeat of the very same launch throws it too, with the claim
   * already Launched for that instance: the caller compares.
   */
  updateLaunched(next: LaunchedClaim): Promise<void>;
  claimOfInstance(id: InstanceId): Promise<ClaimName | undefined>;
}
