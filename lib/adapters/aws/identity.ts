import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Identity } from '../../ports/diagnosis.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 5_000;

export const stsClient = (options: ClientOptions): STSClient =>
  new STSClient(clientConfig(options, REQUEST_TIMEOUT_MS));

const CALL = { service: 'STS', action: 'sts:GetCallerIdentity', target: 'the credentials' } as const;

/** Whose credentials these are. Errors: `CredentialsMissing`, `CredentialsNotAccepted`, `ExpiredCredentials`, `RegionMissing`. */
export async function callerIdentity(client: STSClient): Promise<Identity> {
  const { Account, Arn } = await awsCall(CALL, () => client.send(new GetCallerIdentityCommand({})));
  return { account: Account ?? '', arn: Arn ?? '' };
}

/** The region that calls go to. Errors: `RegionMissing`. */
export const callerRegion = ({ config }: STSClient): Promise<string> => awsCall(CALL, () => config.region());
