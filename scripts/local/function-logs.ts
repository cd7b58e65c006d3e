// What the functions write to their standard output, which on AWS goes to CloudWatch Logs: lines of JSON. Here they go to a
// file, where one is wanted, and the events among them into the story.
import { appendFileSync } from 'node:fs';
import { DovetailError } from '../../lib/model/errors.ts';

export interface LogLine {
  readonly level: string;
  readonly service: string;
  readonly message: string;
  /** Of an event, such as `PlanMade`; absent in other lines. */
  readonly type?: string;
  readonly error?: string;
}

/**
 * Takes over the standard output of the process. Gives what writes to it past this, for everyone who is no function.
 * Throws `LogsUnwritable`.
 */
export function captureFunctionLogs(
  onLine: (line: LogLine) => void,
  file: string | undefined,
): (text: string) => void {
  if (file !== undefined) checkWritable(file);
  const write = process.stdout.write.bind(process.stdout);
  const capture = (chunk: Uint8Array | string): boolean => {
    for (const text of String(chunk).split('\n')) {
      if (text.trim() === '') continue;
      const line = parsed(text);
      if (line !== undefined) onLine(line);
      if (file !== undefined) appendFileSync(file, `${text}\n`);
    }
    return true;
  };
  process.stdout.write = capture as typeof process.stdout.write;
  return (text) => void write(text);
}

function checkWritable(file: string): void {
  try {
    appendFileSync(file, '');
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new DovetailError('LogsUnwritable', `--logs ${file}: cannot be written: ${why}`, 'never');
  }
}

function parsed(text: string): LogLine | undefined {
  try {
    const line = JSON.parse(text);
    return typeof line?.service === 'string' && typeof line.message === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}
