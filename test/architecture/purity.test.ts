import { describe, expect, it } from 'vitest';
import { filesUnder, hits, type SourceFile } from './source-files.ts';

const pure = (): readonly SourceFile[] =>
  filesUnder('lib').filter(({ path }) => !path.startsWith('lib/adapters/'));

const found = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.flatMap(({ path, bareCode }) => hits(path, bareCode, pattern));

describe('no ambient time, randomness, ids or environment in lib outside adapters', () => {
  it('reads no clock: time comes from the Clock port or as nowMs', () => {
    expect(found(pure(), /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/)).toEqual(
      [],
    );
  });

  it('sets no timer: waiting is Clock.sleep', () => {
    // Virtual time waits for the microtasks of an event to be done; no duration is involved.
    const files = pure().filter(({ path }) => path !== 'lib/simulator/virtual-time.ts');
    expect(found(files, /\b(setTimeout|setInterval|setImmediate)\b/)).toEqual([]);
    expect(found(pure(), /\b(setTimeout|setInterval)\b/)).toEqual([]);
  });

  it('draws no randomness: it comes from the Random port', () => {
    expect(found(pure(), /\bMath\.random\b|\brandomBytes\b|\brandomInt\b|\bgetRandomValues\b/)).toEqual([]);
  });

  it('makes no ids of its own: they derive from content', () => {
    expect(found(pure(), /\brandomUUID\b/)).toEqual([]);
  });

  it('reads no environment and no process', () => {
    expect(
      found(pure(), /\bprocess\.(env|argv|platform|arch|cwd|pid|hrtime|exit|exitCode|stdout|stderr|stdin)\b/),
    ).toEqual([]);
  });

  it('touches no file and no network', () => {
    // Servers of the own machine are what lib/local is for.
    const files = pure().filter(({ path }) => !path.startsWith('lib/local/'));
    const wrong = files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) =>
          /^node:(fs|net|http|https|dgram|child_process|os|worker_threads)/.test(specifier),
        )
        .map(({ line, specifier }) => `${file.path}:${line}: imports ${specifier}`),
    );
    expect([...wrong, ...found(pure(), /\bfetch\(/)]).toEqual([]);
  });
});

describe('total orders', () => {
  it('compares text by code unit, never by locale', () => {
    const all = filesUnder('lib', 'cli', 'scripts', 'functions', 'infra', 'bench');
    expect(found(all, /\blocaleCompare\b|\bIntl\.|\.toLocale\w+\(/)).toEqual([]);
  });
});

describe('the solver', () => {
  it('uses + − × ÷ √ only, so that every machine gives the same bits', () => {
    const inexact =
      /\bMath\.(sin|cos|tan|asin|acos|atan|atan2|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot|sinh|cosh|tanh)\b/;
    expect(found(filesUnder('lib/solver'), inexact)).toEqual([]);
  });
});
