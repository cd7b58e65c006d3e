// A NodePool whose offerings are all too small: the resource that is short, the most there is, and what DaemonSets take.
import { counted } from '../../model/counted.ts';
import { listed } from '../../model/listed.ts';
import { didYouMean } from '../../model/suggest.ts';
import { amountText, asked } from './amounts.ts';
import type { PoolView } from './pool-view.ts';

interface Shortage {
  readonly name: string;
  readonly requested: number;
  /** Offerings with enough of it. */
  readonly fitting: number;
  /** The most that one leaves beside its DaemonSets, what it has in all, and its type. */
  readonly room: number;
  readonly allocatable: number;
  readonly type: string;
}

export function resourcesReason(view: PoolView): string {
  const rows = view.suiting();
  const shortages = Object.entries(view.pod.spec.requests)
    .filter(([, amount]) => amount > 0)
    .map(([name, requested]) => shortageOf(view, rows, name, requested))
    .sort((a, b) => a.fitting - b.fitting);
  const [worst] = shortages;
  if (worst === undefined) return `DaemonSets alone fill all ${counted(rows.length, 'matching offering')}`;
  if (worst.fitting > 0) return togetherText(shortages, rows.length);
  const typo = typoHint(worst);
  const { name, requested, room, allocatable, type } = worst;
  if (allocatable === 0) {
    return `no instance type has any ${name}, of which ${amountText(name, requested)} is asked${elsewhere(view, name)}`;
  }
  if (room === allocatable) {
    return `no instance type has ${asked(name, requested)}; the most is ${amountText(name, allocatable, true)} (${type})${typo}`;
  }
  const left = amountText(name, Math.max(room, 0), true);
  const taken = amountText(name, allocatable - room);
  return `no instance type has ${asked(name, requested)} left beside its DaemonSets; the largest (${type}) leaves ${left} of ${amountText(name, allocatable, true)} after ${taken} for DaemonSets${typo}`;
}

/** Types that the NodePool excludes may have the resource; where none has, its name may be misspelt. */
function elsewhere(view: PoolView, name: string): string {
  const types = view.types();
  const having = types.filter(({ allocatable }) => (allocatable[name] ?? 0) > 0);
  if (having.length > 0) {
    return `; the ${counted(having.length, 'type')} with it ${having.length === 1 ? 'is' : 'are'} excluded by what the NodePool and the pod require`;
  }
  return didYouMean(name, [...new Set(types.flatMap(({ allocatable }) => Object.keys(allocatable)))]);
}

function shortageOf(view: PoolView, rows: readonly number[], name: string, requested: number): Shortage {
  let most = { room: Number.NEGATIVE_INFINITY, allocatable: 0, type: '' };
  let fitting = 0;
  for (const row of rows) {
    const type = view.row(row)?.type;
    const allocatable = type?.allocatable[name] ?? 0;
    const room = view.outcome.roomOf(row)[name] ?? 0;
    if (requested <= room) fitting++;
    if (room > most.room) most = { room, allocatable, type: type?.name ?? '' };
  }
  return { name, requested, fitting, ...most };
}

/** Enough of each resource somewhere, but nowhere of all of them. */
function togetherText(shortages: readonly Shortage[], offerings: number): string {
  const amounts = shortages.filter(({ name }) => name !== 'pods');
  const wanted = amounts.map(({ name, requested }) => asked(name, requested));
  const each = amounts.map(({ name, fitting }) => `${fitting} have the ${name}`);
  return `none of ${counted(offerings, 'matching offering')} has room for ${wanted.join(', ')} together: ${listed(each)}`;
}

/** A million cores: `1M` where `1m` was meant. Source: karpenter `scheduling/nodeclaim.go`. */
const MEGA_MILLICORES = 1_000_000_000;
/** As many cores as this are asked for by mistake more often than on purpose. */
const MANY_MILLICORES = 100_000;
const TEBIBYTE = 1024 ** 4;

function typoHint({ name, requested, room }: Shortage): string {
  if (name === 'cpu' && requested >= MEGA_MILLICORES) return '; is M (mega) meant to be m (milli)?';
  if (name === 'cpu' && requested >= MANY_MILLICORES && requested % 1000 === 0) {
    return `; cpu counts whole cores: is ${requested / 1000}m meant?`;
  }
  const smaller = requested / 1024;
  const isLarge = name === 'memory' && requested >= TEBIBYTE && requested % 1024 === 0;
  return isLarge && smaller <= room ? `; is ${amountText(name, smaller)} meant?` : '';
}
