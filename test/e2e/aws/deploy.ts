/** The real `cdk bootstrap`, `cdk deploy` and `cdk destroy` of our stack, against MiniStack. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stackName } from '../../../lib/model/stack-name.ts';
import { runCommand } from '../lane/run-command.ts';
import { ACCOUNT, type MiniStack, REGION } from './ministack.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const CDK = join(PROJECT, 'node_modules', '.bin', 'cdk');

export interface StackOptions {
  readonly ministack: MiniStack;
  /** For the synthesized app and the outputs. */
  readonly folder: string;
  readonly cluster: string;
  /** What `-c name=value` says beside the cluster. */
  readonly context?: Readonly<Record<string, string>>;
  readonly onDelete?: 'keep' | 'drain';
}

export interface Deployed {
  readonly stackName: string;
  /** By the names in docs/deploy.md: `Table`, `Bucket`, `Documents`, `Installation` and so on. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** Gives the seconds it took. Once per account and region; again it changes nothing. It needs no app, so it runs where none is. */
export const bootstrap = (ministack: MiniStack, folder: string): Promise<number> =>
  cdk(ministack, folder, ['bootstrap', `aws://${ACCOUNT}/${REGION}`], folder);

/** The first deploy, and every update: what is said differently is changed. */
export async function deploy({ ministack, folder, onDelete, ...said }: StackOptions): Promise<Deployed> {
  const outputsFile = join(folder, 'outputs.json');
  const seconds = await cdk(ministack, folder, [
    ...['deploy', '--require-approval', 'never', '--outputs-file', outputsFile],
    ...['--output', join(folder, 'cdk.out')],
    ...(onDelete === undefined ? [] : ['--parameters', `OnDelete=${onDelete}`]),
    ...contextOf(said),
  ]);
  const all = JSON.parse(await readFile(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  const name = stackName(said.cluster);
  return { stackName: name, outputs: all[name] ?? {}, seconds };
}

/** Gives the seconds it took. What happens to the nodes was said by `onDelete` of the deploy before, whose app this takes. */
export const destroy = ({
  ministack,
  folder,
  cluster,
}: Pick<StackOptions, 'ministack' | 'folder' | 'cluster'>): Promise<number> =>
  cdk(
    ministack,
    folder,
    ['destroy', stackName(cluster), '--force', '--app', join(folder, 'cdk.out')],
    folder,
  );

const contextOf = ({ cluster, context = {} }: Pick<StackOptions, 'cluster' | 'context'>): string[] =>
  Object.entries({ cluster, ...context }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** CDK reports home and looks for newer versions unless told not to. */
async function cdk(
  ministack: MiniStack,
  folder: string,
  args: readonly string[],
  cwd = PROJECT,
): Promise<number> {
  const env = {
    ...ministack.environment,
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: folder,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
  };
  const quiet = ['--ci', '--no-notices', '--no-color'];
  const startedMs = performance.now();
  await runCommand(CDK, [...args, ...quiet], { cwd, env });
  return (performance.now() - startedMs) / 1_000;
}
