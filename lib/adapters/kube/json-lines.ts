import { DovetailError } from '../../model/errors.ts';

/** etcd's limit of an object is 1.5 MiB, which its JSON may exceed a few times. */
const MAX_LINE_BYTES = 16 * 1024 ** 2;

const NEWLINE = 10;

/** The JSON values of a stream, one a line, in whatever pieces it comes. What follows the last newline is incomplete. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown, void, void> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...pending, chunk.subarray(from, end)]).toString('utf8');
      from = end + 1;
      pending = [];
      pendingBytes = 0;
      if (line.trim() !== '') yield JSON.parse(line);
    }
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > MAX_LINE_BYTES) {
      const message = `a watch event is larger than ${MAX_LINE_BYTES} bytes: look for objects of many megabytes`;
      throw new DovetailError('AnswerTooLarge', message, 'same-request');
    }
  }
}
