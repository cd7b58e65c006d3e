import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dovetail } from '../../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'dovetail-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WORKSHOP = 'scenarios/workshop.yaml';

describe('dovetail simulate', () => {
  it('tells the story, ends with its tables and exits 0', async () => {
    const { stdout, code } = await dovetail(['simulate', WORKSHOP]);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^Scenario workshop, seed 1\./);
    expect(stdout).toMatch(/^NAME +TYPE +CAPACITY +ZONE +NODE +READY/m);
    expect(stdout).toMatch(/At the end: +0 nodes, 0 instances, 0 claims/);
  });

  it('prints one JSON document with --json, the same for the same seed, and writes the trace as JSON lines', async () => {
    const trace = join(folder, 'run.jsonl');
    const first = await dovetail(['simulate', WORKSHOP, '--seed', '7', '--json', '--trace', trace]);
    const second = await dovetail(['simulate', WORKSHOP, '--seed', '7', '--json']);
    expect(first.code).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    expect(JSON.parse(first.stdout)).toMatchObject({ seed: 7 });
    const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1_000);
    for (const line of lines.slice(0, 50)) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('exits 1 when a pod is left without a place', async () => {
    const scenario = join(folder, 'giant.yaml');
    writeFileSync(
      scenario,
      `apiVersion: dovetail.sh/v1alpha1
kind: Scenario
metadata: { name: giant }
spec:
  cluster: { name: giant, region: us-east-1, zones: [us-east-1a] }
  documents:
    - file: ${relative(folder, 'scenarios/workshop/general-purpose.yaml')}
  events: [{ at: 10s, scale: { deployment: giant, replicas: 1 } }]
  end: 5m
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: giant }
spec:
  selector: { matchLabels: { app: giant } }
  template:
    metadata: { labels: { app: giant } }
    spec:
      containers: [{ name: main, image: main, resources: { requests: { cpu: "2000" } } }]
`,
    );
    const { stdout, code } = await dovetail(['simulate', scenario]);
    expect(stdout).toContain('default/giant');
    expect(code).toBe(1);
  });

  it('refuses to compare and not to compare at once, in either order', async () => {
    for (const both of [
      ['--compare', 'karpenter', '--no-compare'],
      ['--no-compare', '--compare', 'karpenter'],
    ]) {
      const { code, stdout, stderr } = await dovetail(['simulate', WORKSHOP, ...both]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('--compare: cannot be had together with --no-compare: give one of them');
    }
  });

  it("ends with what was saved against Karpenter's algorithm, and runs once with --no-compare", async () => {
    const { stdout } = await dovetail(['simulate', WORKSHOP]);
    expect(stdout).toMatch(/^The same run +this run +Karpenter's algorithm$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toContain("Karpenter's algorithm on the same run");
    const once = await dovetail(['simulate', WORKSHOP, '--no-compare', '--json', '--solver', 'greedy']);
    expect(JSON.parse(once.stdout)).toMatchObject({ others: [] });
    const twice = await dovetail(['simulate', WORKSHOP, '--compare', 'karpenter', '--json']);
    const [other] = JSON.parse(twice.stdout).others;
    expect(other).toMatchObject({ variant: 'karpenter' });
    expect(other.summary.money).toEqual(JSON.parse(once.stdout).money);
  });

  it('exits 2 when it shall compare with what there is not', async () => {
    const { code, stderr } = await dovetail(['simulate', WORKSHOP, '--compare', 'karpentr']);
    expect(code).toBe(2);
    expect(stderr).toContain('Unknown "karpentr": want one or more of karpenter, inflexible.');
  });

  it('exits 2 and names the place and the likely name when the scenario has a typo', async () => {
    const scenario = join(folder, 'typo.yaml');
    const text = readFileSync(WORKSHOP, 'utf8').replace('  cluster:', '  clutser:');
    writeFileSync(scenario, text);
    const { stdout, stderr, code } = await dovetail(['simulate', scenario]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/typo\.yaml:\d+:\d+: .*did you mean "?cluster"?/);
  });
});
