// The first 40 minutes of the day of CI, with what happens later in the day brought forward: dry pools and lost instances.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ControlDeps } from '../../lib/control/deps.ts';
import { isGood, type SimulationSummary } from '../../lib/report/simulation-summary.ts';
import type { Scenario, ScenarioEvent } from '../../lib/simulator/scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { scenarioFile } from '../support/scenario-files.ts';
import { troubles } from './verdict.ts';

const MINUTE_MS = 60_000;
const MORNING_MS = 40 * MINUTE_MS;

const { scenario: wholeDay, catalog } = scenarioFile('ci-day');

const dry = (minute: number, instances: number): ScenarioEvent => ({
  atMs: minute * MINUTE_MS,
  kind: 'market',
  match: { capacityType: 'spot' },
  instances,
});

/** Jobs of minutes instead of hours, so that the end comes soon. */
function morning(): Scenario {
  return {
    ...wholeDay,
    arrivals: wholeDay.arrivals
      .filter(({ atMs }) => atMs < MORNING_MS)
      .map((arrival) => ({
        ...arrival,
        runTime: { kind: 'drawn', medianMs: 8 * MINUTE_MS, longestMs: 30 * MINUTE_MS },
      })),
    events: [dry(10, 0), dry(15, 100), { atMs: 20 * MINUTE_MS, kind: 'lose', nodePool: 'spot', count: 2 }],
    endMs: 3 * 60 * MINUTE_MS,
  };
}

describe('the day of CI', () => {
  it('has 8,223 jobs', () => {
    expect(wholeDay.arrivals).toHaveLength(8_223);
  });
});

describe('a morning of CI', () => {
  let summary: SimulationSummary;
  const printed: string[] = [];
  const scenario = morning();
  const short = { ...scenario, arrivals: scenario.arrivals.slice(0, 20), events: [], endMs: 60 * MINUTE_MS };

  beforeAll(async () => {
    summary = await simulate({ scenario, seed: 1, catalog, print: (line) => printed.push(line) });
  }, 60_000);

  it('runs every job to its end, those of a lost instance again, and ends at zero', () => {
    expect(troubles(summary)).toEqual([]);
    expect(isGood(summary)).toBe(true);
    expect(summary.end).toEqual({ nodes: 0, instances: 0, claims: 0 });
    const { pods, leaves } = summary.figures;
    expect(scenario.arrivals.length).toBeGreaterThan(200);
    expect(pods.completed).toBe(scenario.arrivals.length);
    expect(pods.cutShort).toBeGreaterThan(0);
    expect(pods.arrived).toBe(pods.completed + pods.cutShort);
    expect(leaves.map(({ name }) => name).sort()).toEqual(['Empty', 'InstanceTerminated']);
    expect(pods.pending?.maxMs).toBeLessThan(4 * MINUTE_MS);
  });

  it('works around dry spot pools with on-demand nodes, and the summary says so', () => {
    const { shortages, launches } = summary.figures;
    expect(launches.refusals.map(({ name }) => name)).toEqual(['InsufficientInstanceCapacity']);
    expect(shortages.length).toBeGreaterThan(0);
    for (const { capacityType, fromMs, untilMs, instead, meanwhile } of shortages) {
      expect(capacityType).toBe('spot');
      expect(fromMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
      expect(untilMs).toBeLessThanOrEqual(16 * MINUTE_MS);
      expect(instead.some(({ name }) => name.includes('on-demand'))).toBe(true);
      const others = meanwhile.find(({ name }) => name === 'on-demand')?.count ?? 0;
      expect(others).toBeGreaterThan(0);
    }
  });

  it('adds up: hours to the bill, nodes to what was launched', () => {
    const { hours, launches, nodes, vcpuHours } = summary.figures;
    const cost = hours.reduce((sum, hour) => sum + hour.costMicroUsd, 0);
    expect(Math.abs(cost - summary.money.totalMicroUsd)).toBeLessThan(1_000);
    expect(hours.reduce((sum, hour) => sum + hour.podsArrived, 0)).toBe(summary.figures.pods.arrived);
    expect(launches.instances).toBe(launches.byType.reduce((sum, { count }) => sum + count, 0));
    expect(nodes.peak).toBeGreaterThan(nodes.mean);
    expect(vcpuHours.requested).toBeGreaterThan(0.3 * vcpuHours.allocatable);
    expect(vcpuHours.requested).toBeLessThanOrEqual(vcpuHours.allocatable);
  });

  it('is told by the hour, not by the pod', () => {
    expect(printed.length).toBeLessThan(10);
    expect(printed[2]).toMatch(
      /^\[\+1:00:00\.000\] \d+ nodes?, \d+ pods? running and \d+ on their way; in this hour/,
    );
  });

  it('goes another way with another seed', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map((seed) => simulate({ scenario: short, seed, catalog })),
    );
    for (const each of [one, other]) expect(each === undefined ? ['no run'] : troubles(each)).toEqual([]);
    expect(other?.money.totalMicroUsd).not.toBe(one?.money.totalMicroUsd);
  }, 60_000);

  it('is noticed when nodes are never ended', async () => {
    const tamper = (ports: ControlDeps): ControlDeps => ({
      ...ports,
      fleet: Object.assign(Object.create(ports.fleet), {
        launch: ports.fleet.launch.bind(ports.fleet),
        describe: ports.fleet.describe.bind(ports.fleet),
        describeOwned: ports.fleet.describeOwned.bind(ports.fleet),
        describeAttempt: ports.fleet.describeAttempt.bind(ports.fleet),
        tag: ports.fleet.tag.bind(ports.fleet),
        terminate: async () => undefined,
      }),
    });
    expect(troubles(await simulate({ scenario: short, seed: 1, catalog, tamper }))).not.toEqual([]);
  }, 60_000);
});
