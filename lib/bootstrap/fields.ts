/** Reading of `NodeClass.spec`: the whole validated document, whose static type is unknown. */

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** The named members that are there, for spreading: EC2 takes an absent member, never an undefined one. */
export function picked<T>(source: Fields, names: readonly (keyof T & string)[]): Partial<T> {
  const present = names.filter((name) => source[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, source[name]])) as Partial<T>;
}

/** `{ [name]: value }`, or nothing where there is no value. */
export function optional<K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: T };
}
