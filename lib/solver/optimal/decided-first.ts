import type { Problem } from '../problem.ts';
import type { DecidedFirst } from '../report.ts';
import type { Solution } from '../solution.ts';
import { isPlain, unitsOnNodes } from './lots.ts';

/** The pods kept in domains, with other pods of their node, and on bins; what concerns none is left out. */
export function decidedFirst(problem: Problem, decided: Solution): Pick<DecidedFirst, 'what' | 'pods'>[] {
  if (problem.items.every(isPlain)) return [];
  const units = unitsOnNodes(problem, decided);
  const pinned = units.flatMap(({ pods }) => pods.filter(({ isPinned }) => isPinned));
  const bundled = units.flatMap(({ pods }) => (pods.length > 1 ? pods : []));
  const fixed = decided.onBins.filter(({ item }) => !isPlain(problem.items[item]!));
  const facts = [
    { what: 'domains' as const, pods: pinned.length },
    { what: 'hosts' as const, pods: bundled.length },
    { what: 'bins' as const, pods: fixed.length },
  ];
  return facts.filter(({ pods }) => pods > 0);
}
