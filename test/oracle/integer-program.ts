/** A minimisation over non-negative integers, written row by row and solved by HiGHS from its text form. */
import { createRequire } from 'node:module';
import { OracleRefusal } from './refusal.ts';

export type Term = readonly [coefficient: number, variable: number];

export interface Optimum {
  /** Whole numbers, per variable. */
  readonly values: readonly number[];
  /** False when the search ended at its limit with the best found so far. */
  readonly proven: boolean;
}

/** Branch-and-bound nodes. A count, not a time, so that every machine gives the same answer. */
const MOST_NODES = 20_000;

export class IntegerProgram {
  private readonly uppers: number[] = [];
  private readonly costs: number[] = [];
  private readonly rows: string[] = [];

  /** A new variable from 0 to `upper`. */
  variable(upper: number, cost = 0): number {
    this.uppers.push(upper);
    this.costs.push(cost);
    return this.uppers.length - 1;
  }

  atMost(terms: readonly Term[], limit: number): void {
    this.row(terms, `<= ${limit}`);
  }

  exactly(terms: readonly Term[], value: number): void {
    this.row(terms, `= ${value}`);
  }

  /** `variable`, which is `most` at most, is 0 unless the 0/1 variable `present` is 1. */
  onlyWith(present: number, variable: number, most: number): void {
    const terms: Term[] = [
      [1, variable],
      [-most, present],
    ];
    this.atMost(terms, 0);
  }

  /** A 0/1 variable that is 1 wherever one of these variables is above 0. */
  presenceOf(variables: readonly number[]): number {
    const present = this.variable(1);
    for (const variable of variables) {
      this.onlyWith(present, variable, this.uppers[variable] ?? 0);
    }
    return present;
  }

  /** Costs must be whole numbers: an answer less than one unit from the bound is then the optimum. */
  async minimise(): Promise<Optimum> {
    const solution = solved(await loading, this.text());
    if (solution.Status === 'Infeasible') {
      throw new OracleRefusal('no-full-placement', 'no plan places every pod');
    }
    const columns = solution.Columns as Readonly<Record<string, { readonly Primal?: number }>>;
    const primal = this.uppers.map((_, variable) => columns[`v${variable}`]?.Primal ?? Number.NaN);
    if (primal.some(Number.isNaN)) {
      throw new OracleRefusal('too-large', `the search found no plan: ${solution.Status}`);
    }
    return { values: primal.map(Math.round), proven: solution.Status === 'Optimal' };
  }

  private row(terms: readonly Term[], relation: string): void {
    const used = terms.filter(([coefficient]) => coefficient !== 0);
    // The text form needs a variable in every row; the first one times zero will do.
    this.rows.push(`${used.length === 0 ? '0 v0' : sumText(used)} ${relation}`);
  }

  private text(): string {
    const costs = this.costs.map((cost, variable): Term => [cost, variable]).filter(([cost]) => cost !== 0);
    const names = this.uppers.map((_, variable) => `v${variable}`);
    return [
      'Minimize',
      ` ${costs.length === 0 ? '0 v0' : sumText(costs)}`,
      'Subject To',
      ...this.rows.map((row, index) => ` r${index}: ${row}`),
      'Bounds',
      ...this.uppers.map((upper, variable) => ` 0 <= v${variable} <= ${upper}`),
      'Generals',
      ...names.map((name) => ` ${name}`),
      'End',
    ].join('\n');
  }
}

// Its types describe the CommonJS form only.
const loadHighs = createRequire(import.meta.url)('highs') as typeof import('highs').default;
const loading = loadHighs();

function solved(highs: Awaited<typeof loading>, text: string) {
  const options = {
    output_flag: false,
    mip_rel_gap: 0,
    mip_abs_gap: 0.5,
    mip_max_nodes: MOST_NODES,
    mip_feasibility_tolerance: 1e-9,
  };
  try {
    return highs.solve(text, options);
  } catch {
    // Its presolve gives up on a few programs without a solution; the search alone answers those.
    return highs.solve(text, { ...options, presolve: 'off' });
  }
}

const sumText = (terms: readonly Term[]): string =>
  terms
    .map(([coefficient, variable]) => `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} v${variable}`)
    .join(' ');
