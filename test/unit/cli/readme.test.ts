import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dovetailHere } from '../../support/cli-here.ts';

/** Lines of the first block that begins so. */
function blockOf(markdown: string, first: string): string[] {
  const [, rest = ''] = markdown.split(`\`\`\`\n${first}`);
  return `${first}${rest.split('\n```')[0]}`.split('\n');
}

/** Milliseconds and ids of plans move with every change of the control code; what is said does not. */
const withoutMoment = (line: string): string =>
  line
    .replace(/^\[\+[\d:.]+\]/, '[+]')
    .replace(/-[0-9a-f]{8}-(\d+)/g, '-PLAN-$1')
    .replace(/\d+\.\ds\b/g, '0.0s');

/** Lines of `shown` that do not come in `printed` after the one before. */
function missingLines(shown: readonly string[], printed: readonly string[]): string[] {
  let from = 0;
  return shown.filter((line) => {
    const at = printed.indexOf(line, from);
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

describe('README', () => {
  it('shows what the demo prints, in its order, shortened at the dots', async () => {
    const shown = blockOf(readFileSync('README.md', 'utf8'), 'Scenario workshop,');
    const lines = shown.filter((line) => line !== '...').map(withoutMoment);
    expect(lines.length).toBeGreaterThan(30);
    const { code, stdout } = await dovetailHere('simulate', 'scenarios/workshop.yaml');
    expect(code).toBe(0);
    expect(missingLines(lines, stdout.split('\n').map(withoutMoment))).toEqual([]);
  });
});
