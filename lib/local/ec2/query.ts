import { missingParameter } from './api-error.ts';

interface Branch {
  [key: string]: Branch | string;
}

/** Parameters of EC2's Query protocol as a tree: `Filter.1.Value.2=x` is the second value of the first filter. */
export class Query {
  readonly #branch: Branch;

  private constructor(branch: Branch) {
    this.#branch = branch;
  }

  static parse(body: string): Query {
    const root: Branch = {};
    for (const [path, value] of new URLSearchParams(body)) plant(root, path.split('.'), value);
    return new Query(root);
  }

  names(): readonly string[] {
    return Object.keys(this.#branch);
  }

  text(name: string): string | undefined {
    const value = this.#branch[name];
    return typeof value === 'string' ? value : undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(name);
    return value;
  }

  /** The structure of that name; empty where it is not given. */
  part(name: string): Query {
    const value = this.#branch[name];
    return new Query(typeof value === 'object' ? value : {});
  }

  /** Structures of a numbered list, in order. */
  parts(name: string): Query[] {
    return this.#members(name).flatMap((member) => (typeof member === 'object' ? [new Query(member)] : []));
  }

  /** Texts of a numbered list, in order. */
  texts(name: string): string[] {
    return this.#members(name).flatMap((member) => (typeof member === 'string' ? [member] : []));
  }

  /** Plain data, for comparing. */
  data(): unknown {
    return this.#branch;
  }

  #members(name: string): (Branch | string)[] {
    const value = this.#branch[name];
    if (typeof value !== 'object') return [];
    return Object.entries(value)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, member]) => member);
  }
}

function plant(branch: Branch, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    branch[name] = value;
    return;
  }
  const known = branch[name];
  const next: Branch = typeof known === 'object' ? known : {};
  branch[name] = next;
  plant(next, rest, value);
}
