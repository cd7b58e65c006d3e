import type { IncomingMessage } from 'node:http';

export async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function textOf(message: IncomingMessage): Promise<string> {
  return (await bytesOf(message)).toString('utf8');
}
