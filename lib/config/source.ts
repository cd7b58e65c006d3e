import type { Finding } from './finding.ts';
import { MAX_NESTING, tooDeepAt } from './nesting.ts';

/** One input file, as read. `name` is what findings call it. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Parsing keeps positions and costs about 50 times the text in memory; larger inputs come as several files. */
export const MAX_SOURCE_BYTES = 20 * 1024 ** 2;

/**
 * Lines, commas and opening brackets. Parsing takes up to a kilobyte of memory for each of them, so a file of little else
 * would exhaust the memory long before it is too large in bytes.
 */
export const MAX_SOURCE_ENTRIES = 2_000_000;

const ENTRY_BYTES: ReadonlySet<number> = new Set(new TextEncoder().encode('\n,[{'));

export type DecodedSource =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly finding: Finding };

/** The text of a file, unless it is too large, binary or empty. Does not look at the content of a file too large. */
export function decodeSource(file: SourceFile): DecodedSource {
  const { bytes } = file;
  if (bytes.length > MAX_SOURCE_BYTES) {
    const mebibytes = Math.ceil(bytes.length / 1024 ** 2);
    return refused(
      file,
      `the file has ${mebibytes} MiB, more than the limit of ${MAX_SOURCE_BYTES / 1024 ** 2} MiB: split it`,
    );
  }
  if (isUtf16(bytes))
    return refused(file, 'the file is UTF-16 text, as PowerShell writes it: save it as UTF-8');
  const nulAt = bytes.indexOf(0);
  if (nulAt >= 0) {
    return refused(file, 'the file is binary (a NUL byte): want YAML or JSON text', bytes.subarray(0, nulAt));
  }
  // Not fatal, so that the replacement character shows where the bad byte is.
  const text = new TextDecoder('utf-8').decode(bytes);
  if (!isValidUtf8(bytes)) {
    const before = text.slice(0, text.indexOf('\uFFFD'));
    return refused(file, 'the file is not UTF-8 text: save it as UTF-8', new TextEncoder().encode(before));
  }
  if (text.trim() === '') return refused(file, 'the file is empty: want at least one document');
  if (entriesOf(bytes) > MAX_SOURCE_ENTRIES) {
    return refused(
      file,
      `the file has more than ${MAX_SOURCE_ENTRIES} lines, commas and opening brackets: split it`,
    );
  }
  const deepAt = tooDeepAt(bytes);
  if (deepAt >= 0) {
    const message = `nested more than ${MAX_NESTING} levels deep: take the document apart`;
    return refused(file, message, bytes.subarray(0, deepAt));
  }
  return { ok: true, text };
}

function entriesOf(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (ENTRY_BYTES.has(byte)) count++;
  return count;
}

/** By its byte order mark. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

function isValidUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** `before` is what comes before the place that is meant; nothing means the start of the file. */
function refused(file: SourceFile, message: string, before: Uint8Array = new Uint8Array()): DecodedSource {
  const lines = new TextDecoder('utf-8').decode(before).split('\n');
  const position = { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  return { ok: false, finding: { file: file.name, ...position, path: '', message, severity: 'error' } };
}
