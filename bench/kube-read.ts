// Reading a cluster of 5,000 nodes and 50,000 pods over the wire, as the poller does: the first list (cold), what each minute
// costs after it (a snapshot encoded and compressed), a second list, as after a watch that was lost, how a poller takes over from
// that snapshot, and the reader's peak memory. The server is a process of its own: npx tsx bench/kube-read.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeSnapshot } from '../lib/adapters/aws/snapshots/decode.ts';
import { SnapshotEncoder } from '../lib/adapters/aws/snapshots/encode.ts';
import { podOf } from '../lib/adapters/kube/decode/pod.ts';
import type { WirePod } from '../lib/adapters/kube/decode/wire.ts';
import { KubeCluster } from '../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp } from '../lib/adapters/kube/kube-http.ts';
import { snapshotId } from '../lib/model/ids.ts';
import type { Snapshot } from '../lib/model/snapshot.ts';
import { seededRandom } from '../test/support/memory-clock.ts';
import { realClock } from '../test/support/real-time.ts';
import { serveLargeCluster } from './support/kube-served.ts';
import { medianOf } from './support/stopwatch.ts';

const NODES = 5_000;
const PODS = 50_000;
const MEMORY_LIMIT_MIB = 1_536;
const PAGE = 500;

/** `bare`: only what planning reads. `full`: about as long as pods of real clusters, with what nobody reads. */
type Objects = 'bare' | 'full';

const self = fileURLToPath(import.meta.url);
const rerun = (...mode: string[]): ChildProcess =>
  spawn(process.execPath, [...process.execArgv, self, ...mode], { stdio: ['ignore', 'pipe', 'inherit'] });

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) return String(chunk).trim();
  throw new Error('the process ended without a word');
}

async function read(url: string): Promise<void> {
  const random = seededRandom(1);
  const http = new KubeHttp({ serverUrl: url, clock: realClock, random });
  const cluster = new KubeCluster({ http, clock: realClock, random });
  const startMs = performance.now();
  const { state, cursor } = await cluster.list();
  const listMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage();
  const minute = await eachMinute({ schemaVersion: 1, takenAtMs: 0, cursor, cluster: state, covered: {} });
  const againMs = await elapsedMs(() => cluster.list());
  const { body } = await http.call<{ items: WirePod[] }>({
    method: 'GET',
    path: '/api/v1/pods',
    query: { limit: String(PAGE) },
  });
  const text = JSON.stringify(body);
  const { cpuMs: decodeMs } = medianOf(() => body.items.map(podOf));
  const { cpuMs: parseMs } = medianOf(() => JSON.parse(text));
  const peakMib = process.resourceUsage().maxRSS / 1024;
  const { rss, heapUsed } = process.memoryUsage();
  const figures = {
    pods: state.pods.length,
    nodes: state.nodes.length,
    'bytes a pod': Math.round(text.length / PAGE),
    'list s': (listMs / 1_000).toFixed(1),
    'list again s': (againMs / 1_000).toFixed(1),
    ...minute,
    'list CPU s': ((user + system) / 1_000_000).toFixed(1),
    'peak RSS MiB': Math.round(peakMib),
    'RSS after MiB': Math.round(rss / 1024 ** 2),
    'heap after MiB': Math.round(heapUsed / 1024 ** 2),
    'limit MiB': MEMORY_LIMIT_MIB,
    met: peakMib <= MEMORY_LIMIT_MIB,
    'decode pods/s': Math.round((PAGE / decodeMs) * 1_000),
    'parse pods/s': Math.round((PAGE / parseMs) * 1_000),
  };
  http.close();
  console.log(JSON.stringify(figures));
}

const elapsedMs = async (work: () => unknown): Promise<number> => {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
};

/** What the poller does with its view every minute, twice, so that the second is the steady one; and its heir's reading. */
async function eachMinute(snapshot: Snapshot) {
  const encoder = new SnapshotEncoder();
  let stored = Buffer.alloc(0);
  const write = (): void => {
    stored = gzipSync(encoder.encode(snapshot), { level: 1 });
  };
  const firstMs = await elapsedMs(write);
  const steadyMs = await elapsedMs(write);
  const resumeMs = await elapsedMs(() =>
    decodeSnapshot(gunzipSync(stored).toString('utf8'), snapshotId('ab12')),
  );
  return {
    'snapshot MB': (stored.length / 1e6).toFixed(1),
    'first snapshot s': (firstMs / 1_000).toFixed(1),
    'next snapshot s': (steadyMs / 1_000).toFixed(1),
    'take over s': (resumeMs / 1_000).toFixed(1),
  };
}

async function measure(objects: Objects): Promise<Record<string, unknown>> {
  const server = rerun('serve', objects);
  try {
    return { objects, ...JSON.parse(await firstLine(rerun('read', await firstLine(server)))) };
  } finally {
    server.kill();
  }
}

const [mode, argument = ''] = process.argv.slice(2);
if (mode === 'serve') {
  console.log(await serveLargeCluster({ nodes: NODES, pods: PODS, full: argument === 'full' }));
} else if (mode === 'read') {
  await read(argument);
} else {
  const rows = [await measure('bare'), await measure('full')];
  console.table(Object.fromEntries(rows.map((row) => [String(row['objects']), row])));
  process.exitCode = rows.every((row) => row['met'] === true) ? 0 : 1;
}
