/**
 * Everything of the lane, up: the real control plane, EC2 and EKS of our own, MiniStack with the real stack deployed in
 * it, and nodes that join where instances start.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EksServer, startEksServer } from '../../../lib/local/eks-server.ts';
import { bootstrap, deploy, destroy, type StackOptions } from '../aws/deploy.ts';
import { LaneStack } from '../aws/lane-stack.ts';
import { type MiniStack, type MiniStackTools, REGION, startMiniStack } from '../aws/ministack.ts';
import { entryOf } from '../aws/principals.ts';
import { type ControlPlane, startControlPlane } from '../lane/control-plane.ts';
import { startTokenWebhook, type TokenWebhook } from '../lane/token-webhook.ts';
import { type LaneAccount, openAccount } from './account.ts';
import { Kubelets } from './kubelets.ts';
import { Ledger } from './ledger.ts';

export const CLUSTER = 'lane';

export interface WorldOptions {
  readonly folder: string;
  readonly binaries: string;
  readonly tools: MiniStackTools;
  readonly say: (line: string) => void;
  /** For a stack that a run before deployed, with its state in the folder. */
  readonly enforceIam?: boolean;
}

export interface World {
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly plane: ControlPlane;
  readonly account: LaneAccount;
  readonly eks: EksServer;
  readonly webhook: TokenWebhook;
  readonly ministack: MiniStack;
  readonly stack: LaneStack;
  readonly kubelets: Kubelets;
  readonly ledger: Ledger;
  /** Deletes the stack; gives the seconds it took. */
  destroy(): Promise<number>;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, binaries, say } = options;
  await mkdir(folder, { recursive: true });
  const servers = await startServers(folder, binaries, say);
  const { account, eks, plane } = servers;
  const ministack = await startMiniStack({
    ...{ tools: options.tools, folder: join(folder, 'ministack') },
    ...{ ec2Url: account.server.url, eksUrl: eks.url },
    publicParameters: account.publicParameters,
    ...(options.enforceIam === undefined ? {} : { enforceIam: options.enforceIam }),
  });
  say(`MiniStack is up at ${ministack.url}`);
  const said: StackOptions = { ministack, folder, cluster: CLUSTER };
  try {
    say(`cdk bootstrap: ${(await bootstrap(ministack, folder)).toFixed(1)} s`);
    const deployed = await deploy(said);
    say(`cdk deploy: ${deployed.seconds.toFixed(1)} s`);
    const stack = new LaneStack(ministack, deployed);
    servers.listens(stack);
    const ledger = new Ledger({ kube: plane.admin, claims: stack.claims, slots: stack.slots });
    ledger.start();
    return {
      ...{ folder, say, plane, account, eks, webhook: servers.webhook, ministack, stack, ledger },
      kubelets: servers.kubelets,
      destroy: () => destroy(said),
      stop: async () => {
        await ledger.stop();
        await ministack.stop();
        await servers.stop();
      },
    };
  } catch (error) {
    await ministack.stop();
    await servers.stop();
    throw error;
  }
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
    ...{ webhook, plane, kubelets, account: ownAccount, eks: ownEks },
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
