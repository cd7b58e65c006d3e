import { describe, expect, it } from 'vitest';
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../../lib/config/finding.ts';
import type { SourceFile } from '../../../lib/config/source.ts';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
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

const SCALE = 'scale: { deployment: inflate, replicas: 5 }';

const file = (name: string, text: string): SourceFile => ({ name, bytes: new TextEncoder().encode(text) });

const load = (text: string, documents = POOL): ScenarioRead =>
  loadScenario(file('s.yaml', text), {
    readRelative: (path) => (path === 'documents.yaml' ? file(path, documents) : undefined),
    catalogOf: (region) => (region === 'us-east-1' ? catalog : undefined),
    regions: EMBEDDED_REGIONS,
  });

const JOB = `---
apiVersion: batch/v1
kind: Job
metadata: { name: test, namespace: ci }
spec:
  suspend: true
  template:
    metadata: { labels: { app: test } }
    spec:
      nodeSelector: { kubernetes.io/arch: amd64, disk: fast }
      containers: [{ name: main, resources: { requests: { cpu: 100m, memory: 1Gi } } }]
`;

const ARRIVALS = `  arrivals:
    - file: jobs.csv
      job: test
      namespace: ci
`;
const ARRIVING = SCENARIO.replace('  events:', `${ARRIVALS}  events:`);

const loadArriving = (csv: string, text = ARRIVING): ScenarioRead =>
  loadScenario(file('s.yaml', text), {
    readRelative: (path) => ({ 'documents.yaml': file(path, POOL + JOB), 'jobs.csv': file(path, csv) })[path],
    catalogOf: () => catalog,
    regions: EMBEDDED_REGIONS,
  });

const errorsOf = (text: string, documents = POOL): string[] => {
  const read = load(text, documents);
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

  it("is compared with Karpenter's algorithm and has no moving market where nothing is said", () => {
    const read = load(SCENARIO);
    if (!read.ok) throw new Error('not read');
    const { scenario } = read.loaded;
    expect(scenario.compare).toEqual(['karpenter']);
    expect(scenario.policies).toEqual(DEFAULT_POLICIES);
    expect(scenario.spotMarket).toBeUndefined();
  });

  it('takes settings of the solver, comparisons and a spot market', () => {
    const settings = `  solver: { solver: greedy }
  compare: [inflexible]
  spotMarket: { every: 5m, vcpus: [2, 4] }
`;
    const read = load(SCENARIO.replace('  events:', `${settings}  events:`));
    if (!read.ok) throw new Error(read.findings.map(formatFinding).join());
    const { scenario } = read.loaded;
    expect(scenario.policies.solver.solver).toBe('greedy');
    expect(scenario.compare).toEqual(['inflexible']);
    expect(scenario.spotMarket).toEqual({
      everyMs: 300_000,
      rangePercent: 30,
      swingPercent: 5,
      vcpus: { min: 2, max: 4 },
      dryRate: 100,
      dryForMs: { min: 600_000, max: 3_600_000 },
    });
  });

  it.each([
    ['{ every: 5s }', 'want at least 1m', 'every'],
    ['{ vcpus: [4, 2] }', 'want the smaller number first', 'vcpus'],
    ['{ swing: 5 }', 'unknown field "swing"', 'swing'],
  ])('names what is wrong with the spot market %s', (market, message, field) => {
    const errors = errorsOf(SCENARIO.replace('  events:', `  spotMarket: ${market}\n  events:`));
    expect(errors.join()).toContain(message);
    expect(errors.join()).toContain(field);
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
    [
      'an unknown NodePool',
      [SCALE, 'loseInstance: { nodePool: generall }'],
      's.yaml:14:33: no NodePool "generall" among the documents; did you mean "general"?',
    ],
    [
      'an instance type that EC2 does not sell',
      [SCALE, 'market: { instanceType: r7a.meduim, instances: 0 }'],
      's.yaml:14:31: unknown instance type "r7a.meduim" in us-east-1; did you mean "r7a.medium"?',
    ],
    [
      'an instance type like no other',
      [SCALE, 'market: { instanceType: laptop, instances: 0 }'],
      's.yaml:14:31: unknown instance type "laptop" in us-east-1: want a type that EC2 sells there',
    ],
    [
      'a zone of another region',
      [SCALE, 'market: { zone: us-west-2a, instances: 0 }'],
      's.yaml:14:23: zone "us-west-2a" is not the cluster\'s; did you mean "us-east-1a"?',
    ],
    [
      'a zone of the region that the cluster is not in',
      [SCALE, 'market: { zone: us-east-1b, instances: 0 }'],
      's.yaml:14:23: zone "us-east-1b" is not the cluster\'s; did you mean "us-east-1a"?',
    ],
    [
      'more replicas than a run can hold',
      ['replicas: 5', 'replicas: 20001'],
      's.yaml:14:47: 20001 is too large: want at most 20000',
    ],
  ])('names the place of %s', (_, [from, to], expected) => {
    const errors = errorsOf(SCENARIO.replace(from ?? '', to ?? ''));
    expect(errors.some((error) => error.startsWith(expected))).toBe(true);
  });

  it('judges names and times although a field is misspelt', () => {
    const text = SCENARIO.replace('replicas: 5', 'replica: 5')
      .replace('region: us-east-1', 'region: us-eest-1')
      .replace('deployment: inflate', 'deployment: inflat')
      .replace('end: 1h30m', 'end: 10s');
    expect(errorsOf(text).map((error) => error.split(': ', 2).join(': '))).toEqual([
      's.yaml:8:13: no prices for region "us-eest-1"; did you mean "us-east-1"? (spec.cluster.region)',
      's.yaml:13:11: the event is after the end of the scenario (spec.events[0].at)',
      's.yaml:14:14: missing field',
      's.yaml:14:28: no Deployment "default/inflat" among the documents; did you mean "inflate"? (spec.events[0].scale.deployment)',
      's.yaml:14:36: unknown field "replica"; did you mean "replicas"? (spec.events[0].scale.replica)',
    ]);
  });

  it('says of an event that does not fit its form what its other names are', () => {
    const text = SCENARIO.replace(
      SCALE,
      'market: { instanceType: r7a.meduim, zone: us-west-2a, instances: many }',
    );
    expect(errorsOf(text)).toHaveLength(3);
  });

  it('finds nothing missing among documents that it could not read', () => {
    expect(errorsOf(SCENARIO.replace('file: documents', 'file: document'))).toEqual([
      's.yaml:11:13: cannot read "document.yaml": want a file beside the scenario (spec.documents[0].file)',
    ]);
    expect(errorsOf(SCENARIO, 'a: [').every((error) => error.startsWith('documents.yaml:'))).toBe(true);
    expect(errorsOf(SCENARIO.replace('  documents:', '  document:'))).toHaveLength(1);
  });

  it('takes a workload that is wrong in itself as being there', () => {
    const errors = errorsOf(SCENARIO, POOL.replace('cpu: 100m', 'cpu: 1x'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^documents\.yaml:\d+:\d+: .*1x/);
  });

  it('refuses more pods in all than a run can hold, at the event that asks for them', () => {
    const second = POOL.slice(POOL.lastIndexOf('---')).replace('name: inflate', 'name: other');
    const text = SCENARIO.replace(
      SCALE,
      `${SCALE}\n    - at: 1m\n      scale: { all: true, replicas: 10001 }`,
    );
    expect(errorsOf(text, `${POOL}${second}`)).toEqual([
      's.yaml:16:37: 20002 pods in all from here on: a scenario holds at most 20000, use fewer replicas (spec.events[1].scale.replicas)',
    ]);
    expect(load(text).ok).toBe(true);
  });

  it('refuses documents with more pods than a run can hold', () => {
    expect(errorsOf(SCENARIO, POOL.replace('replicas: 0', 'replicas: 20001'))).toEqual([
      expect.stringMatching(/^s\.yaml:11:5: 20001 pods in all from here on: .* at most 20000/),
    ]);
  });

  it.each([
    ['', 'the file is empty'],
    ['a: [', 'malformed YAML'],
    ['\0', 'the file is binary'],
  ])('refuses %j', (text, expected) => {
    expect(errorsOf(text).join()).toContain(expected);
  });
});

describe('jobs that arrive', () => {
  const CSV =
    'arrival_s,name,cpu,timeout,node_selector,count\n60 0.5,build,2,1h,kubernetes.io/arch=arm64,3\n30,,,5m,,\n';

  it('are runs of the named Job, in the order of time, with what their line says instead', () => {
    const read = loadArriving(CSV);
    expect(read.findings).toEqual([]);
    if (!read.ok) return;
    const { arrivals } = read.loaded.scenario;
    expect(arrivals.map(({ atMs, job }) => [atMs, job.name, job.replicas])).toEqual([
      [500, 'build-2', 3],
      [30_000, 'test-1', 1],
      [60_000, 'build-1', 3],
    ]);
    const [first, second] = arrivals;
    expect(first?.job).toMatchObject({ kind: 'Job', namespace: 'ci' });
    expect(first?.job.template.labels).toEqual({ app: 'test' });
    expect(first?.job.template.spec.nodeSelector).toEqual({ 'kubernetes.io/arch': 'arm64', disk: 'fast' });
    expect(first?.job.template.spec.requests).toMatchObject({ cpu: 2_000, memory: 1024 ** 3, pods: 1 });
    expect(second?.job.template.spec.requests['cpu']).toBe(100);
    expect(second?.job.template.spec.nodeSelector).toEqual({ 'kubernetes.io/arch': 'amd64', disk: 'fast' });
  });

  it('need no events beside them', () => {
    const text = `${ARRIVING.slice(0, ARRIVING.indexOf('  events:'))}  end: 1h\n`;
    expect(loadArriving(CSV, text).ok).toBe(true);
  });

  it.each([
    [
      'an unknown Job',
      ['job: test', 'job: tset'],
      's.yaml:14:12: no Job "ci/tset" among the documents; did you mean "test"?',
    ],
    [
      'a Job of another namespace',
      ['      namespace: ci\n', ''],
      's.yaml:14:12: no Job "default/test" among the documents',
    ],
    ['a missing file', ['jobs.csv', 'job.csv'], 's.yaml:13:13: cannot read "job.csv"'],
    [
      'a misspelt field',
      ['file: jobs', 'flie: jobs'],
      's.yaml:13:7: unknown field "flie"; did you mean "file"?',
    ],
    [
      'an arrival after the end',
      ['end: 1h30m', 'end: 40s'],
      'jobs.csv:2:1: arrival at 60 s is after the end of the scenario',
    ],
  ])('name the place of %s', (_, [from, to], expected) => {
    const read = loadArriving(CSV, ARRIVING.replace(from ?? '', to ?? ''));
    expect(read.ok).toBe(false);
    expect(read.findings.map(formatFinding).some((error) => error.startsWith(expected))).toBe(true);
  });

  it('come from files of limited size, which all of them together must not exceed either', () => {
    const half = 'arrival_s,count,duration\n0,60000,1m\n';
    expect(loadArriving(half).ok).toBe(true);
    const twice = ARRIVING.replace(ARRIVALS, `${ARRIVALS}${ARRIVALS.replace('  arrivals:\n', '')}`);
    expect(loadArriving(half, twice).findings.map(formatFinding)).toEqual([
      's.yaml:16:13: more than 100000 pods with this file and those before it: leave some out (spec.arrivals[1].file)',
    ]);
  });

  it('say why a file beside the scenario could not be read, where that is known', () => {
    const read = loadScenario(file('s.yaml', ARRIVING), {
      readRelative: (path) =>
        path === 'jobs.csv' ? { problem: 'jobs.csv: is a directory' } : file(path, POOL + JOB),
      catalogOf: () => catalog,
      regions: EMBEDDED_REGIONS,
    });
    expect(read.findings.map(formatFinding)).toEqual([
      's.yaml:13:13: cannot read "jobs.csv": want a file beside the scenario; jobs.csv: is a directory (spec.arrivals[0].file)',
    ]);
  });

  it('and nothing else that happens either is an error', () => {
    const text = `${SCENARIO.slice(0, SCENARIO.indexOf('  events:'))}  end: 1h\n`;
    expect(errorsOf(text)).toEqual([
      's.yaml:6:3: neither events nor arrivals: want something that happens (spec)',
    ]);
  });
});
