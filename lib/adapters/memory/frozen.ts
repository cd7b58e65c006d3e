/** Values known to be frozen at every depth, so that copies of copies share what did not change. */
const frozen = new WeakSet<object>();

/** True for values that `frozenCopy` gave: they never change, so what was worked out of one stays right. */
export const isFrozenCopy = (value: object): boolean => frozen.has(value);

/** Equal content, members in any order; members that are `undefined` count as absent. */
export function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameContent(item, b[index]))
    );
  }
  return sameMembers(a as Members, b as Members);
}

type Members = Record<string, unknown>;

function sameMembers(a: Members, b: Members): boolean {
  const keys = definedKeys(a);
  return keys.length === definedKeys(b).length && keys.every((key) => sameContent(a[key], b[key]));
}

const definedKeys = (value: Members): string[] =>
  Object.keys(value).filter((key) => value[key] !== undefined);

/**
 * A deep copy of plain data that nobody can change; members that are `undefined` are left out, as a wire would. What
 * this function already froze is shared and not copied again.
 */
export function frozenCopy<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || frozen.has(value)) return value;
  const copied = Array.isArray(value) ? value.map(copy) : copyOfMembers(value as Members);
  frozen.add(Object.freeze(copied));
  return copied;
}

function copyOfMembers(value: Members): Members {
  const copied: Members = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    // Plain assignment to this one name would set the prototype.
    if (key === '__proto__') Object.defineProperty(copied, key, { value: copy(member), enumerable: true });
    else copied[key] = copy(member);
  }
  return copied;
}
