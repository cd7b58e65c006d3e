/** The command line of the project as a user of the deployed stack runs it. */
import { dirname, join } from 'node:path';
import { runCommand } from '../lane/run-command.ts';
import type { MiniStack } from './ministack.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/dovetail.mjs');

/** Gives what it printed. Throws with that when it ends with anything but 0. */
export function dovetail(ministack: MiniStack, ...args: readonly string[]): Promise<string> {
  const env = {
    ...ministack.environment,
    AWS_ENDPOINT_URL_EC2: ministack.options.ec2Url,
    AWS_ENDPOINT_URL_EKS: ministack.options.eksUrl,
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
  };
  return runCommand(process.execPath, [PROGRAM, ...args], { env });
}
