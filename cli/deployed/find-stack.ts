// Where a deployed stack keeps its things: from the stack's own outputs, or as the command line says.
import type { StackFacts } from '../../lib/adapters/aws/stack.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { stackName } from '../../lib/model/stack-name.ts';

export interface DeploymentOptions {
  /** Name of the EKS cluster. */
  readonly cluster: string;
  readonly region?: string;
  /** Absent is `dovetail-CLUSTER`. */
  readonly stack?: string;
  /** Name of the table: the stack is not asked, for those who may not. */
  readonly table?: string;
  /** ARN of the publisher's alias, beside `table`. */
  readonly publisher?: string;
}

export interface Places {
  readonly tableName: string;
  readonly documentsPath: string;
  /** Absent when only the table was named. */
  readonly publisherArn?: string;
}

export interface StackReader {
  region(): Promise<string>;
  describe(name: string): Promise<StackFacts | undefined>;
}

/** Errors: `StackNotFound`, `StackIncomplete`, and those of the reader. */
export async function placesOf(options: DeploymentOptions, stacks: StackReader): Promise<Places> {
  const { cluster, table, publisher } = options;
  if (table !== undefined) {
    return {
      tableName: table,
      documentsPath: `/dovetail/${cluster}`,
      ...(publisher === undefined ? {} : { publisherArn: publisher }),
    };
  }
  const name = options.stack ?? stackName(cluster);
  const stack = await stacks.describe(name);
  if (stack === undefined) throw notFound(name, cluster, await stacks.region());
  const output = (key: string): string => {
    const value = stack.outputs[key];
    if (value === undefined) throw incomplete(name, stack.status, key, cluster);
    return value;
  };
  return {
    tableName: output('Table'),
    documentsPath: output('Documents'),
    publisherArn: publisher ?? output('Publisher'),
  };
}

const notFound = (name: string, cluster: string, region: string): DovetailError =>
  new DovetailError(
    'StackNotFound',
    `there is no stack ${name} in region ${region} of this account: deploy it with npx cdk deploy -c cluster=${cluster}, or give the right --cluster and --region, or --stack where it has another name`,
    'never',
  );

const incomplete = (name: string, status: string, key: string, cluster: string): DovetailError =>
  new DovetailError(
    'StackIncomplete',
    `stack ${name} is ${status} and has no output ${key}: deploy this release with npx cdk deploy -c cluster=${cluster}`,
    'never',
  );
