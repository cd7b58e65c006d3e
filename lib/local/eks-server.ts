/**
 * EKS's API over HTTP on 127.0.0.1 for one cluster: what it is, and who may enter it
 * (https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html). Its signatures are not checked.
 */
import { AwsRefusal, type AwsRequest, type AwsServer, startAwsServer } from './aws-json-server.ts';
import { AccessEntries, type AccessEntry } from './eks/access-entries.ts';

export interface LocalEksCluster {
  readonly name: string;
  /** Such as `1.35`. */
  readonly version: string;
  /** Address of the Kubernetes API and its certificates in base64; absent while the cluster is made. */
  readonly endpoint?: string;
  readonly caBase64?: string;
  /** Of IPv6 when it holds a colon. */
  readonly serviceCidr: string;
  readonly authenticationMode: 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP';
  readonly status?: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'FAILED';
  readonly accountId?: string;
  readonly region?: string;
}

export interface EksServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly cluster: LocalEksCluster;
}

export interface EksServer extends AwsServer {
  /** Sorted by principal. */
  entries(): readonly AccessEntry[];
}

export async function startEksServer({ port, cluster }: EksServerOptions): Promise<EksServer> {
  const entries = new AccessEntries();
  const server = await startAwsServer(port, (request) => answer(cluster, entries, request));
  return { ...server, entries: () => entries.list() };
}

function answer(cluster: LocalEksCluster, entries: AccessEntries, request: AwsRequest): unknown {
  const [root, name, kind, principalArn, policies, policyArn] = request.path;
  if (root !== 'clusters' || name === undefined) throw unknownOperation(request);
  if (name !== cluster.name) {
    throw new AwsRefusal('ResourceNotFoundException', `No cluster found for name: ${name}.`, 404);
  }
  if (kind === undefined && request.method === 'GET') return { cluster: described(cluster) };
  if (kind !== 'access-entries') throw unknownOperation(request);
  refuseConfigMap(cluster);
  if (principalArn === undefined) return ofAllEntries(cluster, entries, request);
  if (policies === undefined) return ofEntry(cluster, entries, principalArn, request);
  if (policies === 'access-policies')
    return ofPolicies(cluster, entries, { principalArn, policyArn }, request);
  throw unknownOperation(request);
}

function ofAllEntries(cluster: LocalEksCluster, entries: AccessEntries, request: AwsRequest): unknown {
  if (request.method === 'POST') return { accessEntry: entryOf(cluster, entries.create(request.body)) };
  if (request.method !== 'GET') throw unknownOperation(request);
  const policy = request.query.get('associatedPolicyArn');
  const asked = entries.list().filter(({ policies }) => policy === null || policies.has(policy));
  const { items, nextToken } = page(asked, request);
  return { accessEntries: items.map(({ principalArn }) => principalArn), nextToken };
}

function ofEntry(
  cluster: LocalEksCluster,
  entries: AccessEntries,
  principalArn: string,
  request: AwsRequest,
): unknown {
  if (request.method === 'GET') return { accessEntry: entryOf(cluster, entries.get(principalArn)) };
  if (request.method === 'POST') {
    return { accessEntry: entryOf(cluster, entries.update(principalArn, request.body)) };
  }
  if (request.method === 'DELETE') return entries.delete(principalArn);
  throw unknownOperation(request);
}

function ofPolicies(
  { name: clusterName }: LocalEksCluster,
  entries: AccessEntries,
  { principalArn, policyArn }: { readonly principalArn: string; readonly policyArn: string | undefined },
  request: AwsRequest,
): unknown {
  if (policyArn !== undefined && request.method === 'DELETE') {
    return entries.disassociate(principalArn, policyArn);
  }
  if (policyArn !== undefined) throw unknownOperation(request);
  if (request.method === 'POST') {
    const associatedAccessPolicy = entries.associate(principalArn, request.body);
    return { clusterName, principalArn, associatedAccessPolicy };
  }
  if (request.method !== 'GET') throw unknownOperation(request);
  const associated = [...entries.get(principalArn).policies];
  const { items, nextToken } = page(associated, request);
  const associatedAccessPolicies = items.map(([arn, accessScope]) => ({ policyArn: arn, accessScope }));
  return { clusterName, principalArn, associatedAccessPolicies, nextToken };
}

/** The most that EKS lists at once, and what it lists when nothing is said. */
const MAX_RESULTS = 100;

function page<T>(items: readonly T[], { query }: AwsRequest) {
  const from = Number(query.get('nextToken') ?? 0);
  const to = from + Number(query.get('maxResults') ?? MAX_RESULTS);
  return { items: items.slice(from, to), nextToken: to < items.length ? String(to) : undefined };
}

function described(cluster: LocalEksCluster) {
  const { name, version, endpoint, caBase64, serviceCidr, authenticationMode, status = 'ACTIVE' } = cluster;
  const ipFamily = serviceCidr.includes(':') ? 'ipv6' : 'ipv4';
  return {
    ...{ name, version, endpoint, status },
    arn: arnOf(cluster, `cluster/${name}`),
    certificateAuthority: caBase64 === undefined ? undefined : { data: caBase64 },
    kubernetesNetworkConfig: {
      ipFamily,
      [ipFamily === 'ipv6' ? 'serviceIpv6Cidr' : 'serviceIpv4Cidr']: serviceCidr,
    },
    accessConfig: { authenticationMode },
    resourcesVpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: false },
  };
}

const entryOf = (cluster: LocalEksCluster, { policies: _, ...entry }: AccessEntry) => ({
  ...entry,
  clusterName: cluster.name,
  accessEntryArn: arnOf(cluster, `access-entry/${cluster.name}/${entry.principalArn.split(':').at(-1)}`),
});

const arnOf = ({ region = 'us-east-1', accountId = '000000000000' }: LocalEksCluster, rest: string): string =>
  `arn:aws:eks:${region}:${accountId}:${rest}`;

function refuseConfigMap({ authenticationMode }: LocalEksCluster): void {
  if (authenticationMode !== 'CONFIG_MAP') return;
  throw new AwsRefusal(
    'InvalidRequestException',
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
  );
}

const unknownOperation = ({ method, path }: AwsRequest): AwsRefusal =>
  new AwsRefusal('UnknownOperationException', `${method} /${path.join('/')} is not served here`, 404);
