// The price half of the catalogue, one file per region.
import type { RegionFile } from '../../lib/catalog/catalogue-files.ts';
import { compareText } from '../../lib/model/stable-json.ts';
import { cell, numberIn, type Row } from './csv.ts';
import { ATTRIBUTION } from './types-file.ts';

/** Columns of the on-demand price; `basis` says where a filled price comes from, and us-east-1 has none. */
interface PriceColumns {
  readonly price: string;
  readonly basis?: string;
}

const PRICE_COLUMNS: Readonly<Record<string, PriceColumns>> = {
  'us-east-1': { price: 'od_price_us_east_1' },
  'us-west-2': { price: 'od_price_us_west_2_est', basis: 'od_price_us_west_2_basis' },
  'eu-west-1': { price: 'od_price_eu_west_1_est', basis: 'od_price_eu_west_1_basis' },
};

export const REGIONS = Object.keys(PRICE_COLUMNS);

interface Price {
  readonly usdPerHour: number;
  readonly estimated: boolean;
}

/** `rows` are sorted by instance type; `spotRows` are those of any region. */
export function regionFile(region: string, rows: readonly Row[], spotRows: readonly Row[]): RegionFile {
  const zoneColumn = `azs_${region.replaceAll('-', '_')}`;
  const zonesOf = (row: Row): string[] =>
    cell(row, zoneColumn)
      .split(' ')
      .filter((id) => id !== '');
  const zoneIds = [...new Set(rows.flatMap(zonesOf))].sort(compareText);
  const prices = onDemandPrices(region, rows);
  const spot = new SpotEstimates(spotRows.filter((row) => cell(row, 'region') === region));
  return {
    schemaVersion: 1,
    attribution: ATTRIBUTION,
    region,
    zoneIds,
    zones: rows.map((row) => zonesOf(row).reduce((mask, id) => mask | (1 << zoneIds.indexOf(id)), 0)),
    onDemandMicroUsdPerHour: prices.map((price) => microUsd(price?.usdPerHour)),
    onDemandEstimated: prices.flatMap((price, index) => (price?.estimated ? [index] : [])),
    spotMicroUsdPerHour: rows.map((row, index) => microUsd(spot.usdPerHour(row, prices[index]))),
  };
}

const microUsd = (usdPerHour: number | undefined): number | null =>
  usdPerHour === undefined ? null : Math.round(usdPerHour * 1e6);

/** Metal costs as much as the virtual size of the same hardware; the source gives some at a dedicated host's price. */
const DEDICATED_SURCHARGE = { min: 1.05, max: 1.11 };

function onDemandPrices(region: string, rows: readonly Row[]): (Price | undefined)[] {
  const columns = PRICE_COLUMNS[region];
  if (columns === undefined) throw new Error(`no price columns of ${region}`);
  const written = new Map<string, Price>();
  const virtual = new Map<string, Price>();
  for (const row of rows) {
    const usdPerHour = numberIn(row, columns.price);
    if (usdPerHour === undefined) continue;
    const estimated = columns.basis !== undefined && cell(row, columns.basis).startsWith('est:');
    written.set(cell(row, 'instance_type'), { usdPerHour, estimated });
    if (cell(row, 'bare_metal') !== 'true') virtual.set(hardware(row), { usdPerHour, estimated });
  }
  return rows.map((row) => {
    const price = written.get(cell(row, 'instance_type'));
    const sibling = virtual.get(hardware(row));
    if (price === undefined || sibling === undefined || cell(row, 'bare_metal') !== 'true') return price;
    const ratio = price.usdPerHour / sibling.usdPerHour;
    const dedicated = ratio >= DEDICATED_SURCHARGE.min && ratio <= DEDICATED_SURCHARGE.max;
    return dedicated ? { usdPerHour: sibling.usdPerHour, estimated: true } : price;
  });
}

const hardware = (row: Row): string => `${cell(row, 'family')}:${cell(row, 'vcpu')}`;

/**
 * Spot prices: the source's estimate, else today's on-demand price less the advisor's saving, else less the median
 * saving of the type's category (of all types where the category has no row).
 */
class SpotEstimates {
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #savings = new Map<string, number[]>();

  constructor(rows: readonly Row[]) {
    this.#rows = new Map(rows.map((row) => [cell(row, 'instance_type'), row]));
    for (const row of rows) {
      const saving = numberIn(row, 'savings_pct_2025_06');
      if (saving === undefined) continue;
      for (const key of [categoryOf(row), ''])
        this.#savings.set(key, [...(this.#savings.get(key) ?? []), saving]);
    }
  }

  usdPerHour(type: Row, onDemand: Price | undefined): number | undefined {
    if (onDemand === undefined || !cell(type, 'usage_classes').split(' ').includes('spot')) return undefined;
    const row = this.#rows.get(cell(type, 'instance_type'));
    const estimate = row === undefined ? undefined : numberIn(row, 'spot_price_est');
    if (estimate !== undefined) return Math.min(estimate, onDemand.usdPerHour);
    const advised = row === undefined ? undefined : numberIn(row, 'savings_pct_2025_06');
    return onDemand.usdPerHour * (1 - (advised ?? this.#medianSaving(type)) / 100);
  }

  #medianSaving(type: Row): number {
    const savings = this.#savings.get(categoryOf(type)) ?? this.#savings.get('') ?? [];
    return [...savings].sort((a, b) => a - b)[Math.floor(savings.length / 2)] ?? 0;
  }
}

const categoryOf = (row: Row): string => /^[a-z]+/.exec(cell(row, 'instance_type'))?.[0] ?? '';
