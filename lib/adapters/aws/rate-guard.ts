import { DovetailError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RateGuard } from '../../ports/rate-guard.ts';
import { bodyAttributes, bodyOf } from './table/body.ts';
import { guardKey } from './table/keys.ts';
import { ifVersion } from './table/living-items.ts';
import type { Table } from './table/table.ts';

const HOUR_MS = 3_600_000;
/** Takers that meet; more than this many at once have other limits. */
const MAX_TRIES = 10;

interface Taken {
  readonly key: string;
  readonly amount: number;
  readonly atMs: number;
}

/** One item per guard that holds what was taken within the last hour, changed under its version. */
export class DynamoRateGuard implements RateGuard {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #name: string;

  constructor(options: { readonly table: Table; readonly clock: Clock; readonly name: string }) {
    this.#table = options.table;
    this.#clock = options.clock;
    this.#name = options.name;
  }

  async take(key: string, amount: number, max: number): Promise<'taken' | 'refused'> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const outcome = await this.#try(key, amount, max);
      if (outcome !== 'lost') return outcome;
    }
    const message = `guard ${this.#name} was changed by others all the time: this goes on later`;
    throw new DovetailError('Contended', message, 'same-request');
  }

  async #try(key: string, amount: number, max: number): Promise<'taken' | 'refused' | 'lost'> {
    const nowMs = this.#clock.nowMs();
    const item = await this.#table.get(guardKey(this.#name));
    const recent = (item === undefined ? [] : bodyOf<{ taken: Taken[] }>(item).taken).filter(
      ({ atMs }) => nowMs - atMs < HOUR_MS,
    );
    if (recent.some((each) => each.key === key)) return 'taken';
    const used = recent.reduce((sum, each) => sum + each.amount, 0);
    if (used + amount > max) return 'refused';
    const version = Number(item?.['version'] ?? 0);
    const body = bodyAttributes({ taken: [...recent, { key, amount, atMs: nowMs }] }, `guard ${this.#name}`);
    const lost = await this.#table.write({
      kind: 'put',
      item: { ...guardKey(this.#name), version: version + 1, ...body },
      condition: item === undefined ? this.#table.absent() : ifVersion(version),
    });
    return lost === undefined ? 'taken' : 'lost';
  }
}
