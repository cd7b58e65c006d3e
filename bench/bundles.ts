// Size and cold start of every function's bundle: a fresh process that imports it, against one that imports nothing, in
// turns. What Lambda adds (starting a sandbox, fetching the code) is not in it: npx tsx bench/bundles.ts
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundles } from '../test/support/bundle.ts';

const RUNS = 9;
const MAX_KB = 2_000;
const POLLER_MAX_KB = 900;

const folder = mkdtempSync(join(tmpdir(), 'dovetail-bundles-'));

function written(name: string, contents: string | Uint8Array): string {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, contents);
  return file;
}

function startMs(file: string): number {
  const atMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} does not load: ${stderr}`);
  return performance.now() - atMs;
}

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** In turns, so that a busy machine slows both. */
function measured(name: string, bundle: Uint8Array, empty: string) {
  const file = written(name, bundle);
  const runs = Array.from({ length: RUNS }, () => ({ emptyMs: startMs(empty), coldMs: startMs(file) }));
  const emptyMs = medianOf(runs.map((run) => run.emptyMs));
  const coldMs = medianOf(runs.map((run) => run.coldMs));
  const kb = bundle.length / 1_000;
  const limitKb = name === 'poller' ? POLLER_MAX_KB : MAX_KB;
  return {
    kB: Math.round(kb),
    'gzip kB': Math.round(gzipSync(bundle).length / 1_000),
    'limit kB': limitKb,
    met: kb <= limitKb,
    'empty ms': Math.round(emptyMs),
    'cold ms': Math.round(coldMs),
    ratio: (coldMs / emptyMs).toFixed(1),
  };
}

try {
  const empty = written('empty', '');
  const rows = [...(await bundles())].map(([name, bundle]) => [name, measured(name, bundle, empty)] as const);
  console.log(`median of ${RUNS} processes each, node ${process.version}`);
  console.table(Object.fromEntries(rows));
  process.exitCode = rows.every(([, { met }]) => met) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
