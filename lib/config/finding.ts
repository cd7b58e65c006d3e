import { compareText } from '../model/stable-json.ts';

/** Something a person should know about an input file, at a place (line and column count from 1). */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The field, as `spec.template.spec.requirements[0].operator`; empty when the whole file or object is meant. */
  readonly path: string;
  readonly message: string;
  /** An `error` makes the input unusable; a `note` says what was understood differently than one might expect. */
  readonly severity: 'error' | 'note';
}

/** `file:line:column: message (path)`. */
export function formatFinding(finding: Finding): string {
  const { file, line, column, message, path } = finding;
  return `${file}:${line}:${column}: ${message}${path === '' ? '' : ` (${path})`}`;
}

/** In the order a reader meets them: by line and column within a file, the files as given. */
export function sortFindings(findings: readonly Finding[], fileNames: readonly string[]): Finding[] {
  const order = new Map(fileNames.map((name, index) => [name, index]));
  const rank = (finding: Finding): number => order.get(finding.file) ?? fileNames.length;
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.line - b.line ||
      a.column - b.column ||
      compareText(a.path, b.path) ||
      compareText(a.message, b.message),
  );
}

/** A wrong value as messages show it: as JSON, cut where it is long. JSON has no word for numbers without end. */
export function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
