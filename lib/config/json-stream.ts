/**
 * JSON objects one after the other, as `jq '.items[]'` and log shippers write them. kubectl reads such a stream; YAML takes
 * what follows the first object for a mistake, so the text is cut between objects.
 */

export interface TextPart {
  /** Where it begins in the whole text. */
  readonly start: number;
  readonly text: string;
}

/** The objects of a stream, or the whole text when it is anything else. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let start = text.search(/\S/);
  while (start >= 0 && text[start] === '{') {
    const end = objectEnd(text, start);
    if (end === undefined) break;
    parts.push({ start, text: text.slice(start, end) });
    const gap = text.slice(end).search(/\S/);
    if (gap < 0) return parts;
    start = end + gap;
  }
  return [{ start: 0, text }];
}

/** Behind the bracket that closes the object, or undefined when none does. */
function objectEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}
