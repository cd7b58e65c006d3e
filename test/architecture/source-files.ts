// The project's own source text, read once, for the architecture rules. Paths are relative to the project, with `/`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf } from './code-of.ts';

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked and the content of strings kept; lines stay where they are. */
  readonly code: string;
  /** The same with the content of strings blanked too. */
  readonly bareCode: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly line: number;
  readonly specifier: string;
  /** Path of the imported file, for relative imports. */
  readonly target?: string;
  readonly typeOnly: boolean;
}

const ROOTS = ['lib', 'cli', 'functions', 'infra', 'scripts', 'bench', 'test'];

export const sourceFiles: readonly SourceFile[] = ROOTS.flatMap((root) => walk(root))
  .filter((path) => /\.(ts|mjs)$/.test(path))
  .map((path) => {
    const text = readFileSync(join(PROJECT, path), 'utf8');
    const { code, bareCode } = codeOf(text);
    return { path, text, code, bareCode, imports: importsOf(path, code) };
  });

export const filesUnder = (...folders: readonly string[]): readonly SourceFile[] =>
  sourceFiles.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));

/** Files git knows or would add; undefined outside a git clone. */
export const trackedPaths: readonly string[] | undefined = existsSync(join(PROJECT, '.git'))
  ? execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
      cwd: PROJECT,
      encoding: 'utf8',
    })
      .split('\0')
      .filter((path) => path !== '' && existsSync(join(PROJECT, path)))
  : undefined;

export const readTracked = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

/** `path:line: text` of every line of a text that matches. */
export function hits(path: string, text: string, pattern: RegExp): string[] {
  return text.split('\n').flatMap((line, index) => {
    const match = pattern.exec(line);
    return match === null ? [] : [`${path}:${index + 1}: ${match[0].trim()}`];
  });
}

function walk(folder: string): string[] {
  const full = join(PROJECT, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      return statSync(join(PROJECT, path)).isDirectory() ? walk(path) : [path];
    });
}

function importsOf(path: string, code: string): Import[] {
  const pattern = /\b(?:(import|export)\s+(type\s+)?[^'"();=]*?\bfrom\s*|import\s*\(?\s*)(['"])([^'"\n]+)\3/g;
  return [...code.matchAll(pattern)].map((match) => {
    const specifier = match[4] ?? '';
    const line = code.slice(0, match.index).split('\n').length;
    const typeOnly = match[2] !== undefined;
    return specifier.startsWith('.')
      ? { line, specifier, typeOnly, target: posix.normalize(posix.join(posix.dirname(path), specifier)) }
      : { line, specifier, typeOnly };
  });
}
