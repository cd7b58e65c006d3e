/** A program that is started and stopped, with the environment that is said here and no other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Daemon {
  readonly isUp: () => boolean;
  /** TERM, up to `graceMs` to write down its state, then KILL. */
  stop(graceMs: number): Promise<void>;
}

export function startDaemon(
  command: string,
  args: readonly string[],
  options: { readonly environment: Readonly<Record<string, string>>; readonly logFile: string },
): Daemon {
  const log = openSync(options.logFile, 'a');
  const child = spawn(command, [...args], { env: options.environment, stdio: ['ignore', log, log] });
  closeSync(log);
  // It must not outlive us, however we end.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const end = ended(child).finally(() => process.off('exit', kill));
  // Whoever waits for it to come up sees that it did not.
  end.catch(() => undefined);
  const isUp = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    isUp,
    async stop(graceMs) {
      if (!isUp()) return;
      child.kill('SIGTERM');
      await Promise.race([end, sleep(graceMs, undefined, { ref: false })]);
      if (isUp()) child.kill('SIGKILL');
      await end;
    },
  };
}

const ended = (child: ChildProcess): Promise<number | string> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'no reason'));
  });
