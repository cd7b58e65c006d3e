// What CloudWatch has noticed: alarms that ring, and what was counted as trouble within a day.
import { listed } from '../../model/listed.ts';
import type { CountedMetric, RingingAlarm } from '../../ports/diagnosis.ts';
import { type Check, ok, warning } from '../check.ts';
import type { DeployedFacts } from '../facts.ts';
import { checkedAside } from '../reading.ts';

export const COUNTED_MS = 24 * 3_600_000;

export const watchingChecks = (facts: DeployedFacts, nowMs: number): readonly Check[] => [
  ...checkedAside('alarms', facts.ringingAlarms, (ringing) =>
    ringing.length === 0 ? [ok('alarms', 'none rings')] : ringing.map((alarm) => ringingCheck(alarm, nowMs)),
  ),
  ...checkedAside('events', facts.eventsNotRead, (counted) => [eventsCheck(counted)]),
  ...checkedAside('messages refused', facts.messagesRefused, (counted) => [refusedCheck(counted)]),
  ...checkedAside('messages unreadable', facts.messagesUnreadable, (counted) => [unreadableCheck(counted)]),
];

/** The description names the section of docs/runbook.md. */
function ringingCheck({ name, description, sinceMs }: RingingAlarm, nowMs: number): Check {
  const since = sinceMs === undefined ? '' : ` for ${Math.round((nowMs - sinceMs) / 60_000)} min`;
  return warning(`alarm ${name}`, 'AlarmRinging', `rings${since}: ${description}`);
}

function eventsCheck(counted: readonly CountedMetric[]): Check {
  if (counted.length === 0) return ok('events', 'each of the last day named its instances');
  return warning(
    'events',
    'EventsNotRead',
    `of the last day, nothing was done about ${countsText(counted)}: they name no instance; read them in AWS Health`,
  );
}

function refusedCheck(counted: readonly CountedMetric[]): Check {
  const name = 'messages refused';
  if (counted.length === 0) return ok(name, 'none of the last day');
  const codes = countsText(counted);
  return warning(
    name,
    'MessagesRefused',
    `for good within the last day: ${codes}: look for the code in the logs`,
  );
}

function unreadableCheck(counted: readonly CountedMetric[]): Check {
  const name = 'messages unreadable';
  if (counted.length === 0) return ok(name, 'none of the last day');
  const count = counted.reduce((sum, one) => sum + one.count, 0);
  return warning(
    name,
    'MessagesUnreadable',
    `${count} within the last day: look for who else sends to the queues`,
  );
}

const countsText = (counted: readonly CountedMetric[]): string =>
  listed(counted.map(({ of, count }) => `${count} × ${of}`));
