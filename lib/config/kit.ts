/**
 * What the schemas of documents share: strict objects that name unknown fields, checks across fields that run even when
 * other fields are wrong (so that all problems show at once), quantities, durations, and the wording of zod's issues.
 */
import * as z from 'zod';
import { parseDuration } from '../model/duration.ts';
import { amountOf } from '../model/quantity.ts';
import type { ResourceList } from '../model/resources.ts';
import { didYouMean, nearest } from '../model/suggest.ts';
import { type Finding, shown } from './finding.ts';
import { isRecord, type LocatedObject, type Path } from './located.ts';

export interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly at?: 'value' | 'key';
}

/**
 * Adds a check over the whole value. It sees what was written, so it must ask for the type of what it reads.
 */
export function checked<S extends z.ZodType>(schema: S, check: (value: unknown) => readonly Problem[]): S {
  const refined: z.ZodType = schema.superRefine(
    (value: unknown, context) => {
      for (const { path, message, at = 'value' } of check(value)) {
        context.addIssue({ code: 'custom', path: [...path], message, params: { at } });
      }
    },
    { when: () => true },
  );
  return refined as S;
}

/** `checked` for objects; nothing is checked when the value is not one. */
export const checkedObject = <S extends z.ZodType>(
  schema: S,
  check: (value: Readonly<Record<string, unknown>>) => readonly Problem[],
): S => checked(schema, (value) => (isRecord(value) ? check(value) : []));

export interface StrictOptions {
  /** Fields that are known and not read. */
  readonly unread?: readonly string[];
  /** What to do about fields that other versions or other kinds have: `advice` follows `unknown field "x": `. */
  readonly moved?: Readonly<Record<string, string>>;
}

/** An object whose unknown fields are errors with a suggestion. */
export function strict<Shape extends z.ZodRawShape>(
  shape: Shape,
  { unread = [], moved = {} }: StrictOptions = {},
): z.ZodObject<Shape, z.core.$strip> {
  const fields = Object.keys(shape);
  const known = [...fields, ...unread];
  const loose: z.ZodType = z.looseObject(shape);
  const advice = (key: string): string =>
    Object.hasOwn(moved, key)
      ? `: ${moved[key]}`
      : didYouMean(key, known) || `: want one of ${fields.join(', ')}`;
  return checkedObject(loose, (value) =>
    Object.keys(value)
      .filter((key) => !known.includes(key))
      .map((key) => ({
        path: [key],
        message: `unknown field ${JSON.stringify(key)}${advice(key)}`,
        at: 'key' as const,
      })),
  ) as z.ZodObject<Shape, z.core.$strip>;
}

/**
 * An object of Kubernetes, of which planning reads a part. The API grows, so unknown fields are left out; but one that is
 * not among `unread` and spelt much like a field that is read is an error, as it is under strict field validation.
 * `check` sees the fields as read, and as written where they are wrong.
 */
export function kubernetesObject<Shape extends z.ZodRawShape>(
  shape: Shape,
  unread: readonly string[] = [],
  check: (value: Readonly<Record<string, unknown>>) => readonly Problem[] = () => [],
): z.ZodType<z.output<z.ZodObject<Shape>>> {
  const fields = Object.keys(shape);
  const loose: z.ZodType = z.looseObject(shape);
  const onlyRead = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => fields.includes(key)))
      : value;
  return checkedObject(loose, (value) => [...misspelt(value, fields, unread), ...check(value)]).transform(
    onlyRead,
  ) as z.ZodType<z.output<z.ZodObject<Shape>>>;
}

function misspelt(
  value: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  unread: readonly string[],
): Problem[] {
  const known = [...fields, ...unread];
  return Object.keys(value)
    .filter((key) => !known.includes(key) && nearest(key, fields) !== undefined)
    .map((key) => ({
      path: [key],
      message: `unknown field ${JSON.stringify(key)}${didYouMean(key, known)}`,
      at: 'key' as const,
    }));
}

export const textMap = z.record(z.string(), z.string());

/** Resource names to quantities, read into base units (`ResourceList`). */
export const resourceList: z.ZodType<ResourceList> = z
  .record(z.string(), z.unknown())
  .transform((written, context) => amountsOf(written, context));

/** `resourceList` of these names only. */
export const resourceListOf = (names: readonly string[]): z.ZodType<ResourceList> =>
  z.record(z.string(), z.unknown()).transform((written, context) => {
    const unknown = unknownKeys(written, names);
    for (const { path, message } of unknown) {
      context.issues.push({
        code: 'custom',
        message,
        path: [...path],
        params: { at: 'key' },
        input: written,
      });
    }
    const known = Object.entries(written).filter(([name]) => names.includes(name));
    return amountsOf(Object.fromEntries(known), context);
  });

function amountsOf(written: Readonly<Record<string, unknown>>, context: z.RefinementCtx): ResourceList {
  const amounts: Record<string, number> = {};
  for (const [name, text] of Object.entries(written)) {
    const result = amountOf(name, quantityText(text));
    if (result.ok) amounts[name] = result.amount;
    else context.issues.push({ code: 'custom', message: result.message, path: [name], input: text });
  }
  return amounts;
}

/** Keys of a map that has names of its own. */
export function unknownKeys(written: Readonly<Record<string, unknown>>, known: readonly string[]): Problem[] {
  return Object.keys(written)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: [key],
      message: `unknown key ${JSON.stringify(key)}${didYouMean(key, known) || `: want one of ${known.join(', ')}`}`,
      at: 'key',
    }));
}

/** Numbers are quantities too. Anything else shows as JSON in the refusal. */
export const quantityText = (written: unknown): string =>
  typeof written === 'string' || typeof written === 'number' ? String(written) : JSON.stringify(written);

/** For values that have a form of their own, whose refusal says more than that a text is wanted. */
export const textOrNumber = z.union([z.string(), z.number()]);

/** A duration in milliseconds, or null for `Never`. */
export const durationOrNever = textOrNumber.transform((written, context): number | null => {
  const result = parseDuration(String(written));
  if (result.ok) return result.durationMs;
  context.issues.push({ code: 'custom', message: result.message, input: written });
  return null;
});

/** A duration in milliseconds; `Never` is refused. */
export const duration = textOrNumber.transform((written, context): number => {
  const result = parseDuration(String(written));
  if (result.ok && result.durationMs !== null) return result.durationMs;
  const message = result.ok
    ? 'invalid duration "Never": want an end, such as 1h30m'
    : result.message.replace(', or Never', '');
  context.issues.push({ code: 'custom', message, input: written });
  return 0;
});

export type Read<T> = { readonly value?: T; readonly findings: readonly Finding[] };

/** Reads an object by a schema. `value` is absent when anything was wrong. */
export function read<T>(object: LocatedObject, schema: z.ZodType<T>, prefix: Path = []): Read<T> {
  const input = prefix.reduce<unknown>(
    (value, step) => (isRecord(value) ? value[String(step)] : undefined),
    object.value,
  );
  const result = schema.safeParse(input, { error: wording });
  if (result.success) return { value: result.data, findings: [] };
  const findings = result.error.issues.map((issue) => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    const params = issue.code === 'custom' ? issue.params : undefined;
    return object.finding(
      [...prefix, ...path],
      issue.message,
      'error',
      params?.['at'] === 'key' ? 'key' : 'value',
    );
  });
  return { findings };
}

/** Says the wrong value and what to write instead. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return `missing field: want ${wanted(issue)}`;
  const found = shown(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && ['number', 'boolean'].includes(typeof issue.input)) {
        return `want a text, found ${found}: write "${String(issue.input)}" in quotes`;
      }
      if (issue.expected === 'boolean' && (issue.input === 'true' || issue.input === 'false')) {
        return `want true or false, found ${found}: remove the quotes`;
      }
      if (issue.expected === 'number' && typeof issue.input === 'number') {
        return `want ${wanted(issue)} below 2^53, found ${found}`;
      }
      if (typeof issue.input === 'string' && issue.input === String(Number(issue.input))) {
        return `want ${wanted(issue)}, found ${found}: remove the quotes`;
      }
      return `want ${wanted(issue)}, found ${found}`;
    case 'invalid_value':
      return `unknown value ${found}: want ${wanted(issue)}${issue.values.length === 1 ? '' : didYouMean(String(issue.input), issue.values.map(String))}`;
    case 'too_small':
      return `${found} is too small: want at least ${counted(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${found} is too large: want at most ${counted(issue.maximum, issue.origin)}`;
    case 'invalid_format':
      return `invalid value ${found}: want a text matching ${issue['pattern'] ?? issue.format}`;
    case 'invalid_union':
      return `want a text or a number, found ${found}`;
    default:
      return undefined;
  }
}

function wanted(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String).filter((value) => value !== '');
    return `${values.length === 1 ? '' : 'one of '}${values.join(', ')}`;
  }
  if (issue.code !== 'invalid_type') return 'a value';
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    record: 'an object',
  };
  return names[issue.expected] ?? issue.expected;
}

function counted(limit: number | bigint, origin: string): string {
  const [one, many] = origin === 'string' ? ['character', 'characters'] : ['entry', 'entries'];
  return origin === 'string' || origin === 'array'
    ? `${limit} ${Number(limit) === 1 ? one : many}`
    : `${limit}`;
}
