/** The cluster as EKS describes it. */
import { type Cluster, DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { clusterDnsIp } from '../../bootstrap/cluster-dns.ts';
import { DovetailError } from '../../model/errors.ts';
import type { ClusterFacts } from '../../model/launch-template.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 5_000;

export const eksClient = (options: ClientOptions): EKSClient =>
  new EKSClient(clientConfig(options, REQUEST_TIMEOUT_MS));

/**
 * Errors: `ClusterNotFound` and `AuthenticationModeUnsupported`, retry never; `ClusterNotReady`, retry same-request, while
 * the cluster is made and has no endpoint yet.
 */
export async function describeCluster(client: EKSClient, name: string): Promise<ClusterFacts> {
  const call = { service: 'EKS', action: 'eks:DescribeCluster', target: `cluster ${name}` } as const;
  const { cluster } = await awsCall(call, () => client.send(new DescribeClusterCommand({ name })));
  return clusterFacts(name, cluster ?? {});
}

function clusterFacts(name: string, cluster: Cluster): ClusterFacts {
  const { endpoint, version, certificateAuthority, kubernetesNetworkConfig: network } = cluster;
  const ipFamily = network?.ipFamily ?? 'ipv4';
  const serviceCidr = ipFamily === 'ipv6' ? network?.serviceIpv6Cidr : network?.serviceIpv4Cidr;
  const caBase64 = certificateAuthority?.data;
  const facts = { endpoint, version, caBase64, serviceCidr };
  const missing = Object.entries(facts).flatMap(([fact, value]) => (value === undefined ? [fact] : []));
  if (
    endpoint === undefined ||
    version === undefined ||
    caBase64 === undefined ||
    serviceCidr === undefined
  ) {
    throw new DovetailError(
      'ClusterNotReady',
      `cluster ${name} is ${cluster.status ?? 'in no known state'} and has no ${missing.join(', ')} yet: wait until it is ACTIVE`,
      'same-request',
    );
  }
  return {
    name,
    endpoint,
    caBase64,
    version,
    serviceCidr,
    ipFamily,
    dnsClusterIp: clusterDnsIp(serviceCidr),
    authenticationMode: authenticationModeOf(name, cluster),
  };
}

/** Functions and nodes log in by access entries, which `CONFIG_MAP` does not read. A cluster that says nothing has that mode. */
function authenticationModeOf(name: string, { accessConfig }: Cluster): ClusterFacts['authenticationMode'] {
  const mode = accessConfig?.authenticationMode ?? 'CONFIG_MAP';
  if (mode !== 'CONFIG_MAP') return mode;
  throw new DovetailError(
    'AuthenticationModeUnsupported',
    `cluster ${name} has authentication mode CONFIG_MAP, which knows no access entries: run aws eks update-cluster-config --name ${name} --access-config authenticationMode=API_AND_CONFIG_MAP`,
    'never',
  );
}
