// What constraints cost, for people and as what `plan --price-constraints --json` adds.
import { assertNever } from '../model/assert-never.ts';
import { counted } from '../model/counted.ts';
import type { Constraint } from '../planning/price-constraints/relaxation.ts';
import {
  type ConstraintPrice,
  type ConstraintPrices,
  NOTHING_MICRO_USD_PER_HOUR,
  type SavingRange,
} from '../planning/price-constraints.ts';

export interface ConstraintPriceDocument {
  readonly constraint: Constraint;
  /** US dollars. */
  readonly savesPerHour?: SavingRange;
  /** Pods without a place, as it is and without the constraint. */
  readonly pods: { readonly before: number; readonly after: number };
}

export interface ConstraintPricesDocument extends Omit<ConstraintPrices, 'prices'> {
  readonly prices: readonly ConstraintPriceDocument[];
}

export const constraintPricesDocument = ({
  prices,
  ...counts
}: ConstraintPrices): ConstraintPricesDocument => ({
  prices: prices.map(({ savesPerHour, ...rest }) => ({
    ...rest,
    ...(savesPerHour === undefined
      ? {}
      : { savesPerHour: { atLeast: savesPerHour.atLeast / 1e6, atMost: savesPerHour.atMost / 1e6 } }),
  })),
  ...counts,
});

/** One sentence each, and what is known about all others. */
export function constraintPriceLines({ prices, free, notTried }: ConstraintPrices): string[] {
  if (prices.length + notTried === 0) return ['no constraint costs anything'];
  const noun = prices.length === 0 ? 'constraint' : 'other constraint';
  return [
    ...prices.map(sentence),
    ...(free === 0 ? [] : [`${counted(free, noun)} ${free === 1 ? 'costs' : 'cost'} nothing`]),
    ...(notTried === 0 ? [] : [`not tried: ${counted(notTried, 'constraint')}`]),
  ];
}

function sentence({ constraint, savesPerHour, pods }: ConstraintPrice): string {
  if (savesPerHour === undefined) {
    const more = pods.before - pods.after;
    return `${freedom(constraint)} would give ${counted(more, 'more pod')} a place`;
  }
  const { detail, object } = constraint;
  const amount = rangeText(savesPerHour);
  if (isOffer(constraint)) return `${freedom(constraint)} would save ${amount}`;
  return `${detail}${object === '' ? '' : ` on ${object}`} ${takesPlural(constraint) ? 'cost' : 'costs'} ${amount}`;
}

/** Said as what could be done, where the document does not name what is in the way. */
const isOffer = ({ kind }: Constraint): boolean => kind === 'value' || kind === 'weight';

const takesPlural = ({ kind, detail }: Constraint): boolean =>
  kind === 'preferences' || (kind === 'setting' && /^\d+ alternatives|weights$/.test(detail));

function freedom({ kind, object, detail }: Constraint): string {
  switch (kind) {
    case 'value':
      return `allowing ${detail} in ${object}`;
    case 'weight':
      return `trying ${object} first`;
    case 'topologySpread':
    case 'podAffinity':
    case 'podAntiAffinity':
    case 'nodeSelection':
    case 'preferences':
    case 'hostPorts':
    case 'requirement':
    case 'minValues':
    case 'limit':
    case 'taint':
      return `giving up ${detail} on ${object}`;
    case 'setting':
      return `giving up ${detail}`;
    default:
      return assertNever(kind);
  }
}

/** Rounded outwards, so that what is said is still proven. */
function rangeText({ atLeast, atMost }: SavingRange): string {
  if (atMost < NOTHING_MICRO_USD_PER_HOUR) return 'nothing';
  const [low, high] = [Math.floor(atLeast / CENT), Math.ceil(atMost / CENT)];
  if (low === 0) return `at most ${dollars(high)}/h`;
  return low === high ? `${dollars(low)}/h` : `${dollars(low)}–${(high / 100).toFixed(2)}/h`;
}

const CENT = 10_000;
const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;
