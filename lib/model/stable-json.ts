import { createHash } from 'node:crypto';

/**
 * JSON with object keys sorted at every depth, so that equal values are equal bytes. `undefined` members are left out, and
 * integers beyond JSON's are texts.
 */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => stableJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, member]) => `${JSON.stringify(key)}:${stableJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(typeof value === 'bigint' ? `${value}` : value);
}

/** First `characters` hex digits of the SHA-256 of a value's stable JSON. */
export function stableHash(value: unknown, characters = 16): string {
  return textHash(stableJson(value), characters);
}

/** First `characters` hex digits of a text's SHA-256. */
export function textHash(text: string, characters = 16): string {
  return createHash('sha256').update(text).digest('hex').slice(0, characters);
}

/** Order by UTF-16 code unit: the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
