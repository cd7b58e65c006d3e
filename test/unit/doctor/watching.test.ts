import { describe, expect, it } from 'vitest';
import { NAMESPACE } from '../../../cli/doctor/watching-facts.ts';
import { METRIC_NAMESPACE, METRICS } from '../../../functions/shared/metric-list.ts';
import { watchingChecks } from '../../../lib/doctor/checks/watching.ts';
import { known } from '../../../lib/doctor/reading.ts';
import { aDeployment, anError } from '../../support/doctor-facts.ts';
import { START_MS } from '../../support/memory-clock.ts';

const checks = (overrides: Parameters<typeof aDeployment>[0]) =>
  watchingChecks(aDeployment(overrides), START_MS).filter(({ state }) => state !== 'ok');

describe('what CloudWatch has noticed', () => {
  it('is each alarm that rings, with its section of the runbook', () => {
    const description = 'Dovetail shop: pods get no nodes. What to do: docs/runbook.md#poller-silent';
    const ringing = { name: 'PollerSilent', description, sinceMs: START_MS - 300_000 };
    expect(checks({ ringingAlarms: known([ringing]) })).toEqual([
      {
        name: 'alarm PollerSilent',
        state: 'warning',
        code: 'AlarmRinging',
        message: `rings for 5 min: ${description}`,
      },
    ]);
  });

  it('is what nothing was done about within a day', () => {
    const counted = [
      { of: 'AWS Health Event', count: 3 },
      { of: 'Capacity Block Reservation Expiration Warning', count: 1 },
    ];
    expect(checks({ eventsNotRead: known(counted) })).toMatchObject([
      { name: 'events', code: 'EventsNotRead' },
    ]);
    expect(checks({ eventsNotRead: known(counted) })[0]?.message).toContain(
      '3 × AWS Health Event, 1 × Capacity Block Reservation Expiration Warning',
    );
    expect(checks({ messagesRefused: known([{ of: 'NewerSchema', count: 2 }]) })).toMatchObject([
      { name: 'messages refused', code: 'MessagesRefused' },
    ]);
    const unreadable = checks({ messagesUnreadable: known([{ of: '', count: 7 }]) });
    expect(unreadable).toMatchObject([{ name: 'messages unreadable', code: 'MessagesUnreadable' }]);
    expect(unreadable[0]?.message).toContain('7 within the last day');
  });

  it('is no failure where one may not look', () => {
    const denied = anError('AccessDenied');
    const all = checks({
      ringingAlarms: denied,
      eventsNotRead: denied,
      messagesRefused: denied,
      messagesUnreadable: denied,
    });
    expect(all.map(({ state }) => state)).toEqual(['warning', 'warning', 'warning', 'warning']);
  });

  it('is looked for where the functions publish it', () => {
    expect(NAMESPACE).toBe(METRIC_NAMESPACE);
    expect(Object.keys(METRICS)).toEqual(
      expect.arrayContaining(['EventsNotRead', 'MessagesRefused', 'MessagesUnreadable']),
    );
  });
});
