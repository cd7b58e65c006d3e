// The cluster's API server as EKS describes it, with tokens signed here.
import type { AwsSession } from '../../lib/adapters/aws/clients/session.ts';
import { describeCluster, eksClient } from '../../lib/adapters/aws/eks.ts';
import { eksTokenSupplier } from '../../lib/adapters/kube/eks-token.ts';
import { KubeCluster } from '../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp } from '../../lib/adapters/kube/kube-http.ts';
import type { Base } from './base.ts';
import { clientOptions, type Environment } from './clients.ts';

export async function connectCluster(
  env: Environment,
  clusterName: string,
  { clock, random }: Base,
  session: AwsSession,
): Promise<KubeCluster> {
  const facts = await describeCluster(eksClient(clientOptions(env, 'EKS')), clusterName);
  const region = await session.region();
  const http = new KubeHttp({
    serverUrl: facts.endpoint,
    tls: { ca: Buffer.from(facts.caBase64, 'base64').toString('utf8') },
    token: eksTokenSupplier({ region, clusterName }, { clock, credentials: session.credentials }),
    clock,
    random,
  });
  return new KubeCluster({ http, clock, random });
}
