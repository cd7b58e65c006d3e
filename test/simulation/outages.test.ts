import { describe, expect, it } from 'vitest';
import { SERVICE_NAMES } from '../../lib/simulator/outages.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { busyScenario, smallCatalog } from '../support/sim-scenario.ts';
import { troubles } from './verdict.ts';

const MINUTE_MS = 60_000;

const cases = SERVICE_NAMES.flatMap((service) =>
  (['refused', 'lost'] as const).flatMap((answers) =>
    // Longer than a client token and a launch timeout; and a short one that a few retries outlive.
    [1, 7].map((minutes) => ({ service, answers, minutes })),
  ),
);

describe('an outage', () => {
  it.each(cases)(
    'of $service for $minutes min, answers $answers, breaks no property',
    async ({ service, answers, minutes }) => {
      for (const fromMs of [1_000, 61_500, 6 * MINUTE_MS + 1_400]) {
        const outages = [{ service, answers, fromMs, untilMs: fromMs + minutes * MINUTE_MS }];
        const summary = await simulate({
          scenario: { ...busyScenario(), outages },
          seed: 1,
          catalog: smallCatalog,
        });
        expect(troubles(summary)).toEqual([]);
        expect(summary.end).toEqual({ nodes: 0, instances: 0, claims: 0 });
      }
    },
  );
});
