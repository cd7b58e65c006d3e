/** The AWS CLI in a Python environment of its own. It signs tokens of EKS offline, by code that is not ours. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from './build.ts';
import { cacheFolder, VERSIONS } from './cache.ts';
import { runCommand } from './run-command.ts';

/** Gives the path of `aws`. */
export async function installAwsCli(say: Say, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, `awscli-${VERSIONS.awsCli}`);
  const aws = join(folder, 'bin', 'aws');
  // pip writes the program after everything that it needs.
  if (existsSync(aws)) return aws;
  say('awscli: begins');
  await rm(folder, { recursive: true, force: true });
  await runCommand('python3', ['-m', 'venv', folder]);
  await runCommand(join(folder, 'bin', 'pip'), [
    ...['install', '--quiet', '--disable-pip-version-check', `awscli==${VERSIONS.awsCli}`],
  ]);
  say('awscli: done');
  return aws;
}
