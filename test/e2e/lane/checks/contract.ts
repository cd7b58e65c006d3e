/**
 * The contract of the `Cluster` port, whose suite also judges the memory and the loopback server, on a real API server.
 * Nobody but the suite changes anything there, and its watches come from etcd, which forgets when it is told to.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env as environment } from 'node:process';
import { fileURLToPath } from 'node:url';
import { KubeCluster } from '../../../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp, type KubeHttpOptions } from '../../../../lib/adapters/kube/kube-http.ts';
import { listAll } from '../../../../lib/adapters/kube/paged-list.ts';
import { seededRandom } from '../../../support/memory-clock.ts';
import { realClock } from '../../../support/real-time.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../control-plane.ts';
import { runCommand } from '../run-command.ts';
import type { Findings } from './check.ts';
import { type Connection, compact } from './connection.ts';

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));
const SUITES = 'test/e2e/vitest.config.ts';
const MAPS = '/api/v1/namespaces/default/configmaps';
/** One more than a page. */
const OBJECTS = 501;
const PATIENCE_MS = 5_000;

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export async function checkContract(findings: Findings, binaries: string, runFolder: string): Promise<void> {
  const options = { binaries, runFolder, only: 'api-server' } as const;
  const flags = ['--watch-cache=false'];
  const early = await withPlane({ ...options, apiServerFlags: flags }, async (plane) => {
    const { cursor } = await withCluster(plane, (cluster) => cluster.list());
    await listAcrossCompaction(findings, plane);
    await suite(findings, plane, runFolder);
    return cursor;
  });
  // The same data behind another server, whose watch cache begins where it starts.
  await withPlane(options, async (plane) => {
    const answer = await withCluster(plane, (cluster) => cluster.changes(early, PATIENCE_MS));
    findings.equals('a cursor from before the server began anew is gone', answer.kind, 'gone');
    const fresh = await withCluster(plane, (cluster) => cluster.list());
    const { kind } = await withCluster(plane, (cluster) => cluster.changes(fresh.cursor, 0));
    findings.equals('and a list of its own goes on', kind, 'changes');
  });
}

async function withPlane<T>(
  options: ControlPlaneOptions,
  use: (plane: ControlPlane) => Promise<T>,
): Promise<T> {
  const plane = await startControlPlane(options);
  try {
    return await use(plane);
  } finally {
    await plane.stop();
  }
}

async function withCluster<T>(
  { serverUrl, adminTls }: ControlPlane,
  use: (cluster: KubeCluster) => Promise<T>,
): Promise<T> {
  const shared = { clock: realClock, random: seededRandom(1) };
  const http = new KubeHttp({ serverUrl, tls: adminTls, ...shared });
  const cluster = new KubeCluster({ http, ...shared });
  try {
    return await use(cluster);
  } finally {
    cluster.close();
    http.close();
  }
}

async function suite(findings: Findings, plane: ControlPlane, runFolder: string): Promise<void> {
  const connection: Connection = { serverUrl: plane.serverUrl, tls: plane.adminTls, etcdUrl: plane.etcdUrl };
  const file = join(runFolder, 'connection.json');
  await writeFile(file, JSON.stringify(connection));
  const vitest = join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--config', SUITES, '--root', PROJECT, '--reporter', 'json'];
  const outputFile = join(runFolder, 'contract.json');
  const env = { ...environment, DOVETAIL_E2E_CONNECTION: file };
  const command = [...args, '--outputFile', outputFile];
  await runCommand(process.execPath, command, { cwd: PROJECT, env }).catch(() => undefined);
  const { testResults } = JSON.parse(await readFile(outputFile, 'utf8')) as Report;
  for (const { assertionResults } of testResults) {
    for (const { fullName, status, failureMessages } of assertionResults) {
      findings.holds(fullName, status === 'passed', failureMessages.join(' ').slice(0, 300));
    }
  }
  findings.holds(
    'the suite ran',
    testResults.some(({ assertionResults }) => assertionResults.length > 0),
  );
}

/** The history goes away between the first page and the second. */
class ForgetfulHttp extends KubeHttp {
  readonly #plane: ControlPlane;
  readonly pages: number[] = [];

  constructor(options: KubeHttpOptions, plane: ControlPlane) {
    super(options);
    this.#plane = plane;
  }

  override async call<T>(request: Parameters<KubeHttp['call']>[0]) {
    if (this.pages.length === 1) await compact(this.#plane.admin, this.#plane.etcdUrl);
    const answer = await super.call<T>(request);
    this.pages.push(answer.status);
    return answer;
  }
}

async function listAcrossCompaction(findings: Findings, plane: ControlPlane): Promise<void> {
  const { admin, serverUrl, adminTls } = plane;
  const names = Array.from({ length: OBJECTS }, (_, index) => `page-${String(index).padStart(3, '0')}`);
  const mine = { labels: { of: 'pages' } };
  for (let from = 0; from < names.length; from += 20) {
    const some = names.slice(from, from + 20);
    await Promise.all(some.map((name) => admin.create(MAPS, { metadata: { name, ...mine } })));
  }
  const options = { serverUrl, tls: adminTls, clock: realClock, random: seededRandom(1) };
  const http = new ForgetfulHttp(options, plane);
  const { items } = await listAll(
    http,
    MAPS,
    ({ metadata }: { metadata: { name: string } }) => metadata.name,
    {
      labelSelector: 'of=pages',
    },
  );
  findings.equals('a list whose continuation was forgotten begins anew', http.pages, [200, 410, 200, 200]);
  findings.equals('and gives every object once', [...items].sort(), names);
  http.close();
  await admin.delete(`${MAPS}?labelSelector=of%3Dpages`);
}
