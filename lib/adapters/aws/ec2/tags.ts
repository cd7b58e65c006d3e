import { compareText } from '../../../model/stable-json.ts';

interface SdkTag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** Sorted by key, so that equal tags are equal requests. */
export const toTags = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags)
    .sort(([a], [b]) => compareText(a, b))
    .map(([Key, Value]) => ({ Key, Value }));

export const fromTags = (tags: readonly SdkTag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
