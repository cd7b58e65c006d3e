// A scenario with the texts of its NodePools and EC2NodeClasses, which are published as they were written.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  EMBEDDED_REGIONS,
  EmbeddedCatalog,
  isEmbeddedRegion,
} from '../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import type { SourceFile } from '../../lib/config/source.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { type LoadedScenario, loadScenario } from '../../lib/simulator/load-scenario.ts';

export interface DocumentParameter {
  /** Below the documents' path. */
  readonly folder: 'nodepools' | 'nodeclasses';
  readonly name: string;
  readonly text: string;
}

const FOLDERS: Readonly<Record<string, DocumentParameter['folder']>> = {
  NodePool: 'nodepools',
  EC2NodeClass: 'nodeclasses',
};

/** Throws `ScenarioInvalid` with one line per problem of the files. */
export function readScenario(
  path: string,
): LoadedScenario & { readonly documents: readonly DocumentParameter[] } {
  const files: SourceFile[] = [];
  const readOne = (name: string): SourceFile => {
    const file = { name, bytes: readFileSync(name) };
    files.push(file);
    return file;
  };
  const attempt = (name: string): SourceFile | { readonly problem: string } => {
    try {
      return readOne(name);
    } catch (error) {
      return { problem: `${name}: cannot be read: ${error instanceof Error ? error.message : error}` };
    }
  };
  const first = attempt(path);
  if ('problem' in first) throw invalid([first.problem]);
  const read = loadScenario(first, {
    readRelative: (relative) => attempt(join(dirname(path), relative)),
    catalogOf: (region) => (isEmbeddedRegion(region) ? new EmbeddedCatalog(region) : undefined),
    regions: EMBEDDED_REGIONS,
  });
  if (!read.ok) throw invalid(read.findings.map(formatFinding));
  return { ...read.loaded, documents: files.flatMap(documentsOf) };
}

const invalid = (problems: readonly string[]): DovetailError =>
  new DovetailError('ScenarioInvalid', problems.join('\n'), 'never');

function documentsOf({ bytes }: SourceFile): DocumentParameter[] {
  return parseAllDocuments(Buffer.from(bytes).toString('utf8')).flatMap((document) => {
    const { kind, metadata } = (document.toJS() ?? {}) as {
      readonly kind?: string;
      readonly metadata?: { readonly name?: string };
    };
    const folder = kind === undefined ? undefined : FOLDERS[kind];
    return folder === undefined ? [] : [{ folder, name: metadata?.name ?? '', text: String(document) }];
  });
}
