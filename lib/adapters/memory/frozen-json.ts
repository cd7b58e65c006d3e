import { compareText, stableJson } from '../../model/stable-json.ts';
import { isFrozenCopy } from './frozen.ts';

const texts = new WeakMap<object, string>();

/** `stableJson`, made once for what never changes. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !isFrozenCopy(value)) return stableJson(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = stableJson(value);
  texts.set(value, text);
  return text;
}

/**
 * `stableJson`, quick for lists of stored objects, most of which were in the list before. Only what stands in a list is
 * remembered: the text of a whole snapshot would hardly ever be asked for again.
 */
export function frozenJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return stableJson(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => (isStored(item) ? textOf(item) : frozenJson(item ?? null)));
    return `[${items.join(',')}]`;
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${frozenJson(member)}`);
  return `{${members.join(',')}}`;
}

const isStored = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && !Array.isArray(item) && isFrozenCopy(item);
