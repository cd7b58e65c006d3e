/** The account's Lambda settings, and how the stack's functions are set. */
import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { FunctionSettings } from '../../ports/diagnosis.ts';
import { awsCall } from './errors.ts';

/** Functions that the account may run at one time in the region. */
export async function concurrencyQuota(client: LambdaClient): Promise<number> {
  const call = { service: 'Lambda', action: 'lambda:GetAccountSettings', target: 'the account' } as const;
  const { AccountLimit } = await awsCall(call, () => client.send(new GetAccountSettingsCommand({})));
  return AccountLimit?.ConcurrentExecutions ?? 0;
}

/** The alias that everything calls (`infra/function.ts`). */
const LIVE = 'live';

/** Of the version that is live. Errors: `FunctionNotFound`, retry never. */
export async function functionSettings(client: LambdaClient, name: string): Promise<FunctionSettings> {
  const call = {
    service: 'Lambda',
    action: 'lambda:GetFunctionConfiguration',
    target: `function ${name}`,
  } as const;
  const command = new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: LIVE });
  const { Role, Environment, VpcConfig, Version } = await awsCall(call, () => client.send(command));
  return {
    name,
    version: Version ?? 'unknown',
    roleArn: Role ?? '',
    environment: Environment?.Variables ?? {},
    insideVpc: (VpcConfig?.SubnetIds ?? []).length > 0,
  };
}
