import { execFile } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Of a compiler that gives up, the last lines say why. */
const TOLD_CHARACTERS = 4_000;
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;

/** Runs a program to its end and gives what it printed. Throws with the end of its complaint when it fails. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, cwd, env } as const;
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const told = `${stdout}${stderr}`.trim().slice(-TOLD_CHARACTERS);
      reject(new Error(`${[command, ...args].join(' ')} failed: ${told || error.message}`));
    });
  });
}
