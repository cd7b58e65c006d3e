import { compareText } from '../../model/stable-json.ts';
import type { Clock } from '../../ports/clock.ts';
import { AwsRefusal } from '../aws-json-server.ts';

export interface Stored {
  readonly name: string;
  readonly value: string;
  readonly version: number;
  readonly modifiedAtMs: number;
}

export interface Change {
  readonly name: string;
  readonly operation: 'Create' | 'Update' | 'Delete';
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const MAX_BYTES: Readonly<Record<string, number>> = {
  Standard: 4096,
  Advanced: 8192,
  'Intelligent-Tiering': 8192,
};
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const NAME = /^[a-zA-Z0-9_.\-/]{1,1011}$/;
const MAX_DEPTH = 15;

/** The account's parameters with all their versions, and the public ones. */
export class Parameters {
  readonly #clock: Clock;
  readonly #onChange: (change: Change) => void;
  readonly #versions = new Map<string, readonly Stored[]>();

  constructor(options: {
    readonly clock: Clock;
    readonly published: Readonly<Record<string, string>>;
    readonly onChange?: (change: Change) => void;
  }) {
    this.#clock = options.clock;
    this.#onChange = options.onChange ?? (() => {});
    for (const [name, value] of Object.entries(options.published)) {
      this.#versions.set(name, [{ name, value, version: 1, modifiedAtMs: options.clock.nowMs() }]);
    }
  }

  has(selector: string): boolean {
    return this.#find(selector) !== undefined;
  }

  /** `name`, an ARN, or either with `:version`; without one, the newest. */
  get(selector: string): Stored {
    const found = this.#find(selector);
    if (found !== undefined) return found;
    throw notFound(selector);
  }

  /** Sorted by name; without `recursive` only those directly below the path. */
  below(path: string, recursive: boolean): readonly Stored[] {
    if (!path.startsWith('/')) {
      throw new AwsRefusal('ValidationException', `The path ${JSON.stringify(path)} must begin with "/".`);
    }
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return [...this.#versions.values()]
      .flatMap((versions) => versions.at(-1) ?? [])
      .filter(({ name }) => name.startsWith(prefix))
      .filter(({ name }) => recursive || !name.slice(prefix.length).includes('/'))
      .sort((a, b) => compareText(a.name, b.name));
  }

  put(body: Readonly<Record<string, unknown>>): { readonly Version: number; readonly Tier: string } {
    const { name, value, tier } = checked(body);
    const versions = this.#versions.get(name) ?? [];
    if (versions.length > 0 && body['Overwrite'] !== true) {
      throw new AwsRefusal(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const version = (versions.at(-1)?.version ?? 0) + 1;
    this.#versions.set(name, [...versions, { name, value, version, modifiedAtMs: this.#clock.nowMs() }]);
    this.#onChange({ name, operation: version === 1 ? 'Create' : 'Update' });
    return { Version: version, Tier: Buffer.byteLength(value) > 4096 ? 'Advanced' : tier };
  }

  delete(name: string): void {
    if (!this.#versions.delete(name)) throw notFound(name);
    this.#onChange({ name, operation: 'Delete' });
  }

  #find(selector: string): Stored | undefined {
    const [, bare = '', version] =
      /^(?:arn:[^:]+:ssm:[^:]*:[^:]*:parameter(?=\/))?([^:]+)(?::(\d+))?$/.exec(selector) ?? [];
    const versions = this.#versions.get(bare) ?? [];
    return version === undefined
      ? versions.at(-1)
      : versions.find((stored) => stored.version === Number(version));
  }
}

function checked(body: Readonly<Record<string, unknown>>) {
  const name = String(body['Name'] ?? '');
  const value = String(body['Value'] ?? '');
  const tier = String(body['Tier'] ?? 'Standard');
  if (/^\/?(aws|ssm)(\/|$)/i.test(name)) {
    throw new AwsRefusal('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (!NAME.test(name) || name.split('/').length - 1 > MAX_DEPTH) {
    throw new AwsRefusal('ValidationException', `Parameter name ${name} is not valid.`);
  }
  const limit = MAX_BYTES[tier];
  if (limit === undefined) throw new AwsRefusal('ValidationException', `The tier ${tier} is not known.`);
  if (value === '' || Buffer.byteLength(value) > limit) {
    throw new AwsRefusal(
      'ValidationException',
      `${tier} tier parameters support a value of 1 to ${limit} characters.`,
    );
  }
  return { name, value, tier };
}

const notFound = (name: string): AwsRefusal =>
  new AwsRefusal('ParameterNotFound', `Parameter ${name} not found.`);
