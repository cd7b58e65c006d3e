import { type AddressInfo, createServer } from 'node:net';

/** That many different ports of the loopback which nobody listens on, as the system gives them. */
export async function freePorts(count: number): Promise<readonly number[]> {
  // All are held until the last is there, or the same one would come twice.
  const held = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
