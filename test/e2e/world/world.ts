/**
 * Everything of the lane, up: the real control plane, EC2 and EKS of our own, MiniStack with the real stack deployed in
 * it, and nodes that join where instances start.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EksServer, startEksServer } from '../../../lib/local/eks-server.ts';
import { bootstrap, type Deployed, deploy, destroy, type StackOptions } from '../aws/deploy.ts';
import { LaneStack } from '../aws/lane-stack.ts';
import {
  type MiniStack,
  type MiniStackTools,
  REGION,
  restartMiniStack,
  startMiniStack,
} from '../aws/ministack.ts';
import { entryOf } from '../aws/principals.ts';
import { type ControlPlane, startControlPlane } from '../lane/control-plane.ts';
import { startTokenWebhook } from '../lane/token-webhook.ts';
import { type LaneAccount, openAccount } from './account.ts';
import { Kubelets } from './kubelets.ts';
import { Ledger } from './ledger.ts';

export const CLUSTER = 'lane';

export interface WorldOptions {
  readonly folder: string;
  readonly binaries: string;
  readonly tools: MiniStackTools;
  readonly say: (line: string) => void;
}

export interface World {
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly plane: ControlPlane;
  readonly account: LaneAccount;
  readonly ministack: MiniStack;
  readonly stack: LaneStack;
  readonly kubelets: Kubelets;
  readonly ledger: Ledger;
  /** Changes the stack to leave no nodes when it goes, and deletes it; gives the seconds of the deletion. */
  drainAndDestroy(): Promise<number>;
  /** The same stack in a MiniStack that was stopped and goes on, now with the roles' policies enforced. */
  enforceIam(): Promise<World>;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, binaries, say } = options;
  await mkdir(folder, { recursive: true });
  const servers = await startServers(folder, binaries, say);
  const { account, eks } = servers;
  const ministack = await startMiniStack({
    ...{ tools: options.tools, folder: join(folder, 'ministack') },
    ...{ ec2Url: account.server.url, eksUrl: eks.url },
    publicParameters: account.publicParameters,
  });
  say(`MiniStack is up at ${ministack.url}`);
  try {
    say(`cdk bootstrap: ${(await bootstrap(ministack, folder)).toFixed(1)} s`);
    const deployed = await deploy({ ministack, folder, cluster: CLUSTER });
    say(`cdk deploy: ${deployed.seconds.toFixed(1)} s`);
    return worldWith({ folder, say, servers, ministack, deployed });
  } catch (error) {
    await ministack.stop();
    await servers.stop();
    throw error;
  }
}

interface Parts extends Pick<World, 'folder' | 'say' | 'ministack'> {
  readonly servers: Awaited<ReturnType<typeof startServers>>;
  readonly deployed: Deployed;
}

function worldWith({ folder, say, servers, ministack, deployed }: Parts): World {
  const { plane, account, kubelets } = servers;
  const said: StackOptions = { ministack, folder, cluster: CLUSTER };
  const stack = new LaneStack(ministack, deployed);
  servers.listens(stack);
  const ledger = new Ledger({ kube: plane.admin, claims: stack.claims, slots: stack.slots });
  ledger.start();
  return {
    ...{ folder, say, plane, account, ministack, stack, ledger, kubelets },
    drainAndDestroy: async () => {
      await deploy({ ...said, onDelete: 'drain' });
      return destroy(said);
    },
    enforceIam: async () => {
      await ledger.stop();
      const restarted = await restartMiniStack(ministack, { enforceIam: true });
      return worldWith({ folder, say, servers, deployed, ministack: restarted });
    },
    stop: async () => {
      await ledger.stop();
      await ministack.stop();
      await servers.stop();
    },
  };
}

/** All but MiniStack. What EC2 has to tell waits for somebody who listens. */
async function startServers(folder: string, binaries: string, say: (line: string) => void) {
  let eks: EksServer | undefined;
  let account: LaneAccount | undefined;
  let listener: LaneStack | undefined;
  const webhook = await startTokenWebhook({
    clusterName: CLUSTER,
    entryOf: (accessKeyId) => entryOf(eks?.entries() ?? [], accessKeyId),
  });
  const plane = await startControlPlane({
    ...{ binaries, runFolder: join(folder, 'control-plane') },
    tokenWebhook: { url: webhook.url, caPem: webhook.caPem },
  });
  say(`the control plane is up at ${plane.serverUrl} after ${Math.round(plane.startedInMs)} ms`);
  const kubelets = new Kubelets({ account: () => opened(account), admin: plane.admin, say });
  account = await openAccount({
    onInstance: (instance, start) => kubelets.onInstance(instance, start),
    onEvent: ({ source, detail, ...event }) => {
      listener
        ?.sendAwsEvent(source, event['detail-type'], detail)
        .catch((error: unknown) => say(`an event was lost: ${String(error)}`));
    },
  });
  eks = await startEksServer({
    port: 0,
    cluster: {
      ...{ name: CLUSTER, version: '1.35', region: REGION, serviceCidr: '10.0.0.0/24' },
      ...{ endpoint: plane.serverUrl, caBase64: plane.caBase64, authenticationMode: 'API' },
    },
  });
  const [ownAccount, ownEks] = [account, eks];
  return {
    ...{ plane, kubelets, account: ownAccount, eks: ownEks },
    listens: (stack: LaneStack) => {
      listener = stack;
    },
    stop: async () => {
      await ownAccount.server.close();
      await ownEks.close();
      await plane.stop();
      await webhook.stop();
    },
  };
}

function opened(account: LaneAccount | undefined): LaneAccount {
  if (account === undefined) throw new Error('an instance started before there was an account');
  return account;
}
