// Runs a command line in this process: for tests that run many, where a process of its own takes seconds each.
import { vi } from 'vitest';
import { main } from '../../cli/main.ts';

export interface HereRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not for two at a time. */
export async function dovetailHere(...args: readonly string[]): Promise<HereRun> {
  const written = { stdout: '', stderr: '' };
  const streams = [process.stdout, process.stderr];
  const listeners = streams.map((stream) => stream.listeners('error'));
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((...given: readonly unknown[]) => {
      written[name] += String(given[0]);
      const done = given.at(-1);
      if (typeof done === 'function') done();
      return true;
    }),
  );
  try {
    return { code: await main(args), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    for (const [index, stream] of streams.entries()) {
      const added = stream.listeners('error').filter((each) => listeners[index]?.includes(each) !== true);
      for (const each of added) stream.off('error', each as () => void);
    }
  }
}
