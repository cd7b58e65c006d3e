import { type Finding, formatFinding } from '../lib/config/finding.ts';
import { type LoadedDocuments, type LoadOptions, loadDocuments } from '../lib/config/load.ts';
import type { SourceFile } from '../lib/config/source.ts';
import { readInputs } from './input-files.ts';
import { UserError } from './user-error.ts';

export interface LoadedInput {
  readonly files: readonly SourceFile[];
  readonly documents: LoadedDocuments;
  /** Lines about what was understood differently than one might expect. */
  readonly notes: readonly string[];
}

/** Documents without an error among them. Throws one `UserError` with everything that is wrong otherwise. */
export function loadInput(paths: readonly string[], options: LoadOptions = {}): LoadedInput {
  const { files, problems } = readInputs(paths);
  // What an unreadable file would have held is not called missing.
  return loadFiles(files, problems.length === 0 ? options : { requireNodeClasses: false }, problems);
}

/** The same for files that were read already; `problems` are those of reading. */
export function loadFiles(
  files: readonly SourceFile[],
  options: LoadOptions = {},
  problems: readonly string[] = [],
): LoadedInput {
  const { documents, findings } = loadDocuments(files, options);
  throwErrors(findings, problems);
  return { files, documents, notes: findings.map(noteLine) };
}

/** Throws a `UserError` of the problems and of all findings that are errors; does nothing when there are none. */
export function throwErrors(findings: readonly Finding[], problems: readonly string[] = []): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length + problems.length > 0) {
    throw new UserError([...problems, ...errors.map(formatFinding)]);
  }
}

/** A note as one line for people. */
export const noteLine = (finding: Finding): string =>
  formatFinding({ ...finding, message: `note: ${finding.message}` });
