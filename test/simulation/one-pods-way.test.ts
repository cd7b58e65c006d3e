import { describe, expect, it } from 'vitest';
import { decisionOf } from '../../lib/adapters/aws/events.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { shortScenario, smallCatalog } from '../support/sim-scenario.ts';

interface Told {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function eventsOfARun(): Promise<Told[]> {
  const told: Told[] = [];
  await simulate({
    ...{ scenario: shortScenario(), seed: 1, catalog: smallCatalog },
    trace: (line) => {
      const { kind, type, fields } = JSON.parse(line);
      if (kind === 'event') told.push({ type, fields });
    },
  });
  return told;
}

const shared = (a: unknown, b: unknown): boolean =>
  (a as readonly string[]).some((each) => (b as readonly string[]).includes(each));

describe('the events of one decision', () => {
  it('lead from the batch of pods over the plan to the fleet, with the time of every step', async () => {
    const events = await eventsOfARun();
    const answers = events.filter(({ type }) => type === 'FleetAnswered');
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) {
      const decision = decisionOf(answer.fields);
      const carriedOut = events.find(
        ({ type, fields }) => type === 'PlanCarriedOut' && decisionOf(fields) === decision,
      );
      const found = events.find(
        ({ type, fields }) =>
          type === 'PodsFound' && shared(fields['requests'], carriedOut?.fields['requests']),
      );
      const times = [
        ...['seenAtMs', 'closedAtMs', 'snapshotAtMs', 'sentAtMs'].map((name) => found?.fields[name]),
        ...['startedAtMs', 'plannedAtMs', 'committedAtMs'].map((name) => carriedOut?.fields[name]),
        ...['storedAtMs', 'askedAtMs', 'answeredAtMs'].map((name) => answer.fields[name]),
      ] as number[];
      expect(times.filter((time) => !Number.isInteger(time))).toEqual([]);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(carriedOut?.fields['launchesSentAtMs']).toBeGreaterThanOrEqual(times[6] ?? 0);
    }
  });

  it('carry its id wherever they speak of a plan, an order or a claim', async () => {
    const events = await eventsOfARun();
    const about = events.filter(({ fields }) => 'plan' in fields || 'order' in fields || 'claim' in fields);
    expect(about.length).toBeGreaterThan(10);
    expect(about.filter(({ fields }) => decisionOf(fields) === undefined)).toEqual([]);
    const plans = new Set(
      events.filter(({ type }) => type === 'PlanMade').map(({ fields }) => decisionOf(fields)),
    );
    expect(about.filter(({ fields }) => !plans.has(decisionOf(fields)))).toEqual([]);
  });
});
