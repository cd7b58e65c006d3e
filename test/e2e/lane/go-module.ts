/**
 * The Go module from which Kubernetes' components are built. Kubernetes requires the modules of its own repository at
 * v0.0.0, where they are folders beside it; here each is replaced by the version that is published of it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { runCommand } from './run-command.ts';

interface ModuleFile {
  readonly Go: string;
  readonly Require: readonly { readonly Path: string; readonly Version: string }[];
}

interface ListedModule {
  readonly Path: string;
  readonly Version: string;
  readonly Error?: unknown;
}

/** Whatever else is set, these decide what Go's build cache knows again. */
const BUILD_ENVIRONMENT = {
  GOFLAGS: '-mod=mod -buildvcs=false',
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
};

export const goCommand = (folder: string, args: readonly string[], more: Record<string, string> = {}) =>
  runCommand('go', args, { cwd: folder, env: { ...env, ...BUILD_ENVIRONMENT, ...more } });

/** Writes `go.mod` into the folder. `kubernetes` is `1.35.4`. */
export async function writeGoModule(folder: string, kubernetes: string): Promise<void> {
  const file = join(folder, 'go.mod');
  await writeFile(file, 'module dovetail-e2e\n');
  const downloaded = await goCommand(folder, [
    'mod',
    'download',
    '-json',
    `k8s.io/kubernetes@v${kubernetes}`,
  ]);
  const { GoMod } = JSON.parse(downloaded) as { readonly GoMod: string };
  const itsOwn = JSON.parse(await goCommand(folder, ['mod', 'edit', '-json', GoMod])) as ModuleFile;
  const beside = itsOwn.Require.filter(({ Version }) => Version === 'v0.0.0').map(({ Path }) => Path);
  const published = await publishedVersions(folder, beside, `v0${kubernetes.replace(/^1/, '')}`);
  const text = [
    ...['module dovetail-e2e', `go ${itsOwn.Go}`, `require k8s.io/kubernetes v${kubernetes}`],
    ...published.map(({ Path, Version }) => `replace ${Path} => ${Path} ${Version}`),
  ].join('\n');
  await writeFile(file, `${text}\n`);
}

/** The wanted version of each module, or the newest of the same minor version where the proxy has not got that one. */
async function publishedVersions(folder: string, paths: readonly string[], wanted: string) {
  const asked = paths.map((path) => `${path}@${wanted}`);
  const listed = jsonValues(await goCommand(folder, ['list', '-m', '-e', '-json', ...asked]));
  return Promise.all(
    listed.map(async ({ Path, Error: missing }) => ({
      Path,
      Version: missing === undefined ? wanted : await newestOfMinor(folder, Path, wanted),
    })),
  );
}

async function newestOfMinor(folder: string, path: string, wanted: string): Promise<string> {
  const [, ...versions] = (await goCommand(folder, ['list', '-m', '-versions', path])).trim().split(' ');
  const minor = wanted.replace(/\d+$/, '');
  const patches = versions
    .filter((version) => version.startsWith(minor) && /^\d+$/.test(version.slice(minor.length)))
    .map((version) => Number(version.slice(minor.length)));
  if (patches.length === 0) throw new Error(`the Go module proxy has no ${minor}x of ${path}`);
  return `${minor}${Math.max(...patches)}`;
}

/** Go prints one JSON object after the other; each ends with a brace in the first column. */
const jsonValues = (text: string): ListedModule[] =>
  text
    .split(/(?<=^\})/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part));

/** True where the folder's module was made whole. */
export const isGoModule = async (folder: string): Promise<boolean> =>
  (await readFile(join(folder, 'go.mod'), 'utf8').catch(() => '')).includes('\nreplace ');
