import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../lib/config/schedule.ts';

describe('schedules of disruption budgets', () => {
  it.each([
    ['0 9 * * mon-fri', '0 9 * * 1-5'],
    ['*/5 * * * *', '*/5 * * * *'],
    ['5/15 0 1,15 JAN ?', '5-59/15 0 1,15 1 *'],
    ['0 0 * * SUN', '0 0 * * 0'],
    ['  0   22  *  *  * ', '0 22 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@yearly', '0 0 1 1 *'],
    ['00 09 * * *', '0 9 * * *'],
    ['*/1 2-4/1 * * *', '* 2-4/1 * * *'],
    ['*/90 0-4/9 * * *', '0 0 * * *'],
    // A star anywhere means any day where the two day fields are joined.
    ['0 0 *,5 * 1', '0 0 * * 1'],
    ['0 0 29 2 *', '0 0 29 2 *'],
  ])('reads %j as %j', (text, schedule) => {
    expect(parseSchedule(text)).toEqual({ ok: true, schedule });
  });

  it.each([
    ['0 0 L * *', 'day of month "L"'],
    ['0 9 * * sat-sun', 'a step of these: it ends before it begins, write sat,sun or two ranges'],
    ['0 0 * * 5#2', 'day of week "5#2"'],
    ['0 0 15W * *', 'day of month "15W"'],
    ['0 0 * * 7', 'day of week "7"'],
    ['60 * * * *', 'minute "60" is not *, a number from 0 to 59'],
    ['* 5-3 * * *', 'hour "5-3"'],
    ['*/0 * * * *', 'minute "*/0"'],
    ['1,, * * * *', 'minute "1,,"'],
    ['0 0 0 * * *', 'want five fields (minute hour day-of-month month day-of-week), found 6'],
    ['', 'found 1'],
    ['@every 1h', 'want one of @hourly'],
    ['@Daily', 'want one of @hourly'],
    ['0 0 31 2 *', 'no month has that day'],
    ['TZ=UTC 0 0 * * *', 'found 6'],
  ])('refuses %j, which Karpenter refuses too', (text, why) => {
    const result = parseSchedule(text);
    expect(result.ok ? '' : result.message).toContain(why);
  });
});
