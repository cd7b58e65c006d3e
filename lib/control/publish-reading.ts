// One document's texts, to the model or to what is wrong with them. Pure.
import { type Finding, formatFinding } from '../config/finding.ts';
import { isRecord, type LocatedObject, parseSource } from '../config/located.ts';
import type { DocumentKind } from '../model/published-document.ts';
import type { SourceDocument } from '../ports/document-source.ts';

export type Reading<T> =
  | { readonly kind: 'good'; readonly document: T; readonly notes: readonly string[] }
  | { readonly kind: 'wrong'; readonly findings: readonly string[] };

interface ReadObject<T> {
  readonly value?: T;
  readonly findings: readonly Finding[];
}

/** `sources` are all the texts that are kept under the name, at least one. */
export function readSources<T>(
  kind: DocumentKind,
  sources: readonly SourceDocument[],
  read: (object: LocatedObject) => ReadObject<T>,
): Reading<T> {
  const [source, ...others] = sources;
  if (source === undefined) return { kind: 'wrong', findings: [] };
  if (others.length > 0) {
    const places = sources.map(({ origin }) => origin).join(' and ');
    return wrong(`${source.origin}:1:1: ${kind} "${source.name}" is kept at ${places}: remove all but one`);
  }
  const { objects, findings } = parseSource({
    name: source.origin,
    bytes: new TextEncoder().encode(source.text),
  });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return wrong(...errors.map(formatFinding));
  const misplaced = objects.flatMap((object, index) => misplacedObject(kind, object, index));
  const object = objects[0];
  if (misplaced.length > 0 || object === undefined) return wrong(...misplaced.map(formatFinding));
  return readObject(source.name, object, read(object));
}

function readObject<T>(name: string, object: LocatedObject, { value, findings }: ReadObject<T>): Reading<T> {
  const renamed = nameOf(object);
  const all = [
    ...findings,
    ...(renamed === undefined || renamed === name
      ? []
      : [
          object.finding(
            ['metadata', 'name'],
            `the document is kept under the name "${name}": write that, or keep it under "${renamed}"`,
          ),
        ]),
  ];
  const errors = all.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || value === undefined) return wrong(...errors.map(formatFinding));
  return { kind: 'good', document: value, notes: all.map(formatFinding) };
}

/** A place holds one document of its kind: what else stands there would never be looked at. */
function misplacedObject(kind: DocumentKind, object: LocatedObject, index: number): Finding[] {
  if (object.kind !== kind) {
    return [object.finding(['kind'], `a document of kind ${object.kind} is kept where a ${kind} belongs`)];
  }
  return index === 0 ? [] : [object.finding([], `a second document: keep each under its own name`)];
}

function nameOf({ value }: LocatedObject): string | undefined {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

const wrong = (
  ...findings: readonly string[]
): { readonly kind: 'wrong'; readonly findings: readonly string[] } => ({
  kind: 'wrong',
  findings,
});
