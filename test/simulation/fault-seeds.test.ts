import { describe, expect, it } from 'vitest';
import type { ControlDeps } from '../../lib/control/deps.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { faultyScenario, shortScenario, smallCatalog } from '../support/sim-scenario.ts';
import { troubles } from './verdict.ts';

const SEEDS = 30;

describe('a mix of faults drawn from the seed', () => {
  it(`breaks no property in ${SEEDS} seeds`, async () => {
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const summary = await simulate({ scenario: faultyScenario(), seed, catalog: smallCatalog });
      for (const trouble of troubles(summary)) failures.push(`seed ${seed}: ${trouble}`);
    }
    expect(failures).toEqual([]);
  }, 240_000);
});

/** The ports with one method that fails as if its service were gone for good. */
const without =
  (port: 'plans' | 'claims' | 'cluster' | 'fleet' | 'launchQueue', method: string) =>
  (ports: ControlDeps): ControlDeps => {
    const broken = new Proxy(ports[port], {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (name !== method) return typeof member === 'function' ? member.bind(target) : member;
        return () =>
          Promise.reject(new DovetailError('Unavailable', `${port}.${method} is gone`, 'same-request'));
      },
    });
    return { ...ports, [port]: broken };
  };

describe('a system that cannot do its work', () => {
  it.each([
    ['plans', 'commit'],
    ['plans', 'putOrderIfAbsent'],
    ['claims', 'updateLaunched'],
    ['fleet', 'terminate'],
    ['cluster', 'changes'],
    ['cluster', 'patchNode'],
  ] as const)(
    'is noticed under faults and without when %s.%s always fails',
    async (port, method) => {
      const tamper = without(port, method);
      const calm = { ...shortScenario(), endMs: 60 * 60_000 };
      const faulty = { ...faultyScenario(), endMs: 80 * 60_000 };
      expect(
        troubles(await simulate({ scenario: calm, seed: 1, catalog: smallCatalog, tamper })),
      ).not.toEqual([]);
      for (const seed of [1, 2, 3]) {
        expect(
          troubles(await simulate({ scenario: faulty, seed, catalog: smallCatalog, tamper })),
        ).not.toEqual([]);
      }
    },
    120_000,
  );
});
