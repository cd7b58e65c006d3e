/**
 * What an item says, as one attribute: JSON text while it is short, deflated bytes beyond. Reading and writing cost by the
 * size of the item, and the texts of claims and orders shrink to a quarter and less.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DovetailError } from '../../../model/errors.ts';
import type { Item } from './attributes.ts';
import { ITEM_SCHEMA_VERSION } from './schema-version.ts';

/** A write costs one unit per 1,024 bytes (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html). */
const PACK_FROM_BYTES = 1_024;
/** DynamoDB takes items of up to 400 kB, keys and names included. */
const BODY_MAX_BYTES = 350_000;

export type Body = { readonly body: string } | { readonly packed: Uint8Array };

export function packedBody(value: object): Body {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) < PACK_FROM_BYTES ? { body: text } : { packed: deflateRawSync(text) };
}

export const fits = (body: Body): boolean => !('packed' in body) || body.packed.length <= BODY_MAX_BYTES;

/**
 * The attributes of a value; one without a schema version has the table's. Throws `ItemTooLarge` for what no item holds.
 */
export function bodyAttributes(value: object, what: string): Body & { readonly schemaVersion: number } {
  const body = packedBody(value);
  if (!fits(body)) {
    const message = `${what} is too large for the table even when packed: want at most ${BODY_MAX_BYTES} bytes`;
    throw new DovetailError('ItemTooLarge', message, 'never');
  }
  return { schemaVersion: ITEM_SCHEMA_VERSION, ...schemaVersionOf(value), ...body };
}

const schemaVersionOf = (value: { readonly schemaVersion?: number }) =>
  value.schemaVersion === undefined ? {} : { schemaVersion: value.schemaVersion };

/** The value of an item written by `bodyAttributes`. */
export function bodyOf<T>({ packed, body }: Item): T {
  const text = packed instanceof Uint8Array ? inflateRawSync(packed).toString('utf8') : body;
  return JSON.parse(String(text)) as T;
}
