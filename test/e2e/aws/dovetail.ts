/** The command line of the project as a user of the deployed stack runs it. */
import { dirname, join } from 'node:path';
import type { MiniStack } from './ministack.ts';
import { run } from './processes.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/dovetail.mjs');

/** Gives what it printed. Throws with that when it ends with anything but 0. */
export async function dovetail(ministack: MiniStack, ...args: readonly string[]): Promise<string> {
  const environment = {
    ...ministack.environment,
    AWS_ENDPOINT_URL_EC2: ministack.options.ec2Url,
    AWS_ENDPOINT_URL_EKS: ministack.options.eksUrl,
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
  };
  return (await run(process.execPath, [PROGRAM, ...args], { environment })).output;
}
