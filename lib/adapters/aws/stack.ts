/** A stack as CloudFormation describes it. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 10_000;

export const cloudFormationClient = (options: ClientOptions): CloudFormationClient =>
  new CloudFormationClient(clientConfig(options, REQUEST_TIMEOUT_MS));

export interface StackFacts {
  /** CloudFormation's: `CREATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Undefined when the account has no such stack in the client's region. */
export async function describeStack(
  client: CloudFormationClient,
  name: string,
): Promise<StackFacts | undefined> {
  const call = {
    service: 'CloudFormation',
    action: 'cloudformation:DescribeStacks',
    target: `stack ${name}`,
  } as const;
  const answer = await awsCall(call, async () => {
    try {
      return await client.send(new DescribeStacksCommand({ StackName: name }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
  const stack = answer?.Stacks?.[0];
  if (stack === undefined) return undefined;
  const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ]);
  return { status: stack.StackStatus ?? '', outputs: Object.fromEntries(outputs) };
}

/** CloudFormation has no code of its own for it. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');
