// How deep a text nests, judged before it is parsed: the parser goes one call deeper for each level, and a stack that ends
// inside the engine's own code ends the process, which no handler can turn into a message.

/** Kubernetes objects nest about a dozen levels deep. */
export const MAX_NESTING = 200;

const NEWLINE = 10;
const SPACE = 32;
const DASH = 45;
const QUESTION = 63;
const OPENING: ReadonlySet<number> = new Set(new TextEncoder().encode('[{'));
const CLOSING: ReadonlySet<number> = new Set(new TextEncoder().encode(']}'));

/**
 * Byte at which the text is nested deeper than `MAX_NESTING`, or -1. Open brackets are counted from the last line that
 * starts with neither space nor bracket, because there no flow collection is open; brackets in strings count too. A line's
 * leading spaces, dashes and question marks bound the depth of its block collections.
 */
export function tooDeepAt(bytes: Uint8Array): number {
  let open = 0;
  let leading = 0;
  let inLeading = true;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === NEWLINE) {
      leading = 0;
      inLeading = true;
      continue;
    }
    if (inLeading && (byte === SPACE || byte === DASH || byte === QUESTION)) leading++;
    else {
      if (inLeading && leading === 0 && !OPENING.has(byte) && !CLOSING.has(byte)) open = 0;
      inLeading = false;
    }
    if (OPENING.has(byte)) open++;
    else if (CLOSING.has(byte)) open = Math.max(0, open - 1);
    if (open > MAX_NESTING || leading > 2 * MAX_NESTING) return at;
  }
  return -1;
}
