import { DovetailError } from '../../../model/errors.ts';

export interface Page<T> {
  readonly items: readonly T[] | undefined;
  /** Absent or empty on the last page. */
  readonly nextToken: string | undefined;
}

/** More than any account holds of what we list: a list that goes on longer repeats itself. */
const MAX_PAGES = 1_000;

/** Everything that a list in pages holds. Errors: `TooManyPages`, retry never, and those of `read`. */
export async function allPages<T>(
  what: string,
  read: (nextToken: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items = [], nextToken = '' } = await read(token);
    found.push(...items);
    if (nextToken === '') return found;
    token = nextToken;
  }
  throw new DovetailError(
    'TooManyPages',
    `the list of ${what} goes on after ${MAX_PAGES} pages: give up`,
    'never',
  );
}
