import { MemoryClaims } from '../adapters/memory/claims.ts';
import type { MemoryTable } from '../adapters/memory/table.ts';
import type { ClaimName } from '../model/ids.ts';
import type { LaunchedClaim, NodeClaim } from '../model/node-claim.ts';
import { compareText } from '../model/stable-json.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimAtTime } from '../report/node-claim-table.ts';

/** The claims' store, which also keeps each claim as it was when it had its node, for the tables at the end. */
export class ClaimHistory extends MemoryClaims {
  readonly #clock: Clock;
  readonly #best = new Map<ClaimName, ClaimAtTime>();
  /** Claims that are initialized and do not leave. */
  readonly #up = new Set<ClaimName>();
  #peakCount = 0;
  #peak: { readonly atMs: number; readonly claims: readonly ClaimAtTime[] };

  constructor(options: { readonly table: MemoryTable; readonly clock: Clock }) {
    super(options);
    this.#clock = options.clock;
    this.#peak = { atMs: options.clock.nowMs(), claims: [] };
  }

  /** Every claim that ever was, as it stood when it last had its node, with the time of its end as its age. */
  get all(): readonly ClaimAtTime[] {
    return [...this.#best.values()].sort((a, b) => compareText(a.claim.name, b.claim.name));
  }

  /** The last moment with most initialized claims at once. */
  get peak(): { readonly atMs: number; readonly claims: readonly ClaimAtTime[] } {
    return this.#peak;
  }

  override async putIfAbsent(claim: NodeClaim): Promise<'put' | 'present'> {
    const outcome = await super.putIfAbsent(claim);
    if (outcome === 'put') this.#see(claim);
    return outcome;
  }

  override async update(next: NodeClaim): Promise<void> {
    await super.update(next);
    this.#see(next);
  }

  override async updateLaunched(next: LaunchedClaim): Promise<void> {
    await super.updateLaunched(next);
    this.#see(next);
  }

  #see(claim: NodeClaim): void {
    const atMs = this.#clock.nowMs();
    const known = this.#best.get(claim.name);
    const leaving =
      claim.phase === 'Draining' || claim.phase === 'Terminating' || claim.phase === 'Terminated';
    this.#best.set(claim.name, { claim: leaving && known !== undefined ? known.claim : claim, atMs });
    if (isUp(claim)) this.#up.add(claim.name);
    else this.#up.delete(claim.name);
    if (claim.phase !== 'Initialized' || this.#up.size < this.#peakCount) return;
    this.#peakCount = this.#up.size;
    this.#peak = { atMs, claims: this.live().map((each) => ({ claim: each, atMs })) };
  }
}

const isUp = (claim: NodeClaim): boolean => claim.phase === 'Initialized' && claim.leave === undefined;
