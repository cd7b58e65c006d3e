/** Parameters of SSM Parameter Store: documents under a path, and the public ones that name machine images. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type Parameter,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { compareText } from '../../model/stable-json.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { allPages } from './ec2/pages.ts';
import { awsCall, codeOf } from './errors.ts';

export interface StoredParameter {
  readonly name: string;
  readonly value: string;
  /** Rises with every write. */
  readonly version: number;
  readonly modifiedAtMs: number;
}

const REQUEST_TIMEOUT_MS = 5_000;
/** The most that GetParameters and GetParametersByPath take. */
const NAMES_PER_REQUEST = 10;

export const ssmClient = (options: ClientOptions): SSMClient =>
  new SSMClient(clientConfig(options, REQUEST_TIMEOUT_MS));

export class SsmParameters {
  readonly #client: SSMClient;

  constructor(client: SSMClient) {
    this.#client = client;
  }

  async get(name: string): Promise<StoredParameter | undefined> {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    try {
      const { Parameter } = await this.#call('GetParameter', name, () => this.#client.send(command));
      return Parameter && stored(Parameter);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Values by the names (or ARNs) asked for; those that SSM does not know are missing. */
  async values(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    for (let start = 0; start < names.length; start += NAMES_PER_REQUEST) {
      const Names = names.slice(start, start + NAMES_PER_REQUEST);
      const { Parameters = [] } = await this.#call('GetParameters', Names.join(', '), () =>
        this.#client.send(new GetParametersCommand({ Names })),
      );
      for (const { Name = '', ARN = '', Value = '' } of Parameters) {
        values.set(Names.includes(Name) ? Name : ARN, Value);
      }
    }
    return values;
  }

  /** Everything below the path, sorted by name. */
  async list(path: string): Promise<StoredParameter[]> {
    const found = await allPages(`parameters under ${path}`, async (NextToken) => {
      const input = {
        Path: path,
        Recursive: true,
        WithDecryption: true,
        MaxResults: NAMES_PER_REQUEST,
        NextToken,
      };
      const answer = await this.#call('GetParametersByPath', path, () =>
        this.#client.send(new GetParametersByPathCommand(input)),
      );
      return { items: answer.Parameters, nextToken: answer.NextToken };
    });
    return found.map(stored).sort((a, b) => compareText(a.name, b.name));
  }

  /** Writes the value, over an older one if there is one, and gives its version. A second call raises that once more. */
  put(name: string, value: string): Promise<number> {
    return this.#put(name, value, true);
  }

  /** Writes the value where there is none; false when there is one. */
  async create(name: string, value: string): Promise<boolean> {
    try {
      await this.#put(name, value, false);
      return true;
    } catch (error) {
      if (codeOfCause(error) === 'ParameterAlreadyExists') return false;
      throw error;
    }
  }

  async #put(name: string, value: string, Overwrite: boolean): Promise<number> {
    const command = new PutParameterCommand({
      ...{ Name: name, Value: value, Overwrite },
      Type: 'String',
      // Free up to 4 KB, and takes 8 KB where a document needs it.
      Tier: 'Intelligent-Tiering',
    });
    const { Version = 0 } = await this.#call('PutParameter', name, () => this.#client.send(command));
    return Version;
  }

  /** A parameter that is gone already is not an error. */
  async remove(name: string): Promise<void> {
    try {
      await this.#call('DeleteParameter', name, () =>
        this.#client.send(new DeleteParameterCommand({ Name: name })),
      );
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  #call<T>(action: string, target: string, work: () => Promise<T>): Promise<T> {
    return awsCall({ service: 'SSM', action: `ssm:${action}`, target }, work);
  }
}

const codeOfCause = (error: unknown): string => (error instanceof Error ? codeOf(error.cause) : '');

const isMissing = (error: unknown): boolean => codeOfCause(error) === 'ParameterNotFound';

const stored = ({ Name, Value, Version, LastModifiedDate }: Parameter): StoredParameter => ({
  name: Name ?? '',
  value: Value ?? '',
  version: Version ?? 0,
  modifiedAtMs: LastModifiedDate?.getTime() ?? 0,
});
