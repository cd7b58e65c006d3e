// Separates code from comments and strings, so that a rule about code does not trip over a sentence that mentions it.

/** Both results have the length and the lines of `text`; what is left out becomes spaces. */
export function codeOf(text: string): { code: string; bareCode: string } {
  let code = '';
  let bareCode = '';
  let last = '';
  const keep = (part: string): void => {
    code += part;
    bareCode += part;
    last = part.trim().at(-1) ?? last;
  };
  for (let at = 0; at < text.length; ) {
    const part = partAt(text, at, last);
    if (part.kind === 'comment') {
      code += blank(part.text);
      bareCode += blank(part.text);
    } else if (part.kind === 'string') {
      code += part.text;
      bareCode += `${part.text[0]}${blank(part.text.slice(1, -1))}${part.text.at(-1)}`;
      last = '"';
    } else {
      keep(part.text);
    }
    at += part.text.length;
  }
  return { code, bareCode };
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

interface Part {
  readonly kind: 'code' | 'comment' | 'string';
  readonly text: string;
}

const STRINGS: Readonly<Record<string, RegExp>> = {
  "'": /'(?:[^'\\\n]|\\.)*'/y,
  '"': /"(?:[^"\\\n]|\\.)*"/y,
  // Nested templates inside `${}` are rare enough to be read as one string up to the next back-tick.
  '`': /`(?:[^`\\]|\\.)*`/sy,
};
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const PLAIN = /[^'"`/]+/y;

function partAt(text: string, at: number, last: string): Part {
  const read = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const first = text[at] ?? '';
  const quoted = STRINGS[first];
  if (quoted !== undefined) return { kind: 'string', text: read(quoted) ?? first };
  if (first !== '/') return { kind: 'code', text: read(PLAIN) ?? first };
  const comment = read(COMMENT);
  if (comment !== undefined) return { kind: 'comment', text: comment };
  // After a value a slash divides; anywhere else it starts a regular expression.
  const regex = /[\w)\]"'`]/.test(last) ? undefined : read(REGEX);
  return regex === undefined ? { kind: 'code', text: first } : { kind: 'string', text: regex };
}
