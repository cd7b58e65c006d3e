import { describe, expect, it } from 'vitest';
import { hits, readTracked, trackedPaths } from './source-files.ts';

/** Written so that no pattern matches its own text. */
const MACHINE_PATH = /(?:^|[\s"'`(=:])\/(?:home|root|work|Users|tmp|private)\/[\w.-]+/;
const REGISTRY_HOST =
  /registry\.(?:npmjs|yarnpkg|npmmirror)\.|npm\.pkg\.github\.|\bartifactory\b|codeartifact\.|\.jfrog\./i;
const MAX_TEXT_CHARACTERS = 1_000_000;

const isText = (text: string): boolean => !text.includes('\0');

describe.skipIf(trackedPaths === undefined)('the repository (in a git clone)', () => {
  const texts = (trackedPaths ?? [])
    .map((path) => ({ path, text: readTracked(path) }))
    .filter(({ text }) => isText(text));

  it('names no path of a machine', () => {
    expect(texts.flatMap(({ path, text }) => hits(path, text, MACHINE_PATH))).toEqual([]);
  });

  it('names no package registry', () => {
    expect(texts.flatMap(({ path, text }) => hits(path, text, REGISTRY_HOST))).toEqual([]);
  });

  it('holds no huge text', () => {
    const huge = texts.filter(({ text }) => text.length > MAX_TEXT_CHARACTERS);
    expect(huge.map(({ path }) => path)).toEqual([]);
  });

  it('commits no build output', () => {
    expect((trackedPaths ?? []).filter((path) => /^(node_modules|cdk\.out|coverage)\//.test(path))).toEqual(
      [],
    );
  });
});

describe('package-lock.json', () => {
  it('names no host to install from', () => {
    const lock = JSON.parse(readTracked('package-lock.json')) as {
      packages: Readonly<Record<string, { readonly resolved?: string }>>;
    };
    const named = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
    expect(named.map(([name]) => name)).toEqual([]);
  });
});
