/**
 * Builds etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok from the Go module proxy. What is built
 * is kept; a build that was cut short goes on with what is missing.
 * Alone: `npx tsx test/e2e/lane/build.ts`.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { argv, pid, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { cacheFolder, VERSIONS } from './cache.ts';
import { goCommand, isGoModule, writeGoModule } from './go-module.ts';
import { missingTools } from './tools.ts';

export type Say = (line: string) => void;

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const ETCD = 'go.etcd.io/etcd/server/v3';

/** Gives the folder of the binaries. A few seconds when all is there, about 15 minutes on two cores from nothing. */
export async function buildControlPlane(say: Say, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, `kubernetes-${VERSIONS.kubernetes}`);
  const binaries = join(folder, 'bin');
  // Of this process alone: another may build at the same time.
  const partial = join(binaries, `partial-${pid}`);
  await mkdir(partial, { recursive: true });
  const timed = timedBy(say);
  if (!(await isGoModule(folder))) {
    await timed('go.mod', () => writeGoModule(folder, VERSIONS.kubernetes));
  }
  const packages = [...COMPONENTS.map((name) => `k8s.io/kubernetes/cmd/${name}`), ETCD];
  const fetched = join(folder, 'modules-are-here');
  if (!existsSync(fetched)) {
    await timed('modules', () => goCommand(folder, ['list', '-deps', '-f', '{{if 0}}{{end}}', ...packages]));
    await writeFile(fetched, '');
  }
  for (const name of COMPONENTS) {
    await once(partial, name, timed, (to) =>
      goCommand(folder, goBuild(to, `k8s.io/kubernetes/cmd/${name}`, versionFlags(VERSIONS.kubernetes))),
    );
  }
  await once(partial, 'etcd', timed, (to) => goCommand(folder, goBuild(to, ETCD)));
  await once(partial, 'kwok', timed, () => installKwok(folder, partial));
  await rm(partial, { recursive: true });
  return binaries;
}

/** A binary appears in the folder above when it is whole. */
async function once(
  partial: string,
  name: string,
  timed: (what: string, work: () => Promise<unknown>) => Promise<void>,
  make: (to: string) => Promise<unknown>,
): Promise<void> {
  const path = join(partial, '..', name);
  if (existsSync(path)) return;
  await timed(name, () => make(join(partial, name)));
  await rename(join(partial, name), path);
}

const JOBS = String(availableParallelism());

const goBuild = (to: string, path: string, flags = ''): string[] => [
  'build',
  '-p',
  JOBS,
  '-trimpath',
  '-ldflags',
  `-s -w${flags}`,
  '-o',
  to,
  path,
];

/** Kubernetes asks its binaries for their version, and gates features by it. */
function versionFlags(version: string): string {
  const [major, minor] = version.split('.');
  const base = 'k8s.io/component-base/version';
  const values = [
    `${base}.gitVersion=v${version}`,
    `${base}.gitMajor=${major}`,
    `${base}.gitMinor=${minor}`,
    `k8s.io/client-go/pkg/version.gitVersion=v${version}`,
  ];
  return values.map((value) => ` -X ${value}`).join('');
}

/** kwok has replacements of its own, so it is no part of our module. */
const installKwok = (folder: string, to: string): Promise<string> =>
  goCommand(
    folder,
    ['install', '-p', JOBS, '-trimpath', '-ldflags', '-s -w', `sigs.k8s.io/kwok/cmd/kwok@${VERSIONS.kwok}`],
    { GOFLAGS: '-buildvcs=false', GOBIN: to },
  );

const timedBy = (say: Say) => async (what: string, work: () => Promise<unknown>) => {
  say(`${what}: begins`);
  const fromMs = performance.now();
  await work();
  say(`${what}: done in ${((performance.now() - fromMs) / 1_000).toFixed(1)} s`);
};

if (argv[1] === fileURLToPath(import.meta.url)) {
  const say: Say = (line) => stdout.write(`${line}\n`);
  const missing = await missingTools();
  if (missing.length > 0) say(['skipped, because something is missing:', ...missing].join('\n  '));
  else say(`binaries are in ${await buildControlPlane(say)}`);
}
