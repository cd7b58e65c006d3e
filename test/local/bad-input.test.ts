// What `npm run local` says about bad input, as a user meets it: no stack trace, exit code 2, and what to change.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { argumentsOf } from '../../scripts/local/arguments.ts';
import { readScenario } from '../../scripts/local/documents.ts';
import { captureFunctionLogs } from '../../scripts/local/function-logs.ts';

function run(...args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/local/main.ts', ...args]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

describe('npm run local', () => {
  it('refuses what it does not know with how it is used', async () => {
    const { code, stderr } = await run('--kepe');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Unknown option '--kepe'.*\n\nnpm run local -- \[--scenario FILE\]/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    [['extra'], /^Unexpected argument 'extra'/],
    [['--scenario'], /^Option '--scenario <value>' argument missing/],
    [['--keep=yes'], /^Option '--keep' does not take an argument/],
  ])('refuses %j', (argv, problem) => {
    expect(() => argumentsOf(argv)).toThrow(expect.objectContaining({ code: 'ArgumentsInvalid' }));
    expect(() => argumentsOf(argv)).toThrow(problem);
  });

  it('takes every option', () => {
    expect(argumentsOf(['--as-on-aws', '--keep', '--logs', 'f', '--scenario', 's.yaml'])).toEqual({
      ...{ scenario: 's.yaml', keep: true, asOnAws: true, logs: 'f', help: false },
    });
  });

  it('names a scenario that cannot be read, and every problem of one that can', () => {
    expect(() => readScenario('nowhere.yaml')).toThrow(/^nowhere.yaml: cannot be read: ENOENT/);
    expect(() => readScenario('scenarios')).toThrow(/^scenarios: cannot be read: EISDIR/);
    const directory = mkdtempSync(join(tmpdir(), 'dovetail-test-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, 'pool.yaml');
    writeFileSync(path, 'apiVersion: karpenter.sh/v1\nkind: NodePool\n');
    expect(() => readScenario(path)).toThrow(expect.objectContaining({ code: 'ScenarioInvalid' }));
    expect(() => readScenario(path)).toThrow(/pool.yaml:2:7: want an object of .* kind Scenario/);
  });

  it('refuses a file for logs that cannot be written before anything starts', () => {
    const before = process.stdout.write;
    expect(() => captureFunctionLogs(() => {}, '/nowhere/functions.log')).toThrow(
      /^--logs \/nowhere\/functions.log: cannot be written: ENOENT/,
    );
    expect(process.stdout.write).toBe(before);
  });
});
