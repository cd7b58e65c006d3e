// The runbook's table of codes and the code that gives them, held against one another.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROJECT, sourceFiles } from '../../architecture/source-files.ts';

const runbook = readFileSync(`${PROJECT}/docs/runbook.md`, 'utf8');
const rows = runbook.split('# Errors by code')[1]?.match(/^\| `.+$/gm) ?? [];
const listed = rows.flatMap((row) => {
  const [, codes = '', advice = ''] = row.split(/(?<!\\)\|/);
  return [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => ({ code, advice: advice.trim() }));
});
const codes = listed.map(({ code }) => code);

const product = sourceFiles.filter(({ path }) => /^(lib|functions)\//.test(path));
const found = (paths: RegExp, pattern: RegExp): string[] =>
  product
    .filter(({ path }) => paths.test(path))
    .flatMap(({ code }) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''));

/** Codes of the doctor's own checks. */
const doctors = [
  ...found(/^lib\/doctor\/checks\//, /\b(?:failed|warning)\(\s*[^,]+,\s*'(\w+)'/g),
  ...found(/^lib\/doctor\/checks\/rbac/, /'((?:Rbac|PodFence|FlowSchema)\w+)'/g),
];
/** Codes that every caller of AWS, and of the API server, may get. */
const callers = [
  ...found(/^lib\/adapters\/aws\/(errors|eks-error-codes)\.ts$/, /\bcode: '(\w+)'/g),
  ...found(
    /^lib\/adapters\/kube\/kube-errors\.ts$/,
    /(?:error\(|DovetailError\(|\? error\(|: error\()\s*'(\w+)'/g,
  ),
];
/** Of the troubles that are tried in this folder. */
const tried = [
  ...['CredentialsMissing', 'RegionMissing', 'ClusterNotFound', 'AuthenticationModeUnsupported'],
  ...['EndpointUnreachable', 'Unauthorized', 'Forbidden', 'SubnetsMissing', 'AmiAliasUnknown'],
  ...['VcpuLimitExceeded', 'ConcurrencyLow', 'NewerSchema', 'DeadLetters'],
];

describe("the runbook's table of codes", () => {
  it.each([
    ['the doctor', doctors, 20],
    ['the adapters', callers, 25],
    ['tests of trouble', tried, 13],
  ])('has every code of %s', (_, wanted, atLeast) => {
    expect(new Set(wanted).size).toBeGreaterThanOrEqual(atLeast);
    expect([...new Set(wanted)].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it('has no code that nothing gives', () => {
    const text = product.map(({ code }) => code).join('\n');
    expect(codes.filter((code) => !new RegExp(`['\\s]${code}[':\\s]`).test(text))).toEqual([]);
  });

  it('has each code once, with what to do', () => {
    expect(codes).toEqual([...new Set(codes)]);
    expect(listed.filter(({ advice }) => advice.length < 10)).toEqual([]);
  });

  it('links only to sections that there are', () => {
    const links = rows.flatMap((row) => [...row.matchAll(/\(#([a-z-]+)\)/g)].map((match) => match[1] ?? ''));
    const sections = [...runbook.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !sections.includes(link))).toEqual([]);
  });
});
