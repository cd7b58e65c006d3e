import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { METRIC_NAMESPACE, METRICS } from '../../../functions/shared/metric-list.ts';
import { decisionOf, LogEvents } from '../../../lib/adapters/aws/events.ts';
import { EmfMetrics } from '../../../lib/adapters/aws/metrics.ts';

const ROOT = new URL('../../../', import.meta.url);

/** Names that code counts or observes. */
function namesIn(folder: string): string[] {
  const files = readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(new URL(`${folder}/${file}`, ROOT), 'utf8').matchAll(
        /metrics\.(?:count|observe)\(\s*(?:\w+ \? )?'(\w+)'(?: : '(\w+)')?/g,
      ),
    ])
    .flatMap(([, first, second]) => [first, second])
    .filter((name) => name !== undefined);
}

describe('metrics', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function written(record: (metrics: EmfMetrics) => void): Record<string, unknown>[] {
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    record(new EmfMetrics({ namespace: METRIC_NAMESPACE, installation: 'prod-1a2b', definitions: METRICS }));
    vi.restoreAllMocks();
    return lines.map((line) => JSON.parse(line));
  }

  it('are all in the list of what is paid for', () => {
    const names = [...namesIn('lib/control'), ...namesIn('functions')];
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !(name in METRICS))).toEqual([]);
  });

  it('are all counted or observed somewhere', () => {
    const used = new Set([...namesIn('lib/control'), ...namesIn('functions')]);
    expect(Object.keys(METRICS).filter((name) => !used.has(name))).toEqual([]);
  });

  it('are written at once as embedded metrics, with the stated dimensions alone', () => {
    const [line, ...others] = written((metrics) =>
      metrics.observe('Nodes', 3, { nodePool: 'general', capacityType: 'spot', zone: 'us-east-1a' }),
    );
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Dovetail',
            Dimensions: [['service', 'nodePool', 'capacityType']],
            Metrics: [{ Name: 'Nodes', Unit: 'Count' }],
          },
        ],
      },
      service: 'prod-1a2b',
      nodePool: 'general',
      capacityType: 'spot',
      Nodes: 3,
    });
    expect(line).not.toHaveProperty('zone');
  });

  it('that nobody stated are not written', () => {
    expect(written((metrics) => metrics.count('Surprise', 1))).toEqual([]);
  });
});

describe('logs', () => {
  it.each([
    [{ plan: 'p0123456789abcdef' }, '01234567'],
    [{ order: 'p0123456789abcdef-2', claim: 'general-ffffffff-0' }, '01234567'],
    [{ claim: 'general-01234567-10' }, '01234567'],
    [{ claim: 'restored' }, undefined],
    [{ podUid: 'x' }, undefined],
  ])('of %j carry decision %s', (fields, decision) => {
    expect(decisionOf(fields)).toBe(decision);
  });

  it('are one line per event, with its fields', () => {
    const lines: unknown[] = [];
    const events = new LogEvents({ info: (...line: unknown[]) => void lines.push(line) });
    events.emit({ type: 'NodeDraining', message: 'node is closed', fields: { claim: 'general-01234567-0' } });
    expect(lines).toEqual([
      ['node is closed', { claim: 'general-01234567-0', type: 'NodeDraining', decision: '01234567' }],
    ]);
  });
});
