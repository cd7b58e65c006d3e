import { compareText } from '../../model/stable-json.ts';
import { Ec2ApiError, invalidValue } from './api-error.ts';
import type { Query } from './query.ts';

interface PageLimits {
  readonly min: number;
  readonly max: number;
  /** Page size when the request names none; absent gives everything at once. */
  readonly default?: number;
}

/** One page in the order of `key`; its token names the last key, so that what comes and goes meanwhile moves nothing. */
export function pageOf<T>(
  things: readonly T[],
  query: Query,
  limits: PageLimits,
  key: (thing: T) => string,
): { readonly page: readonly T[]; readonly nextToken: string | undefined } {
  const size = sizeOf(query, limits);
  const after = lastKeyOf(query.text('NextToken'));
  const rest = [...things]
    .sort((a, b) => compareText(key(a), key(b)))
    .filter((thing) => after === undefined || compareText(key(thing), after) > 0);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const hasMore = rest.length > page.length && last !== undefined;
  return { page, nextToken: hasMore ? Buffer.from(`after:${key(last)}`).toString('base64') : undefined };
}

function sizeOf(query: Query, { min, max, default: usual = Number.POSITIVE_INFINITY }: PageLimits): number {
  const written = query.text('MaxResults');
  if (written === undefined) return usual;
  const size = Number(written);
  if (size >= min && size <= max) return size;
  throw invalidValue(
    `Value ( ${written} ) for parameter maxResults is invalid. Expecting a value between ${min} and ${max}.`,
  );
}

function lastKeyOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64').toString();
  if (text.startsWith('after:')) return text.slice('after:'.length);
  throw new Ec2ApiError('InvalidNextToken', 'The provided token is not valid');
}
