import { invalidValue } from './api-error.ts';
import type { Query } from './query.ts';

export type Tags = Readonly<Record<string, string>>;

/** What a filter of that name looks at in a thing; several values where the thing has several. */
export type Fields<T> = Readonly<Record<string, (thing: T) => readonly (string | undefined)[]>>;

/**
 * The things that every filter of the request lets through; of a filter's values one has to fit, `*` and `?` stand for
 * any characters and any one. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export function filtered<T extends { readonly tags: Tags }>(
  things: readonly T[],
  query: Query,
  fields: Fields<T>,
): T[] {
  const tests = query
    .parts('Filter')
    .map((filter) => testOf(filter.required('Name'), filter.texts('Value'), fields));
  return things.filter((thing) => tests.every((test) => test(thing)));
}

function testOf<T extends { readonly tags: Tags }>(
  name: string,
  values: readonly string[],
  fields: Fields<T>,
): (thing: T) => boolean {
  const read = readerOf(name, fields);
  const patterns = values.map(patternOf);
  return (thing) =>
    read(thing).some((one) => one !== undefined && patterns.some((pattern) => pattern.test(one)));
}

function readerOf<T extends { readonly tags: Tags }>(name: string, fields: Fields<T>): Fields<T>[string] {
  if (name === 'tag-key') return ({ tags }) => Object.keys(tags);
  if (name.startsWith('tag:')) return ({ tags }) => [tags[name.slice('tag:'.length)]];
  const read = fields[name];
  if (read === undefined) throw invalidValue(`The filter '${name}' is invalid`);
  return read;
}

function patternOf(value: string): RegExp {
  const literal = value.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
