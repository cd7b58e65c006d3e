/**
 * Disruption budgets of a NodePool. Source: karpenter `pkg/apis/v1/nodepool.go` (`Budget`).
 */
import * as z from 'zod';
import { parseDuration } from '../model/duration.ts';
import type { DisruptionBudget } from '../model/node-pool.ts';
import { checkedObject, type Problem, strict, textOrNumber } from './kit.ts';
import { parseSchedule } from './schedule.ts';

export const DEFAULT_BUDGET_NODES: DisruptionBudget['nodes'] = { kind: 'percent', percent: 10 };

const budgetNodes = textOrNumber.transform((written, context): DisruptionBudget['nodes'] => {
  const text = String(written);
  const percent = /^(100|\d{1,2})%$/.exec(text)?.[1];
  if (percent !== undefined) return { kind: 'percent', percent: Number(percent) };
  if (!/^\d{1,9}$/.test(text)) {
    const message = `invalid number of nodes ${JSON.stringify(written)}: want a whole number such as "5", or a share from "0%" to "100%"`;
    context.issues.push({ code: 'custom', message, input: written });
  }
  return { kind: 'count', count: Number(text) };
});

const schedule = z.string().transform((text, context) => {
  const result = parseSchedule(text);
  if (result.ok) return result.schedule;
  context.issues.push({ code: 'custom', message: result.message, input: text });
  return text;
});

/** Cron knows no seconds; a last `0s` is how Go prints a duration. */
const budgetDuration = textOrNumber.transform((written, context): number => {
  const text = String(written);
  const result = /^(\d+[hm]|\d+h\d+m)(0s)?$/.test(text) ? parseDuration(text) : undefined;
  if (result?.ok === true && result.durationMs !== null) return result.durationMs;
  const message =
    result?.ok === false
      ? result.message.replace(', or Never', '')
      : `invalid duration ${JSON.stringify(text)}: a budget's is in hours, minutes or both, such as 8h, 30m or 1h30m`;
  context.issues.push({ code: 'custom', message, input: written });
  return 0;
});

export const budgetSchema = checkedObject(
  strict({
    nodes: budgetNodes.default(DEFAULT_BUDGET_NODES),
    reasons: z
      .array(z.enum(['Underutilized', 'Empty', 'Drifted']))
      .max(50)
      .exactOptional(),
    schedule: schedule.exactOptional(),
    duration: budgetDuration.exactOptional(),
  }),
  (budget) => [
    ...pairedProblem(budget, 'schedule', 'duration', 'say for how long each time holds'),
    ...pairedProblem(budget, 'duration', 'schedule', 'say when it begins'),
    ...repeatedReasons(budget['reasons']),
  ],
);

function repeatedReasons(reasons: unknown): Problem[] {
  const list: readonly unknown[] = Array.isArray(reasons) ? reasons : [];
  return list.flatMap((reason, index) =>
    list.indexOf(reason) === index
      ? []
      : [{ path: ['reasons', index], message: `duplicate reason ${String(reason)}: keep one of them` }],
  );
}

function pairedProblem(
  budget: Readonly<Record<string, unknown>>,
  present: string,
  missing: string,
  advice: string,
): Problem[] {
  if (!(present in budget) || missing in budget) return [];
  return [
    { path: [present], message: `"${present}" needs a "${missing}" beside it: ${advice}, or remove it` },
  ];
}

export const budgetModel = ({
  duration: durationMs,
  ...budget
}: z.output<typeof budgetSchema>): DisruptionBudget => ({
  ...budget,
  ...(durationMs === undefined ? {} : { durationMs }),
});
