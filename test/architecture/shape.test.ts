import { describe, expect, it } from 'vitest';
import { filesUnder, hits, readTracked, type SourceFile, sourceFiles } from './source-files.ts';

const longer = (files: readonly SourceFile[], limit: number): string[] =>
  files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${limit}`);

const isSolver = ({ path }: SourceFile): boolean => path.startsWith('lib/solver/');

describe('sizes', () => {
  it('keeps files at 300 lines', () => {
    const files = filesUnder('lib', 'cli', 'functions', 'infra', 'scripts', 'bench');
    expect(
      longer(
        files.filter((file) => !isSolver(file)),
        300,
      ),
    ).toEqual([]);
  });

  it('keeps files of the solver at 400 lines', () => {
    expect(longer(sourceFiles.filter(isSolver), 400)).toEqual([]);
  });

  it('keeps test files at 500 lines', () => {
    expect(longer(filesUnder('test'), 500)).toEqual([]);
  });

  it('keeps handlers at 40 lines', () => {
    expect(
      longer(
        filesUnder('functions').filter(({ path }) => path.endsWith('/handler.ts')),
        40,
      ),
    ).toEqual([]);
  });

  it('has the linter keep functions at 70 lines', () => {
    const { linter } = JSON.parse(readTracked('biome.json'));
    expect(linter.rules.complexity.noExcessiveLinesPerFunction).toMatchObject({
      level: 'error',
      options: { maxLines: 70 },
    });
  });
});

describe('exports', () => {
  it('has no default export', () => {
    const files = sourceFiles.filter(({ path }) => !path.startsWith('test/'));
    const wrong = files.flatMap(({ path, bareCode }) =>
      hits(path, bareCode, /\bexport\s+default\b|\bas\s+default\b/),
    );
    expect(wrong).toEqual([]);
  });
});

describe('ports', () => {
  it('says in every file what the port is', () => {
    const bare = filesUnder('lib/ports').filter(({ text }) => !/\/\*\*[\s\S]*?\*\//.test(text));
    expect(bare.map(({ path }) => path)).toEqual([]);
  });
});

describe('words', () => {
  it("spells Karpenter's nouns as Karpenter does", () => {
    const wrong = filesUnder('lib', 'cli', 'functions', 'infra').flatMap(({ path, bareCode }) =>
      hits(
        path,
        bareCode,
        /\w*(nodepool|Nodepool|nodeclaim|Nodeclaim|nodeclass|Nodeclass|instancetype|Instancetype)\w*/,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('leaves no unfinished business', () => {
    const wrong = sourceFiles
      .filter(({ path }) => !path.startsWith('test/architecture/'))
      .flatMap(({ path, text }) => hits(path, text, /\b(TODO|FIXME|XXX|HACK)\b/));
    expect(wrong).toEqual([]);
  });

  it('ends every switch over a union in assertNever or a default', () => {
    // The solver imports nothing, so the compiler alone watches its switches.
    const files = filesUnder('lib', 'cli', 'functions').filter((file) => !isSolver(file));
    const wrong = files.flatMap(({ path, bareCode }) => switchesWithoutEnd(path, bareCode));
    expect(wrong).toEqual([]);
  });
});

/** `path:line` of each switch without a `default`, which is where `assertNever` stands. */
function switchesWithoutEnd(path: string, code: string): string[] {
  return [...code.matchAll(/\bswitch\s*\(/g)].flatMap((match) => {
    const body = blockFrom(code, code.indexOf('{', match.index));
    return /\bdefault\s*:/.test(body) ? [] : [`${path}:${code.slice(0, match.index).split('\n').length}`];
  });
}

function blockFrom(code: string, open: number): string {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth += 1;
    if (code[at] === '}') depth -= 1;
    if (depth === 0) return code.slice(open, at + 1);
  }
  return code.slice(open);
}
