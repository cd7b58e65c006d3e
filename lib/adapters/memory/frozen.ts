/** Values known to be frozen at every depth, so that copies of copies share what did not change. */
const frozen = new WeakSet<object>();

/**
 * A deep copy of plain data that nobody can change; members that are `undefined` are left out, as a wire would. What
 * this function already froze is shared and not copied again.
 */
export function frozenCopy<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || frozen.has(value)) return value;
  const copied = Array.isArray(value)
    ? value.map(copy)
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => [key, copy(member)]),
      );
  frozen.add(Object.freeze(copied));
  return copied;
}
