import type { Filter } from '@aws-sdk/client-ec2';
import { DovetailError } from '../../../../model/errors.ts';
import type { SelectorTerm } from '../../../../model/node-class.ts';
import { compareText } from '../../../../model/stable-json.ts';

/** What a NodeClass's document calls the list, and what EC2 calls the things in it. */
export interface Selection {
  readonly nodeClass: string;
  readonly field: 'subnetSelectorTerms' | 'securityGroupSelectorTerms' | 'amiSelectorTerms';
  readonly code: string;
  readonly what: string;
}

/** Filters for a term's tags; `*` alone asks for the key, whatever its value. */
export const tagFilters = ({ tags }: SelectorTerm): Filter[] =>
  Object.entries(tags)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) =>
      value === '*' ? { Name: 'tag-key', Values: [key] } : { Name: `tag:${key}`, Values: [value] },
    );

/**
 * What the terms select, each term's things once, sorted by id. Terms with an id are asked for together; every other one
 * for itself, because filters of a request are ANDed. Errors: the selection's code, retry never, when no term selects
 * anything.
 */
export async function selected<T extends { readonly id: string }>(
  selection: Selection,
  terms: readonly SelectorTerm[],
  options: {
    readonly idFilter: string;
    readonly filters: (term: SelectorTerm) => Filter[];
    readonly find: (filters: readonly Filter[]) => Promise<readonly T[]>;
  },
): Promise<T[]> {
  const ids = terms.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const requests = [
    ...(ids.length === 0 ? [] : [[{ Name: options.idFilter, Values: ids }]]),
    ...terms.filter(({ id }) => id === undefined).map(options.filters),
  ];
  const found = new Map<string, T>();
  for (const filters of requests) for (const thing of await options.find(filters)) found.set(thing.id, thing);
  if (found.size === 0) throw nothingSelected(selection, terms);
  return [...found.values()].sort((a, b) => compareText(a.id, b.id));
}

export function nothingSelected(
  { nodeClass, field, code, what }: Selection,
  terms: readonly SelectorTerm[],
): DovetailError {
  return new DovetailError(
    code,
    `EC2NodeClass ${nodeClass}: no ${what} matches ${field} ${terms.map(termText).join(' or ')}: tag or name one so, or change the terms`,
    'never',
  );
}

function termText({ tags, ...rest }: SelectorTerm): string {
  return JSON.stringify(Object.keys(tags).length === 0 ? rest : { ...rest, tags });
}
