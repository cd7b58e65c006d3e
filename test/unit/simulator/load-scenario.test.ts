import { describe, expect, it } from 'vitest';
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../../lib/config/finding.ts';
import type { SourceFile } from '../../../lib/config/source.ts';
import { loadScenario, type ScenarioRead } from '../../../lib/simulator/load-scenario.ts';

const catalog = new EmbeddedCatalog('us-east-1');

const POOL = `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: general }
spec:
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements: [{ key: kubernetes.io/arch, operator: In, values: [amd64] }]
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: node
  amiSelectorTerms: [{ alias: al2023@latest }]
  subnetSelectorTerms: [{ tags: { a: b } }]
  securityGroupSelectorTerms: [{ tags: { a: b } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: inflate, namespace: default }
spec:
  replicas: 0
  selector: { matchLabels: { app: inflate } }
  template:
    metadata: { labels: { app: inflate } }
    spec:
      containers: [{ name: main, resources: { requests: { cpu: 100m } } }]
`;

const SCENARIO = `apiVersion: dovetail.sh/v1alpha1
kind: Scenario
metadata:
  name: test
spec:
  cluster:
    name: test
    region: us-east-1
    zones: [us-east-1a]
  documents:
    - file: documents.yaml
  events:
    - at: 30s
      scale: { deployment: inflate, replicas: 5 }
  end: 1h30m
`;

const file = (name: string, text: string): SourceFile => ({ name, bytes: new TextEncoder().encode(text) });

const load = (text: string): ScenarioRead =>
  loadScenario(file('s.yaml', text), {
    readRelative: (path) => (path === 'documents.yaml' ? file(path, POOL) : undefined),
    catalogOf: (region) => (region === 'us-east-1' ? catalog : undefined),
    regions: EMBEDDED_REGIONS,
  });

const errorsOf = (text: string): string[] => {
  const read = load(text);
  expect(read.ok).toBe(false);
  return read.findings.map(formatFinding);
};

describe('reading a scenario', () => {
  it('gives documents, events and limits', () => {
    const read = load(SCENARIO);
    expect(read.findings).toEqual([]);
    if (!read.ok) return;
    const { scenario } = read.loaded;
    expect(scenario.nodePools.map(({ name }) => name)).toEqual(['general']);
    expect(scenario.endMs).toBe(90 * 60_000);
    expect(scenario.cluster.zones).toEqual([{ name: 'us-east-1a', id: 'use1-az1' }]);
    expect(scenario.events).toMatchObject([{ atMs: 30_000, kind: 'scale', replicas: 5 }]);
  });

  it('takes documents from its own file too', () => {
    const own = `${SCENARIO.replace('  documents:\n    - file: documents.yaml\n', '')}---\n${POOL}`;
    const read = load(own);
    expect([read.ok, read.findings]).toEqual([true, []]);
  });

  it.each([
    [
      'a typo in a field',
      ['  end: 1h30m', '  ende: 1h30m'],
      's.yaml:15:3: unknown field "ende"; did you mean "end"?',
    ],
    [
      'a typo in a nested field',
      ['deployment:', 'deploymnt:'],
      's.yaml:14:16: unknown field "deploymnt"; did you mean "deployment"?',
    ],
    [
      'an unknown workload',
      ['deployment: inflate', 'deployment: inflat'],
      's.yaml:14:28: no Deployment "default/inflat" among the documents; did you mean "inflate"?',
    ],
    [
      'an unknown region',
      ['region: us-east-1', 'region: us-eest-1'],
      's.yaml:8:13: no prices for region "us-eest-1"; did you mean "us-east-1"?',
    ],
    ['an unknown zone', ['[us-east-1a]', '[us-east-1z]'], 's.yaml:9:13: unknown zone "us-east-1z"'],
    ['a missing file', ['file: documents', 'file: document'], 's.yaml:11:13: cannot read "document.yaml"'],
    ['a bad duration', ['at: 30s', 'at: soon'], 's.yaml:13:11: invalid duration "soon"'],
    [
      'an event after the end',
      ['end: 1h30m', 'end: 10s'],
      's.yaml:13:11: the event is after the end of the scenario',
    ],
    [
      'a wrong kind',
      ['kind: Scenario', 'kind: Scenrio'],
      's.yaml:2:7: want an object of apiVersion dovetail.sh/v1alpha1 and kind Scenario, found Scenrio',
    ],
  ])('names the place of %s', (_, [from, to], expected) => {
    const errors = errorsOf(SCENARIO.replace(from ?? '', to ?? ''));
    expect(errors.some((error) => error.startsWith(expected))).toBe(true);
  });

  it('tells everything that is wrong at once', () => {
    const text = SCENARIO.replace('deployment: inflate', 'deployment: other').replace(
      '[us-east-1a]',
      '[nowhere]',
    );
    expect(errorsOf(text)).toHaveLength(2);
  });

  it.each([
    ['', 'the file is empty'],
    ['a: [', 'malformed YAML'],
    ['\0', 'the file is binary'],
  ])('refuses %j', (text, expected) => {
    expect(errorsOf(text).join()).toContain(expected);
  });
});
