import { sessionOf } from '../../lib/adapters/aws/clients/session.ts';
import { describeCluster, eksClient } from '../../lib/adapters/aws/eks.ts';
import { EksAccess } from '../../lib/adapters/aws/eks-access.ts';
import { eksTokenSupplier } from '../../lib/adapters/kube/eks-token.ts';
import { KubeHttp } from '../../lib/adapters/kube/kube-http.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { readEnv } from '../shared/env.ts';
import type { ApplyDeps } from './apply.ts';
import { rbacApplierEnv } from './env.ts';

export async function wireRbacApplier(environment: Environment): Promise<ApplyDeps> {
  const { CLUSTER_NAME: clusterName } = readEnv(rbacApplierEnv, environment);
  const client = eksClient(clientOptions(environment, 'EKS'));
  const session = sessionOf(client);
  const region = await session.region();
  const shared = { clock: systemClock, random: systemRandom };
  return {
    ...shared,
    access: new EksAccess({ client, cluster: clusterName }),
    async openCluster() {
      const { endpoint, caBase64 } = await describeCluster(client, clusterName);
      return new KubeHttp({
        ...shared,
        serverUrl: endpoint,
        tls: { ca: Buffer.from(caBase64, 'base64').toString('utf8') },
        token: eksTokenSupplier({ region, clusterName }, { ...shared, credentials: session.credentials }),
      });
    },
  };
}
