/**
 * Schedules of disruption budgets: five cron fields in UTC or a macro, exactly what Karpenter's parser (robfig/cron's
 * standard one) takes. croner, which runs them, reads more (`L`, `#`, seconds) and some of it differently, so the
 * fields are checked here and handed on in a form both read alike.
 * Source: https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
 */
import { Cron } from 'croner';

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@annually': '0 0 1 1 *',
  '@yearly': '0 0 1 1 *',
};

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 6, words: DAYS },
];

export type ScheduleResult =
  | { readonly ok: true; readonly schedule: string }
  | { readonly ok: false; readonly message: string };

/** Checks a schedule; `schedule` is the same times in plain five-field form. */
export function parseSchedule(text: string): ScheduleResult {
  const refuse = (why: string): ScheduleResult => ({
    ok: false,
    message: `invalid schedule ${JSON.stringify(text)}: ${why}`,
  });
  if (text.startsWith('@')) {
    const schedule = MACROS[text];
    return schedule === undefined
      ? refuse(`want one of ${Object.keys(MACROS).join(', ')}`)
      : { ok: true, schedule };
  }
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return refuse(`want five fields (minute hour day-of-month month day-of-week), found ${parts.length}`);
  }
  const fields: string[] = [];
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? '';
    const entries = part.split(',').map((entry) => plainEntry(entry, field));
    if (entries.includes(undefined)) {
      return refuse(
        `${field.name} ${JSON.stringify(part)} is not *, a number from ${field.min} to ${field.max}, a range or a step of these${backwardsHint(part, field)}`,
      );
    }
    // A star among other entries still counts as "any" where Karpenter's parser joins day of month and day of week.
    fields.push(entries.includes('*') ? '*' : entries.join(','));
  }
  const schedule = fields.join(' ');
  try {
    const first = new Cron(schedule, { paused: true, timezone: 'UTC' }).nextRun(new Date(0));
    return first === null ? refuse('no month has that day: correct the day') : { ok: true, schedule };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** `sat-sun`: weeks begin on Sunday, so the range has no end. */
function backwardsHint(part: string, field: Field): string {
  const [, from, to] = /^(\w+)-(\w+)$/.exec(part) ?? [];
  const [start, end] = [from, to].map((text) => numberOf(text ?? '', field));
  return start !== undefined && end !== undefined && end < start
    ? `: it ends before it begins, write ${from},${to} or two ranges`
    : '';
}

/** One entry of a comma list in numbers, with the end of an open step written out; undefined when it is not valid. */
function plainEntry(entry: string, field: Field): string | undefined {
  const match = /^(\*|\?|(\w+)(?:-(\w+))?)(?:\/(\d{1,9}))?$/.exec(entry);
  if (match === null) return undefined;
  const [, base, startText, endText, stepText] = match;
  const step = stepText === undefined ? undefined : Number(stepText);
  if (step === 0) return undefined;
  if (base === '*' || base === '?') {
    return step === undefined || step === 1 ? '*' : stepped('*', field.min, field.max, step);
  }
  const start = numberOf(startText ?? '', field);
  const end = endText === undefined ? start : numberOf(endText, field);
  if (start === undefined || end === undefined || end < start) return undefined;
  if (step === undefined) return endText === undefined ? `${start}` : `${start}-${end}`;
  const last = endText === undefined ? field.max : end;
  return stepped(`${start}-${last}`, start, last, step);
}

/** A step beyond the range hits its start alone; croner refuses to read it. */
const stepped = (range: string, start: number, end: number, step: number): string =>
  step > end - start ? `${start}` : `${range}/${step}`;

function numberOf(text: string, field: Field): number | undefined {
  const word = field.words.indexOf(text.toUpperCase());
  if (word >= 0) return word + field.min;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : undefined;
}
