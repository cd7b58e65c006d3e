import type { SourceFile } from '../config/source.ts';

/** A file beside the scenario, by the path written in it; else what is wrong with it, where that is known. */
export type ReadRelative = (path: string) => SourceFile | { readonly problem: string } | undefined;

/** The file, or the message that says why there is none. */
export function readBeside(path: string, readRelative: ReadRelative): SourceFile | string {
  const read = readRelative(path);
  if (read !== undefined && 'bytes' in read) return read;
  const why = read === undefined ? '' : `; ${read.problem}`;
  return `cannot read "${path}": want a file beside the scenario${why}`;
}
