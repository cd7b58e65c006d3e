/** Programs that run beside us and end with us, each with its own log. Ended by their pids, the last started first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** What a program gets to end by itself after TERM. */
const GRACE_MS = 10_000;
const POLL_MS = 50;
const TOLD_LINES = 15;

export class Processes {
  readonly #logs: string;
  readonly #running: Running[] = [];
  #stopped: Promise<void> | undefined;
  /** For a process of ours that ends in another way than by `stop`: nothing of the lane may outlive it. */
  readonly #killAll = (): void => {
    for (const { child } of this.#running) child.kill('SIGKILL');
  };

  constructor(logs: string) {
    this.#logs = logs;
    process.once('exit', this.#killAll);
  }

  start(name: string, command: string, args: readonly string[]): void {
    const log = openSync(this.#logOf(name), 'a');
    const child = spawn(command, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', resolve);
    });
    this.#running.push({ name, child, ended });
  }

  /** Polls until `ready` is true. Throws with the end of the log when a program ended instead, or time ran out. */
  async until(name: string, ready: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
    const deadlineMs = performance.now() + withinMs;
    while (!(await ready().catch(() => false))) {
      const dead = this.#running.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
      if (dead !== undefined) throw new Error(`${dead.name} ended by itself:\n${this.#endOfLog(dead.name)}`);
      if (performance.now() > deadlineMs) {
        throw new Error(`${name} is not ready after ${withinMs} ms:\n${this.#endOfLog(name)}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Ends all and waits for their end. A second call waits for the same. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const { child, ended } of this.#running.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      child.kill('SIGTERM');
      const patience = new AbortController();
      const late = sleep(GRACE_MS, 'late', { signal: patience.signal }).catch(() => 'cancelled');
      if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
      patience.abort();
      await ended;
    }
    process.off('exit', this.#killAll);
  }

  #logOf(name: string): string {
    return join(this.#logs, `${name}.log`);
  }

  #endOfLog(name: string): string {
    return readFileSync(this.#logOf(name), 'utf8').trimEnd().split('\n').slice(-TOLD_LINES).join('\n');
  }
}

/**
 * Has an interrupted run put things in order: SIGINT or SIGTERM calls `stop` and then ends the process. A second one
 * changes nothing, because what is not stopped in order is left behind. Gives what takes this back.
 */
export function stopsOnInterrupt(stop: () => Promise<void>): () => void {
  const interrupted = (signal: NodeJS.Signals): void => {
    void stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  return () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  };
}
