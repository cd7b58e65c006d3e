import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Key } from './keys.ts';

/** Items are flat: nested values are text or bytes in `body.ts`. */
export type Scalar = string | number | Uint8Array;
export type Item = Key & { readonly [attribute: string]: Scalar };
export type Attributes = Record<string, AttributeValue>;

export const toAttributes = (item: Readonly<Record<string, Scalar>>): Attributes =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toAttribute(value)]));

function toAttribute(value: Scalar): AttributeValue {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { B: value };
}

/** Attributes of kinds that we never write are left out: a person may have added them. */
export const toItem = (attributes: Attributes): Item =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { S, N, B }]) => {
      const value = S ?? (N === undefined ? B : Number(N));
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Item;
