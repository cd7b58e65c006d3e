/** Calling functions. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 10_000;

export const lambdaClient = (options: ClientOptions): LambdaClient =>
  new LambdaClient(clientConfig(options, REQUEST_TIMEOUT_MS));

/** Has Lambda run the function soon, with its own retries; resolves as soon as that is promised. */
export async function invokeLater(client: LambdaClient, functionArn: string): Promise<void> {
  const command = new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload: '{}' });
  const call = { service: 'Lambda', action: 'lambda:InvokeFunction', target: functionArn } as const;
  await awsCall(call, () => client.send(command));
}
