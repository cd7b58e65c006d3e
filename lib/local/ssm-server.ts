/**
 * Parameter Store's API over HTTP on 127.0.0.1 (https://docs.aws.amazon.com/systems-manager/latest/APIReference/): text
 * parameters with versions, below paths, and the public ones of AWS that name machine images. Signatures are not checked.
 */
import type { Clock } from '../ports/clock.ts';
import { AwsRefusal, type AwsRequest, type AwsServer, startAwsServer } from './aws-json-server.ts';
import { type Change, Parameters, type Stored } from './ssm/parameters.ts';

export interface SsmServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly region: string;
  /** Public parameters of AWS, by name: `/aws/service/…`. */
  readonly published: Readonly<Record<string, string>>;
  /** Called after every write, as EventBridge's "Parameter Store Change". */
  readonly onChange?: (change: Change) => void;
}

type Fields = AwsRequest['body'];

/** The most that a page of GetParametersByPath and a list of GetParameters hold. */
const MAX_RESULTS = 10;

export async function startSsmServer(options: SsmServerOptions): Promise<AwsServer> {
  const parameters = new Parameters(options);
  return startAwsServer(options.port, ({ operation, body }) => {
    const served = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (served === undefined) {
      throw new AwsRefusal('UnknownOperationException', `${operation} is not served here`);
    }
    return served(parameters, body, (stored) => shown(stored, options.region));
  });
}

type Show = (stored: Stored) => Fields;

const OPERATIONS: Readonly<Record<string, (parameters: Parameters, body: Fields, show: Show) => unknown>> = {
  GetParameter: (parameters, body, show) => ({ Parameter: show(parameters.get(String(body['Name']))) }),
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  PutParameter: (parameters, body) => parameters.put(body),
  DeleteParameter: (parameters, body) => parameters.delete(String(body['Name'])),
};

/** Unknown names are no error; they are listed apart. */
function getParameters(parameters: Parameters, body: Fields, show: Show): unknown {
  const names = textsOf(body['Names']);
  if (names.length === 0 || names.length > MAX_RESULTS) {
    throw new AwsRefusal('ValidationException', `Names must have 1 to ${MAX_RESULTS} members`);
  }
  const known = names.filter((name) => parameters.has(name));
  return {
    Parameters: known.map((name) => show(parameters.get(name))),
    InvalidParameters: names.filter((name) => !known.includes(name)),
  };
}

function getParametersByPath(parameters: Parameters, body: Fields, show: Show): unknown {
  const size = Number(body['MaxResults'] ?? MAX_RESULTS);
  if (!(size >= 1 && size <= MAX_RESULTS)) {
    throw new AwsRefusal('ValidationException', `MaxResults must be from 1 to ${MAX_RESULTS}`);
  }
  const found = parameters.below(String(body['Path']), body['Recursive'] === true);
  const from = found.findIndex(({ name }) => name > String(body['NextToken'] ?? ''));
  const page = from < 0 ? [] : found.slice(from, from + size);
  const isLast = page.at(-1) === found.at(-1);
  return { Parameters: page.map(show), ...(isLast ? {} : { NextToken: page.at(-1)?.name }) };
}

const shown = ({ name, value, version, modifiedAtMs }: Stored, region: string): Fields => {
  // Public parameters belong to no account.
  const account = name.startsWith('/aws/') ? '' : '000000000000';
  return {
    ...{ Name: name, Value: value, Version: version, Type: 'String', DataType: 'text' },
    ARN: `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
    LastModifiedDate: modifiedAtMs / 1000,
  };
};

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
