import { ConflictError, DovetailError } from '../../model/errors.ts';
import type { ClaimName, InstanceId } from '../../model/ids.ts';
import { isMoving, type LaunchedClaim, type NodeClaim } from '../../model/node-claim.ts';
import type { Claims } from '../../ports/claims.ts';
import { endedClaimKey, instanceKey, LIVE_CLAIMS, retainedUntilSeconds } from './table/keys.ts';
import { type Kind, LivingItems } from './table/living-items.ts';
import { type Move, slotMoves } from './table/slot-items.ts';
import { type Table, TRANSACTION_MAX_WRITES } from './table/table.ts';

/** Slots that the poller changes while their claim ends make the transaction start again. */
const END_TRIES = 5;
const MOVES_MAX = TRANSACTION_MAX_WRITES / 2;

export class DynamoClaims implements Claims {
  readonly #table: Table;
  readonly #items: LivingItems<NodeClaim, ClaimName>;

  constructor(options: { readonly table: Table }) {
    this.#table = options.table;
    this.#items = new LivingItems(options.table, CLAIMS);
  }

  get(name: ClaimName): Promise<NodeClaim | undefined> {
    return this.#items.get(name);
  }

  listLive(): Promise<readonly NodeClaim[]> {
    return this.#items.listLive();
  }

  listMoving(): Promise<readonly NodeClaim[]> {
    return this.#items.listMoving();
  }

  putIfAbsent(claim: NodeClaim): Promise<'put' | 'present'> {
    return this.#items.putIfAbsent(claim);
  }

  async update(next: NodeClaim): Promise<void> {
    const endedAtMs = CLAIMS.endedAtMs(next);
    if (endedAtMs === undefined) return this.#items.update(next);
    await this.#end(next, endedAtMs);
    if ('launch' in next) await this.#letPointerGo(next.launch.instanceId, next.name, endedAtMs);
  }

  async updateLaunched(next: LaunchedClaim): Promise<void> {
    const pointer = { ...instanceKey(next.launch.instanceId), claim: next.name };
    const lost = await this.#table.write(...this.#items.writesOf(next), {
      kind: 'put',
      item: pointer,
      condition: this.#table.absent(),
    });
    if (lost === undefined) return;
    if (lost.has(0)) throw await this.#items.conflict(next, lost);
    throw new ConflictError(`claim ${next.name}`, await this.get(next.name));
  }

  async claimOfInstance(id: InstanceId): Promise<ClaimName | undefined> {
    return (await this.#table.get(instanceKey(id)))?.['claim'] as ClaimName | undefined;
  }

  /** The claim, in two writes, and its slots leave what is listed together; what has no room follows at once. */
  async #end(next: NodeClaim, endedAtMs: number): Promise<void> {
    const writes = this.#items.writesOf(next);
    for (let attempt = 1; ; attempt += 1) {
      const moves = (await slotMoves(this.#table, next.name, endedAtMs)).slice(0, MOVES_MAX - 1);
      const lost = await this.#table.write(...writes, ...moves.flat());
      if (lost === undefined) break;
      if (lost.has(0)) throw await this.#items.conflict(next, lost);
      if (attempt === END_TRIES) throw slotsInTheWay(next.name);
    }
    await this.#moveRest(next.name, endedAtMs);
  }

  /**
   * What the first transaction had no room for, and what a plan added meanwhile. Slots that a crash leaves behind stay
   * listed for a claim that has ended, where they count for nothing.
   */
  async #moveRest(claim: ClaimName, endedAtMs: number): Promise<void> {
    for (let attempt = 1; attempt <= END_TRIES; attempt += 1) {
      const moves = await slotMoves(this.#table, claim, endedAtMs);
      if (moves.length === 0) return;
      for (let start = 0; start < moves.length; start += MOVES_MAX) {
        const [[first, second], ...others] = moves.slice(start, start + MOVES_MAX) as [Move, ...Move[]];
        await this.#table.write(first, second, ...others.flat());
      }
    }
  }

  /** From its end on the pointer may expire as the tombstone does. A pointer to another claim stays as it is. */
  async #letPointerGo(id: InstanceId, claim: ClaimName, endedAtMs: number): Promise<void> {
    await this.#table.write({
      kind: 'put',
      item: { ...instanceKey(id), claim, expiresAtSeconds: retainedUntilSeconds(endedAtMs) },
      condition: { expression: '#claim = :claim', values: { claim } },
    });
  }
}

const CLAIMS: Kind<NodeClaim, ClaimName> = {
  noun: 'claim',
  livePk: LIVE_CLAIMS,
  endedKey: endedClaimKey,
  idOf: (claim) => claim.name,
  endedAtMs: (claim) => {
    if (claim.phase === 'Terminated') return claim.terminatedAtMs;
    return claim.phase === 'LaunchFailed' ? claim.failedAtMs : undefined;
  },
  isMoving,
};

const slotsInTheWay = (name: ClaimName): DovetailError =>
  new DovetailError(
    'Contended',
    `claim ${name} cannot end while its slots change all the time: this goes on later`,
    'same-request',
  );
