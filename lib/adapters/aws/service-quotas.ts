/** Quotas of the account in the region. */
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuota,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { DovetailError } from '../../model/errors.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const SERVICE = 'ec2';

export const serviceQuotasClient = (options: ClientOptions): ServiceQuotasClient =>
  new ServiceQuotasClient(clientConfig(options, REQUEST_TIMEOUT_MS));

/** The value of an EC2 quota, by its code (`L-1216C47A`): the account's own, or AWS's default where it has none. */
export async function ec2Quota(client: ServiceQuotasClient, code: string): Promise<number> {
  const asked = { ServiceCode: SERVICE, QuotaCode: code };
  try {
    const own = await call('GetServiceQuota', code, () => client.send(new GetServiceQuotaCommand(asked)));
    return amountOf(own.Quota, code);
  } catch (error) {
    if (!(error instanceof DovetailError) || error.code !== 'QuotaNotFound') throw error;
    const command = new GetAWSDefaultServiceQuotaCommand(asked);
    const byDefault = await call('GetAWSDefaultServiceQuota', code, () => client.send(command));
    return amountOf(byDefault.Quota, code);
  }
}

function amountOf(quota: ServiceQuota | undefined, code: string): number {
  if (quota?.Value !== undefined) return quota.Value;
  throw new DovetailError('QuotaNotFound', `Service Quotas gives no value for quota ${code}`, 'never');
}

const call = <T>(action: string, code: string, work: () => Promise<T>): Promise<T> =>
  awsCall({ service: 'ServiceQuotas', action: `servicequotas:${action}`, target: `quota ${code}` }, work);
