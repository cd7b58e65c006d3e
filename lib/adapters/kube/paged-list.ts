/** Lists of any length, page by page, so that no answer and no moment of the server's holds them whole. */
import { DovetailError } from '../../model/errors.ts';
import type { KubeHttp } from './kube-http.ts';

/** What kubectl asks for. Pages of 2,000 were no faster (bench/kube-read.ts) and took half as much memory again. */
const PAGE_OBJECTS = 500;
/** Each restart follows a list that took longer than the server's history, about five minutes. */
const MAX_RESTARTS = 3;

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** Null where there are none: Go writes an empty list so. */
  readonly items?: readonly unknown[] | null;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Of the whole list: where a watch goes on from. */
  readonly resourceVersion: string;
}

/**
 * Every object under `path`, decoded page by page. A list whose continuation is too old (410) begins anew, because the
 * rest would be of another moment. Throws `Expired` when that happens again and again.
 */
export async function listAll<W, T>(
  http: KubeHttp,
  path: string,
  decode: (written: W) => T,
  query: Readonly<Record<string, string>> = {},
): Promise<Listed<T>> {
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
    const listed = await listOnce(http, path, decode, query);
    if (listed !== 'expired') return listed;
  }
  throw new DovetailError(
    'Expired',
    `cannot list ${path}: the server forgot the list ${MAX_RESTARTS + 1} times before its end: try again when it is less busy`,
    'same-request',
  );
}

async function listOnce<W, T>(
  http: KubeHttp,
  path: string,
  decode: (written: W) => T,
  query: Readonly<Record<string, string>>,
): Promise<Listed<T> | 'expired'> {
  const items: T[] = [];
  let token = '';
  for (;;) {
    const { status, body } = await http.call<Page>({
      method: 'GET',
      path,
      query: { ...query, limit: String(PAGE_OBJECTS), ...(token === '' ? {} : { continue: token }) },
      accept: [410],
    });
    if (status === 410) return 'expired';
    for (const item of body.items ?? []) items.push(decode(item as W));
    token = body.metadata.continue ?? '';
    if (token === '') return { items, resourceVersion: body.metadata.resourceVersion };
  }
}
