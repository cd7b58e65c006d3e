/** The cluster and its access entries as EKS describes them, whatever state they are in: for people who look for a fault. */
import { DescribeAccessEntryCommand, DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { AccessEntry, ClusterDescription } from '../../ports/diagnosis.ts';
import { awsCall, codeOf } from './errors.ts';

/** Errors: `ClusterNotFound`, retry never. */
export async function clusterDescription(client: EKSClient, name: string): Promise<ClusterDescription> {
  const call = { service: 'EKS', action: 'eks:DescribeCluster', target: `cluster ${name}` } as const;
  const { cluster = {} } = await awsCall(call, () => client.send(new DescribeClusterCommand({ name })));
  const {
    status,
    version,
    endpoint,
    certificateAuthority,
    accessConfig,
    resourcesVpcConfig: network,
  } = cluster;
  const caBase64 = certificateAuthority?.data;
  const publicAccess = network?.endpointPublicAccess ?? true;
  return {
    status: status ?? 'unknown',
    authenticationMode: accessConfig?.authenticationMode ?? 'CONFIG_MAP',
    ...(version === undefined ? {} : { version }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(caBase64 === undefined ? {} : { caBase64 }),
    publicAccess,
    privateAccess: network?.endpointPrivateAccess ?? false,
    publicAccessCidrs: publicAccess ? (network?.publicAccessCidrs ?? ['0.0.0.0/0']) : [],
  };
}

/** `undefined` where the role has none. */
export async function accessEntry(
  client: EKSClient,
  clusterName: string,
  principalArn: string,
): Promise<AccessEntry | undefined> {
  const call = { service: 'EKS', action: 'eks:DescribeAccessEntry', target: principalArn } as const;
  const command = new DescribeAccessEntryCommand({ clusterName, principalArn });
  try {
    const { accessEntry: entry } = await awsCall(call, () => client.send(command));
    return entry && { type: entry.type ?? 'unknown', groups: entry.kubernetesGroups ?? [] };
  } catch (error) {
    if (error instanceof Error && codeOf(error.cause) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
