// What `-f` names: files, directories of YAML and JSON, and standard input.
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_SOURCE_BYTES, type SourceFile } from '../lib/config/source.ts';
import { compareText } from '../lib/model/stable-json.ts';
import { UserError } from './user-error.ts';

const DOCUMENT = /\.(ya?ml|json)$/i;
const STDIN_NAME = '<stdin>';

export interface Inputs {
  readonly files: readonly SourceFile[];
  /** One line per input that cannot be read. */
  readonly problems: readonly string[];
}

/** Reads all inputs, in the order given; a directory's files sorted by path. One that fails does not stop the others. */
export function readInputs(paths: readonly string[]): Inputs {
  const problems: string[] = [];
  const attempt = <T>(path: string, act: () => readonly T[]): readonly T[] => {
    try {
      return act();
    } catch (error) {
      problems.push(problemOf(path, error));
      return [];
    }
  };
  const files = [...new Set(paths)]
    .flatMap((path) => attempt(path, () => filesNamedBy(path)))
    .flatMap((path) => attempt(path, () => [readInput(path)]));
  return { files, problems };
}

function filesNamedBy(path: string): string[] {
  if (path === '-' || !statSync(path).isDirectory()) return [path];
  const found = documentsUnder(path);
  if (found.length === 0) throw new UserError([`${path}: the directory holds no .yaml, .yml or .json file`]);
  return found;
}

/** Sorted by path. Hidden entries are left out, as version control keeps its own there; links to files are followed. */
function documentsUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return documentsUnder(path);
      const isFile = entry.isFile() || (entry.isSymbolicLink() && statSync(path).isFile());
      return isFile && DOCUMENT.test(entry.name) ? [path] : [];
    });
}

function readInput(path: string): SourceFile {
  if (path === '-') return { name: STDIN_NAME, bytes: readStream(0, STDIN_NAME) };
  const stat = statSync(path);
  if (stat.isFile()) {
    if (stat.size > MAX_SOURCE_BYTES) throw tooLarge(path, `has ${Math.ceil(stat.size / 1024 ** 2)} MiB`);
    return { name: path, bytes: readFileSync(path) };
  }
  const descriptor = openSync(path, 'r');
  try {
    return { name: path, bytes: readStream(descriptor, path) };
  } finally {
    closeSync(descriptor);
  }
}

/** Everything a pipe gives, as far as it is not more than we read anyway: a pipe may never end. */
function readStream(descriptor: number, name: string): Uint8Array {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.alloc(64 * 1024);
    const count = readChunk(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > MAX_SOURCE_BYTES) throw tooLarge(name, 'goes on');
  }
}

/** A terminal or a pipe in non-blocking mode has nothing yet: wait a moment instead of failing. */
function readChunk(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

const tooLarge = (name: string, how: string): UserError =>
  new UserError([
    `${name}:1:1: the input ${how}, more than the limit of ${MAX_SOURCE_BYTES / 1024 ** 2} MiB: split it`,
  ]);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENOTDIR: 'a part of the path is not a directory',
  ENAMETOOLONG: 'the path is too long',
  EISDIR: 'is a directory',
};

/** Why a file cannot be read, as one line. Throws what is no such reason. */
export function problemOf(path: string, error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { code, path: at } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return `${at ?? path}: cannot be read: ${REASONS[code] ?? code}`;
}
