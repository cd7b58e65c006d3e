/**
 * Objects read from YAML (or JSON, which is YAML) that remember where each of their fields stands, so that whatever is
 * found wrong later can be shown at its line and column.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  type ScalarTag,
  visit,
} from 'yaml';
import { nearest } from '../model/suggest.ts';
import { type Finding, shown } from './finding.ts';
import { textParts } from './json-stream.ts';
import { decodeSource, type SourceFile } from './source.ts';

export type Path = readonly (string | number)[];

/** One Kubernetes-shaped object. `value` has no null members: the API server reads a null field as an absent one. */
export interface LocatedObject {
  readonly value: unknown;
  readonly apiVersion: string;
  readonly kind: string;
  /** A finding at a field: at its value, or at its key when `at` says so; at the nearest parent when it is missing. */
  finding(path: Path, message: string, severity?: Finding['severity'], at?: 'value' | 'key'): Finding;
}

/** More aliases than this multiply a small file into a huge one ("billion laughs"). */
const MAX_ALIAS_COUNT = 100;

/** One slip of indentation makes the parser stumble over all that follows; the first errors say where to look. */
const MAX_YAML_ERRORS = 5;

const TOO_DEEP = 'the document is nested too deeply: flatten it';

/** Every object of a file, with Lists taken apart, and everything that is wrong with its YAML. */
export function parseSource(file: SourceFile): {
  readonly objects: readonly LocatedObject[];
  readonly findings: readonly Finding[];
} {
  const decoded = decodeSource(file);
  if (!decoded.ok) return { objects: [], findings: [decoded.finding] };
  const placeAt = placers(file.name, decoded.text);
  const parts = textParts(decoded.text).map(({ start, text }) => readText(text, placeAt(start)));
  return {
    objects: parts.flatMap(({ objects }) => objects),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

function readText(text: string, place: Placer): ReturnType<typeof parseSource> {
  try {
    const parsed = parseAllDocuments(text, {
      prettyErrors: false,
      merge: true,
      customTags: (tags) => [...tags, YAML_1_1_BOOLEAN],
      logLevel: 'silent',
    });
    return readDocuments(Array.isArray(parsed) ? parsed : [], place);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { objects: [], findings: [place.finding(0, '', TOO_DEEP, 'error')] };
  }
}

/** kubectl reads these words as YAML 1.1 does: `encrypted: yes` is true, and a label `on` needs quotes. */
const YAML_1_1_BOOLEAN: ScalarTag = {
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
};

interface Placer {
  finding(offset: number, path: string, message: string, severity: Finding['severity']): Finding;
}

/** Findings in a part of a text that begins at `start`, by their offset in the part. */
function placers(file: string, text: string): (start: number) => Placer {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (start) => ({
    finding(offset, path, message, severity) {
      const { line, col } = lines.linePos(start + offset);
      return { file, line, column: col, path, message, severity };
    },
  });
}

function readDocuments(documents: readonly Document.Parsed[], place: Placer) {
  const objects: LocatedObject[] = [];
  const findings: Finding[] = [];
  let holdsSomething = false;
  for (const document of documents) {
    findings.push(...yamlFindings(document, place));
    if (document.errors.length > 0) {
      holdsSomething = true;
      continue;
    }
    if (document.contents === null || isNull(document.contents)) continue;
    holdsSomething = true;
    const value = plainValue(document, place);
    if (!value.ok) findings.push(value.finding);
    else collectObjects({ document, place, prefix: [], value: value.value }, {}, objects, findings);
  }
  if (!holdsSomething) {
    findings.push(place.finding(0, '', 'the file holds no document: want at least one', 'error'));
  }
  return { objects, findings };
}

function yamlFindings(document: Document.Parsed, place: Placer): Finding[] {
  const tooDeep = document.errors.find(({ message }) => message.includes('Maximum call stack'));
  if (tooDeep !== undefined) return [place.finding(tooDeep.pos[0], '', TOO_DEEP, 'error')];
  return document.errors.slice(0, MAX_YAML_ERRORS).map((error) => {
    const [offset] = error.pos;
    const key = error.code === 'DUPLICATE_KEY' ? keyAt(document, offset) : undefined;
    const message =
      key === undefined
        ? `malformed YAML: ${error.message.replace(/\s+/g, ' ')}`
        : `duplicate key ${JSON.stringify(key)}: keep one of them`;
    return place.finding(offset, '', message, 'error');
  });
}

function keyAt(document: Document.Parsed, offset: number): string | undefined {
  let found: string | undefined;
  visit(document, {
    Pair: (_, pair) => {
      const key: unknown = pair.key;
      if (isScalar(key) && key.range?.[0] === offset) found = String(key.value);
      return found === undefined ? undefined : visit.BREAK;
    },
  });
  return found;
}

function plainValue(
  document: Document.Parsed,
  place: Placer,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly finding: Finding } {
  try {
    return { ok: true, value: withoutNulls(document.toJS({ maxAliasCount: MAX_ALIAS_COUNT })) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { ok: false, finding: aliasFinding(document, place) };
  }
}

/** At the first alias that names nothing; when all do, they are too many, and the first of all is shown. */
function aliasFinding(document: Document.Parsed, place: Placer): Finding {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  const unresolved = aliases.find((alias) => alias.resolve(document) === undefined);
  const offset = (unresolved ?? aliases[0])?.range?.[0] ?? document.range[0];
  const message =
    unresolved === undefined
      ? `too many YAML aliases (limit ${MAX_ALIAS_COUNT}): write the values out`
      : `unknown YAML alias "*${unresolved.source}": put its anchor "&${unresolved.source}" before it`;
  return place.finding(offset, '', message, 'error');
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

interface Place {
  readonly document: Document.Parsed;
  readonly place: Placer;
  readonly prefix: Path;
  readonly value: unknown;
}

/** An object, or the items of a List; items of a typed list (`PodList`) may leave out what their list says. */
function collectObjects(
  at: Place,
  inherited: { readonly apiVersion?: string; readonly kind?: string },
  objects: LocatedObject[],
  findings: Finding[],
): void {
  const locate = locator(at);
  const record = isRecord(at.value) ? at.value : undefined;
  if (record === undefined) {
    findings.push(locate([], 'want a Kubernetes object with apiVersion and kind'));
    return;
  }
  const { apiVersion = inherited.apiVersion, kind = inherited.kind } = record;
  for (const [field, text] of [['apiVersion', apiVersion] as const, ['kind', kind] as const]) {
    if (typeof text === 'string' && text !== '') continue;
    const message =
      text === undefined
        ? `missing field "${field}"${didYouWrite(field, record)}`
        : `want a text, found ${shown(text)}`;
    findings.push(locate([field], message));
  }
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') return;
  const items = record['items'];
  if (kind === 'List' && items !== undefined && !Array.isArray(items)) {
    findings.push(locate(['items'], `want a list, found ${shown(items)}`));
    return;
  }
  if (!kind.endsWith('List') || !Array.isArray(items)) {
    objects.push({ value: record, apiVersion, kind, finding: locate });
    return;
  }
  const itemKind = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  for (const [index, item] of items.entries()) {
    const prefix = [...at.prefix, 'items', index];
    collectObjects({ ...at, prefix, value: item }, itemKind, objects, findings);
  }
}

function didYouWrite(field: string, record: Readonly<Record<string, unknown>>): string {
  const written = nearest(field, Object.keys(record));
  return written === undefined ? '' : `: is ${JSON.stringify(written)} meant to be it?`;
}

function locator({ document, place, prefix }: Place): LocatedObject['finding'] {
  return (path, message, severity = 'error', at = 'value') => {
    const fullPath = [...prefix, ...path];
    const { offset, node } = nodeAt(document, fullPath, at);
    return place.finding(offset, formatPath(fullPath), asWritten(message, node), severity);
  };
}

/** Numbers that JavaScript cannot hold and words that mean true or false show as they are written. */
function asWritten(message: string, node: Node | undefined): string {
  if (!isScalar(node) || node.source === undefined) return message;
  const { value, source } = node;
  const shows =
    typeof value === 'boolean' || (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER);
  return shows ? message.replaceAll(String(value), () => source) : message;
}

/** The node at `path` and where it starts; the nearest parent when it is not there. */
function nodeAt(
  document: Document.Parsed,
  path: Path,
  at: 'value' | 'key',
): { readonly offset: number; readonly node: Node | undefined } {
  let node = resolved(document, document.contents);
  let offset = node?.range?.[0] ?? document.range[0];
  for (const [depth, step] of path.entries()) {
    let child: Node | null | undefined;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      const wantKey = at === 'key' && depth === path.length - 1;
      child = wantKey || !isNode(pair.value) ? (pair.key as Node) : pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      child = isNode(item) ? item : undefined;
    }
    const start = child?.range?.[0];
    if (start === undefined) break;
    offset = start;
    node = resolved(document, child);
  }
  return { offset, node };
}

const resolved = (document: Document.Parsed, node: unknown): Node | undefined => {
  const target = isAlias(node) ? node.resolve(document) : node;
  return isNode(target) ? target : undefined;
};

const isNull = (node: ParsedNode): boolean => isScalar(node) && node.value === null;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `spec.requirements[0].key`; keys that are not plain words are quoted: `metadata.labels["a/b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
