/**
 * Multi-part archives of user data (RFC 2046, https://cloudinit.readthedocs.io/en/latest/explanation/format.html). Parts
 * keep all their headers and their content as written; line ends become `\n`, as cloud-init and nodeadm read them.
 */
import type { Join } from '../join.ts';
import { userDataError } from './user-data-error.ts';

export interface MimePart {
  /** Whole header lines, continuation lines included. */
  readonly headers: readonly string[];
  readonly content: string;
  /** Line of the content's beginning within the user data. */
  readonly line: number;
}

const HEADER = /^[!-9;-~]+:/;
const CONTENT_TYPE = /^content-type:/i;

/** User data that announces itself as MIME. */
export const isMime = (text: string): boolean => /^\s*(MIME-Version|Content-Type):/i.test(text);

/** `text/x-shellscript`, without parameters; a part without the header is plain text. */
export function mediaType({ headers }: Pick<MimePart, 'headers'>): string {
  const header = headers.find((each) => CONTENT_TYPE.test(each));
  return (header?.replace(CONTENT_TYPE, '').split(';')[0] ?? 'text/plain').trim().toLowerCase();
}

/** Errors: `UserDataInvalid` with the line. */
export function parseMime(join: Join): MimePart[] {
  const lines = join.userData.replace(/\r\n?/g, '\n').split('\n');
  const start = lines.findIndex((line) => line.trim() !== '');
  const { headers, next } = readHeaders(join, lines, start, lines.length);
  if (!mediaType({ headers }).startsWith('multipart/')) {
    throw userDataError(join, 'want Content-Type: multipart/mixed with a boundary', start + 1);
  }
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(headers.join(' '));
  if (boundary === null) throw userDataError(join, 'the Content-Type names no boundary', start + 1);
  const delimiter = `--${boundary[1] ?? boundary[2]}`;
  const ends = delimiterLines(join, lines, next, delimiter);
  return ends.slice(1).map((end, index) => {
    const from = (ends[index] ?? 0) + 1;
    const part = readHeaders(join, lines, from, end);
    const content = lines.slice(part.next, end).join('\n');
    return { headers: part.headers, content, line: part.next + 1 };
  });
}

/** Positions of the delimiters, the closing one last. */
function delimiterLines(join: Join, lines: readonly string[], from: number, delimiter: string): number[] {
  const found: number[] = [];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at]?.trimEnd();
    if (line === delimiter) found.push(at);
    if (line === `${delimiter}--`) return [...found, at];
  }
  const last = lines.findLastIndex((line) => line.trim() !== '') + 1;
  throw userDataError(join, `the archive does not end: add a line ${delimiter}--`, last);
}

function readHeaders(
  join: Join,
  lines: readonly string[],
  from: number,
  to: number,
): { readonly headers: readonly string[]; readonly next: number } {
  const headers: string[] = [];
  for (let at = from; at < to; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '') return { headers, next: at + 1 };
    const continues = /^[ \t]/.test(line) && headers.length > 0;
    if (continues) headers[headers.length - 1] += `\n${line}`;
    else if (HEADER.test(line)) headers.push(line.trimEnd());
    else {
      const advice = 'put an empty line between headers and content';
      throw userDataError(join, `${JSON.stringify(line)} is no MIME header: ${advice}`, at + 1);
    }
  }
  throw userDataError(join, 'headers without a content: put an empty line after them', to);
}

export function renderMime(parts: readonly Pick<MimePart, 'headers' | 'content'>[]): string {
  const boundary = freeBoundary(parts.map(({ content }) => content));
  const rendered = parts.map(
    ({ headers, content }) => `--${boundary}\n${headers.map((each) => `${each}\n`).join('')}\n${content}\n`,
  );
  return [
    'MIME-Version: 1.0\n',
    `Content-Type: multipart/mixed; boundary="${boundary}"\n\n`,
    ...rendered,
    `--${boundary}--\n`,
  ].join('');
}

/** A boundary with which no line of a content begins. */
function freeBoundary(contents: readonly string[]): string {
  const taken = (boundary: string): boolean =>
    contents.some((content) => `\n${content}`.includes(`\n--${boundary}`));
  let boundary = 'dovetail';
  for (let n = 1; taken(boundary); n++) boundary = `dovetail-${n}`;
  return boundary;
}
