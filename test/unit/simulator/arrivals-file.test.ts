import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../../lib/config/finding.ts';
import { type ArrivingJob, readArrivals } from '../../../lib/simulator/arrivals-file.ts';
import { ciDayArrivals } from '../../../scripts/ci-day/arrivals.ts';

const MINUTE_MS = 60_000;
const GIB = 1024 ** 3;

const read = (text: string, endMs?: number) =>
  readArrivals({ name: 'jobs.csv', bytes: new TextEncoder().encode(text) }, endMs);

function jobsOf(text: string): readonly ArrivingJob[] {
  const { jobs, findings } = read(text);
  expect(findings).toEqual([]);
  return jobs;
}

const errorsOf = (text: string, endMs?: number): string[] => read(text, endMs).findings.map(formatFinding);

const HEADER = 'arrival_s,name,cpu,memory,timeout';

describe('a file of arriving jobs', () => {
  it('has one job per line, its columns in any order, comments and blank lines aside', () => {
    const text = [
      '# where it is from',
      'timeout,node_selector,arrival_s,count,memory,cpu,name',
      '',
      '90m,kubernetes.io/arch=arm64;disk=fast,0 60.5 3600,3,6Gi,2500m,build',
    ].join('\r\n');
    expect(jobsOf(text)).toEqual([
      {
        name: 'build',
        arrivalsMs: [0, 60_500, 3_600_000],
        requests: { cpu: 2_500, memory: 6 * GIB },
        count: 3,
        runTime: { kind: 'drawn', medianMs: 30 * MINUTE_MS, longestMs: 90 * MINUTE_MS },
        nodeSelector: { 'kubernetes.io/arch': 'arm64', disk: 'fast' },
      },
    ]);
  });

  it('leaves to the Job document what a line does not say', () => {
    const [job] = jobsOf('arrival_s,name,cpu,duration\n5,,,90s');
    expect(job).toEqual({
      name: undefined,
      arrivalsMs: [5_000],
      requests: {},
      count: 1,
      runTime: { kind: 'exact', durationMs: 90_000 },
      nodeSelector: {},
    });
  });

  it('takes a duration beside a timeout as the median', () => {
    const [job] = jobsOf('arrival_s,duration,timeout\n5,10m,1h');
    expect(job?.runTime).toEqual({ kind: 'drawn', medianMs: 10 * MINUTE_MS, longestMs: 60 * MINUTE_MS });
  });

  it.each([
    [
      'an unknown column',
      'arrival_s,memroy,timeout',
      'jobs.csv:1:11: unknown column "memroy"; did you mean "memory"?',
    ],
    ['a column twice', 'arrival_s,cpu,cpu,timeout', 'jobs.csv:1:15: second column cpu: keep one'],
    ['no arrivals', 'name,timeout', 'jobs.csv:1:1: no column arrival_s'],
    ['no run time', 'arrival_s,name', 'jobs.csv:1:1: neither a column duration nor timeout'],
    ['no jobs', HEADER, 'jobs.csv:1:1: no jobs in the file'],
    ['nothing', '', 'jobs.csv:1:1: the file is empty'],
    ['too few cells', `${HEADER}\n5,a,1,1Gi`, 'jobs.csv:2:1: 4 cells, but the header names 5 columns'],
    ['quotes', `${HEADER}\n5,"a",1,1Gi,1h`, 'jobs.csv:2:3: quotes are not understood here'],
    ['quotes in the header', '"arrival_s",timeout\n5,1h', 'jobs.csv:1:1: quotes are not understood here'],
    ['one bad arrival of several', `${HEADER}\n5  soon 7,a,1,1Gi,1h`, 'jobs.csv:2:4: invalid arrival "soon"'],
    ['no arrival', `${HEADER}\n ,a,1,1Gi,1h`, 'jobs.csv:2:2: no arrival'],
    ['an arrival in another notation', `${HEADER}\n1e1,a,1,1Gi,1h`, 'jobs.csv:2:1: invalid arrival "1e1"'],
    ['a bad arrival', `${HEADER}\nsoon,a,1,1Gi,1h`, 'jobs.csv:2:1: invalid arrival "soon"'],
    ['a negative arrival', `${HEADER}\n-5,a,1,1Gi,1h`, 'jobs.csv:2:1: invalid arrival "-5"'],
    ['a bad name', `${HEADER}\n5,A_b,1,1Gi,1h`, 'jobs.csv:2:3: invalid name "A_b"'],
    ['a long name', `${HEADER}\n5,${'a'.repeat(53)},1,1Gi,1h`, 'jobs.csv:2:3: invalid name'],
    ['a bad quantity', `${HEADER}\n5,a, 1x,1Gi,1h`, 'jobs.csv:2:6: invalid quantity "1x"'],
    ['a bad timeout', `${HEADER}\n5,a,1,1Gi,1 hour`, 'jobs.csv:2:11: invalid duration "1 hour"'],
    ['an endless job', `${HEADER}\n5,a,1,1Gi,Never`, 'jobs.csv:2:11: invalid duration "Never"'],
    ['a job without an end', `${HEADER}\n5,a,1,1Gi,`, 'jobs.csv:2:11: neither duration nor timeout'],
    ['a bad count', 'arrival_s,count,timeout\n5,0,1h', 'jobs.csv:2:3: invalid count "0"'],
    [
      'a count beyond the limit',
      'arrival_s,count,timeout\n5,1000000,1h',
      'jobs.csv:2:3: invalid count "1000000": want a whole number of pods, at least 1 and at most 100000',
    ],
    [
      'a selector that contradicts itself',
      'arrival_s,timeout,node_selector\n5,1h,disk=ssd;disk=hdd',
      'jobs.csv:2:6: node selector wants disk=ssd and disk=hdd: keep one',
    ],
    [
      'a bad selector',
      'arrival_s,timeout,node_selector\n5,1h,arm64',
      'jobs.csv:2:6: invalid node selector "arm64"',
    ],
    [
      'an arrival after the end',
      `${HEADER}\n5 61,a,1,1Gi,1h`,
      'jobs.csv:2:3: arrival at 61 s is after the end',
    ],
  ])('names the place of %s', (_, text, expected) => {
    const errors = errorsOf(text, MINUTE_MS);
    expect(errors.filter((error) => error.startsWith(expected))).toHaveLength(1);
  });

  it('tells all that is wrong at once', () => {
    expect(errorsOf(`${HEADER}\nsoon,a,1x,1Gi,1h\n5,a,1,1Gi,1h\n6,A,1,1Gi,`)).toHaveLength(4);
  });

  it('reads on after a header with quotes, and does not tell of a column again that the header lacks', () => {
    expect(errorsOf('"arrival_s","timeout"\n5,1h')).toHaveLength(1);
    expect(errorsOf('name,timeout\na,1h\nb,1h')).toHaveLength(1);
  });

  it('has lines that end as any system ends them, and may start with a byte order mark', () => {
    const lines = ['\uFEFFarrival_s,timeout', '  # a comment', '7 5,1h', ''];
    for (const end of ['\n', '\r\n', '\r']) {
      expect(jobsOf(lines.join(end)).map(({ arrivalsMs }) => arrivalsMs)).toEqual([[7_000, 5_000]]);
    }
  });

  it('tells the first hundred problems and counts the others', () => {
    const bad = Array.from({ length: 200_000 }, () => 'x,1h').join('\n');
    const errors = errorsOf(`arrival_s,timeout\n${bad}`);
    expect(errors).toHaveLength(101);
    expect(errors.at(-1)).toBe('jobs.csv:102:1: 199900 more problems in this file from here on');
    expect(errorsOf(`arrival_s,timeout\n${'x '.repeat(200_000)},1h`)).toHaveLength(101);
  });

  it('says once where it becomes too large', () => {
    const text = ['arrival_s,count,timeout', '1,99999,1h', '2,2,1h', '3,1,1h'].join('\n');
    expect(errorsOf(text)).toEqual(['jobs.csv:3:1: more than 100000 pods from here on: take the file apart']);
  });
});

const TRACE = new URL('../../../../shared/data/traces/k8s-prow-periodics-24h.csv', import.meta.url);
const arrivals = (): string =>
  readFileSync(new URL('../../../scenarios/ci-day/arrivals.csv', import.meta.url), 'utf8');

describe("the day of CI's arrivals", () => {
  it('are 8,223, say where they are from, and never run into the next run of their job', () => {
    const text = arrivals();
    expect(text).toContain('kubernetes/test-infra');
    expect(text).toContain('Apache License 2.0');
    const jobs = jobsOf(text);
    expect(jobs.flatMap(({ arrivalsMs }) => arrivalsMs)).toHaveLength(8_223);
    for (const { arrivalsMs, runTime } of jobs) {
      const longestMs = runTime.kind === 'drawn' ? runTime.longestMs : 0;
      const gaps = arrivalsMs.slice(1).map((atMs, index) => atMs - (arrivalsMs[index] ?? 0));
      expect(Math.min(...gaps, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(longestMs);
    }
  });

  it.skipIf(!existsSync(TRACE))(
    'are what the script makes of the trace, byte for byte (needs ../shared)',
    () => {
      const isFresh = ciDayArrivals(readFileSync(TRACE, 'utf8')) === arrivals();
      expect(isFresh, 'scenarios/ci-day/arrivals.csv is stale: run scripts/build-ci-day.ts').toBe(true);
    },
  );
});
