// The terminal: whole texts out, colours where someone looks at them, no complaint when the reader has left.
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { ReportLine, Tone } from '../lib/report/plan-table.ts';

/** Resolves once the text is handed over. A reader that closed the pipe early (`| head`) has all it wants. */
export function writeOut(text: string): Promise<void> {
  return write(process.stdout, text);
}

export function writeErr(text: string): Promise<void> {
  return write(process.stderr, text);
}

export const writeErrLines = (lines: readonly string[]): Promise<void> =>
  lines.length === 0 ? Promise.resolve() : writeErr(`${lines.join('\n')}\n`);

/** A closed pipe is reported as an event as well; unheard it would end the process with a stack trace. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function write(stream: WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
      if (!error || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') resolve();
      else reject(error);
    });
  });
}

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0] | undefined>> = {
  header: 'bold',
  plain: undefined,
  summary: 'green',
  problem: 'red',
  note: 'yellow',
};

/** Lines as text, coloured only on a terminal that did not ask for none (https://no-color.org). */
export function paint(lines: readonly ReportLine[]): string {
  const coloured = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  return lines
    .map(({ tone, text }) => {
      const style = STYLES[tone];
      return `${coloured && style !== undefined && text !== '' ? styleText(style, text) : text}\n`;
    })
    .join('');
}
