/**
 * What the checks share: a control plane that knows the callers of our functions by their presigned tokens, with our
 * manifests applied, and our clients of it.
 */
import { eksTokenSupplier } from '../../../../lib/adapters/kube/eks-token.ts';
import { KubeHttp, type KubeHttpOptions } from '../../../../lib/adapters/kube/kube-http.ts';
import { applyObject } from '../../../../lib/adapters/kube/kube-writes.ts';
import type { AwsCredentials } from '../../../../lib/adapters/kube/sigv4.ts';
import { GROUP } from '../../../../lib/rbac/groups.ts';
import { pathOf } from '../../../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../../../lib/rbac/manifests.ts';
import { seededRandom } from '../../../support/memory-clock.ts';
import { realClock } from '../../../support/real-time.ts';
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import type { TokenEntry } from '../presigned-token.ts';
import { startTokenWebhook, type TokenWebhook } from '../token-webhook.ts';

export const CLUSTER = { region: 'eu-west-1', clusterName: 'lane' };

/** Roles as the stack makes them; `stranger` has an entry without a group. */
const GROUPS = { poller: [GROUP.poller], drainer: [GROUP.drainer], stranger: [] } as const;
export type Caller = keyof typeof GROUPS;

export interface CheckedLane {
  readonly plane: ControlPlane;
  readonly webhook: TokenWebhook;
  /** Our wire client, logged in as that function; to be closed by `stop`. */
  http(caller: Caller | 'admin', options?: Partial<KubeHttpOptions>): KubeHttp;
  stop(): Promise<void>;
}

export const credentialsOf = (caller: Caller): AwsCredentials => ({
  accessKeyId: `ASIALANE${caller.toUpperCase()}`,
  secretAccessKey: `not-a-secret-of-${caller}`,
  sessionToken: `session/of+${caller}==`,
});

const ENTRIES: ReadonlyMap<string, TokenEntry> = new Map(
  Object.entries(GROUPS).map(([caller, groups]) => {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = credentialsOf(caller as Caller);
    const principalArn = `arn:aws:iam::111122223333:role/dovetail-${caller}`;
    const username = `arn:aws:sts::111122223333:assumed-role/dovetail-${caller}/lane`;
    return [accessKeyId, { principalArn, secretAccessKey, sessionToken, username, groups }];
  }),
);

export async function startCheckedLane(binaries: string, runFolder: string): Promise<CheckedLane> {
  const webhook = await startTokenWebhook({
    clusterName: CLUSTER.clusterName,
    entryOf: (accessKeyId) => ENTRIES.get(accessKeyId),
  });
  const plane = await startControlPlane({ binaries, runFolder, tokenWebhook: webhook });
  const clients: KubeHttp[] = [];
  const http: CheckedLane['http'] = (caller, options = {}) => {
    const client = new KubeHttp({
      ...{ serverUrl: plane.serverUrl, clock: realClock, random: seededRandom(1) },
      ...(caller === 'admin' ? { tls: plane.adminTls } : loginOf(caller, plane)),
      ...options,
    });
    clients.push(client);
    return client;
  };
  const admin = http('admin');
  for (const manifest of RBAC_MANIFESTS) await applyObject(admin, pathOf(manifest), manifest);
  const stop = async (): Promise<void> => {
    for (const client of clients) client.close();
    await plane.stop();
    await webhook.stop();
  };
  return { plane, webhook, http, stop };
}

const loginOf = (caller: Caller, { caPem }: ControlPlane) => ({
  tls: { ca: caPem },
  token: eksTokenSupplier(CLUSTER, { clock: realClock, credentials: async () => credentialsOf(caller) }),
});
