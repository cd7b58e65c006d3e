import { groupBy } from '../model/group-by.ts';
import { compareText } from '../model/stable-json.ts';
import type { Count } from '../report/run-figures.ts';

/** Most first; ties by name. */
export function countBy(names: readonly string[]): readonly Count[] {
  return [...groupBy(names, (name) => name)]
    .map(([name, list]) => ({ name, count: list.length }))
    .sort((a, b) => b.count - a.count || compareText(a.name, b.name));
}
