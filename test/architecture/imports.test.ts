import { describe, expect, it } from 'vitest';
import { filesUnder, type SourceFile, sourceFiles } from './source-files.ts';

/** What each layer of lib may import, besides itself. The table of the design document. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  solver: [],
  constraints: ['model'],
  planning: ['model', 'constraints', 'solver'],
  messages: ['model'],
  ports: ['model', 'messages'],
  config: ['model', 'constraints'],
  catalog: ['model'],
  bootstrap: ['model'],
  rbac: ['model'],
  control: ['model', 'planning', 'ports', 'messages', 'constraints', 'config', 'catalog', 'bootstrap'],
  adapters: ['ports', 'model', 'messages'],
  simulator: [
    'model',
    'solver',
    'constraints',
    'planning',
    'messages',
    'ports',
    'config',
    'catalog',
    'control',
    'adapters/memory',
    'report',
  ],
  report: ['model', 'planning'],
  doctor: ['model', 'ports', 'rbac'],
  local: ['model', 'ports', 'catalog', 'adapters/memory'],
};

/** The memory adapters behave like Kubernetes and EC2, so they may use what the project knows about both. */
const MEMORY_ADAPTERS = [...(LAYERS['adapters'] ?? []), 'constraints', 'catalog'];

/** The AWS adapters send EC2 what a NodeClass comes to, and read from it what the catalogue holds. */
const AWS_ADAPTERS = [...(LAYERS['adapters'] ?? []), 'bootstrap', 'catalog'];

/** Libraries and Node modules each layer may use; `vitest` and friends are for tests. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  model: ['node:crypto'],
  solver: [],
  constraints: ['croner'],
  planning: [],
  messages: ['zod'],
  ports: [],
  config: ['zod', 'yaml', 'croner'],
  catalog: [],
  bootstrap: ['yaml', 'smol-toml'],
  rbac: [],
  control: [],
  simulator: ['zod', 'yaml', 'node:crypto', 'node:timers'],
  report: [],
  doctor: [],
  local: [
    'fauxqs',
    'node:child_process',
    'node:crypto',
    'node:http',
    'node:module',
    'node:net',
    'node:path',
    'node:zlib',
    'smol-toml',
    'yaml',
  ],
  'adapters/memory': ['node:fs', 'node:crypto'],
};

/** Families of entry points outside lib: which folders or files each may import. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  lib: ['lib'],
  cli: ['cli', 'lib'],
  // Running everything on one machine is running the functions themselves.
  scripts: ['scripts', 'lib', 'functions'],
  bench: ['bench', 'lib', 'cli', 'test/support', 'test/oracle'],
  functions: [
    'functions',
    'lib/control',
    'lib/adapters',
    'lib/config',
    'lib/messages',
    'lib/ports',
    'lib/model',
    'lib/rbac',
  ],
  infra: ['infra', 'functions', 'lib/control/limits.ts', 'lib/model', 'lib/rbac'],
};

const layerOf = (path: string): string => path.split('/')[1] ?? '';

function inFolder(target: string, folders: readonly string[]): boolean {
  return folders.some((folder) => target.startsWith(`lib/${folder}/`));
}

function wrongDirections(file: SourceFile): string[] {
  const layer = layerOf(file.path);
  const allowed = file.path.startsWith('lib/adapters/memory/')
    ? MEMORY_ADAPTERS
    : file.path.startsWith('lib/adapters/aws/')
      ? AWS_ADAPTERS
      : LAYERS[layer];
  if (allowed === undefined) return [`${file.path}: lib/${layer} is in no row of the table`];
  const own = layer === 'adapters' ? file.path.split('/').slice(1, 3).join('/') : layer;
  return file.imports
    .filter(({ target }) => target?.startsWith('lib/') && !inFolder(target, [own, ...allowed]))
    .map(({ line, target }) => `${file.path}:${line}: imports ${target}`);
}

describe('import directions', () => {
  it.each(Object.keys(LAYERS))('lib/%s imports only the layers its row of the table allows', (layer) => {
    expect(filesUnder(`lib/${layer}`).flatMap(wrongDirections)).toEqual([]);
  });

  it('knows every folder of lib', () => {
    const layers = new Set(filesUnder('lib').map(({ path }) => layerOf(path)));
    expect([...layers].filter((layer) => !(layer in LAYERS))).toEqual([]);
  });

  it('keeps each family of entry points to the folders it may use', () => {
    const wrong = filesUnder(...Object.keys(FAMILIES)).flatMap((file) => {
      const allowed = FAMILIES[file.path.split('/')[0] ?? ''] ?? [];
      return file.imports
        .filter(
          ({ target }) =>
            target !== undefined &&
            !allowed.some((place) => target === place || target.startsWith(`${place}/`)),
        )
        .map(({ line, target }) => `${file.path}:${line}: imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps outside libraries out of the pure layers', () => {
    const wrong = filesUnder('lib').flatMap((file) => {
      const memory = file.path.startsWith('lib/adapters/memory/');
      const allowed = LIBRARIES[memory ? 'adapters/memory' : layerOf(file.path)];
      if (allowed === undefined) return [];
      return file.imports
        .filter(({ specifier, target }) => target === undefined && !allowed.includes(specifier))
        .map(({ line, specifier }) => `${file.path}:${line}: imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  it('lets only lib/adapters/aws import the AWS SDK', () => {
    const wrong = sourceFiles.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => /^@(aws-sdk|smithy)\//.test(specifier))
        .filter(() => !file.path.startsWith('lib/adapters/aws/'))
        .map(({ line, specifier }) => `${file.path}:${line}: imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('imports zod as a namespace', () => {
    const wrong = filesUnder('lib', 'cli', 'functions', 'infra', 'scripts').flatMap(({ path, code }) =>
      [...code.matchAll(/import ([^;]*?) from 'zod'/g)]
        .filter((match) => !/^(type )?\* as z$/.test(match[1] ?? ''))
        .map((match) => `${path}: import ${match[1]} from 'zod'`),
    );
    expect(wrong).toEqual([]);
  });

  it('names the file with its ending in every relative import', () => {
    const wrong = sourceFiles.flatMap((file) =>
      file.imports
        .filter(({ target }) => target !== undefined && !/\.(ts|mjs|json)$/.test(target))
        .map(({ line, specifier }) => `${file.path}:${line}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycle', () => {
    expect(findCycle()).toEqual([]);
  });

  it('has no barrel but that of the solver', () => {
    const barrels = filesUnder('lib', 'cli', 'functions', 'infra').filter(
      ({ path, code }) =>
        path !== 'lib/solver/index.ts' &&
        (/\bexport\s+(type\s+)?(\*|\{[^}]*\})(\s+as\s+\w+)?\s+from\b/.test(code) ||
          /\/index\.ts$/.test(path)),
    );
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });

  it('enters the solver from outside through its index, its problem or its solution only', () => {
    const doors = ['lib/solver/index.ts', 'lib/solver/problem.ts', 'lib/solver/solution.ts'];
    const wrong = filesUnder('lib', 'cli')
      .filter(({ path }) => !path.startsWith('lib/solver/'))
      .flatMap((file) =>
        file.imports
          .filter(({ target }) => target?.startsWith('lib/solver/') && !doors.includes(target))
          .map(({ line, target }) => `${file.path}:${line}: imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});

/** One cycle of imports as a list of paths, or nothing. Type-only imports count: they tie files together as well. */
function findCycle(): string[] {
  const byPath = new Map(sourceFiles.map((file) => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string[] => {
    const from = trail.indexOf(path);
    if (from >= 0) return [...trail.slice(from), path];
    if (done.has(path)) return [];
    trail.push(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const cycle = target === undefined ? [] : visit(target);
      if (cycle.length > 0) return cycle;
    }
    trail.pop();
    done.add(path);
    return [];
  };
  for (const path of byPath.keys()) {
    const cycle = visit(path);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
