// What a simulation shows at its end, as data (`--json`) and as lines for people.
import { humanDuration } from './duration.ts';
import { type ClaimAtTime, nodeClaimTable } from './node-claim-table.ts';
import { type PlanFigures, planLines } from './plan-figures.ts';
import { figureLines, isLong, type RunFigures } from './run-figures.ts';

export interface SimulationSummary {
  readonly scenario: string;
  readonly seed: number;
  /** Cases per ten thousand, by fault. */
  readonly faultRates: Readonly<Record<string, number>>;
  /** Virtual time from start to end. */
  readonly durationMs: number;
  /** When most nodes were there. */
  readonly peak: { readonly afterMs: number; readonly claims: readonly ClaimAtTime[] };
  /** Every claim that ever lived, ended ones as they were before their end. */
  readonly claims: readonly ClaimAtTime[];
  readonly money: Money;
  readonly plans: PlanFigures;
  readonly pendingToRunning: Latencies;
  readonly adherence: Adherence;
  readonly end: { readonly nodes: number; readonly instances: number; readonly claims: number };
  readonly podsWithoutPlace: readonly { readonly pod: string; readonly reasons: readonly string[] }[];
  readonly checks: readonly CheckVerdict[];
  readonly deadLetters: number;
  /** Await points that function invocations passed. */
  readonly awaitPoints: number;
  readonly figures: RunFigures;
}

export interface Money {
  readonly totalMicroUsd: number;
  readonly byCapacityType: Readonly<Record<string, number>>;
  readonly overTime: CostCurve;
}

/** Money spent in each step of a run; the last one may be short. */
export interface CostCurve {
  readonly stepMs: number;
  readonly microUsd: readonly number[];
}

/** Of pods that ran and belong to no DaemonSet. Absent times mean that no pod ran. */
export interface Latencies {
  readonly pods: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** Of pods that a plan meant for a new node or one on its way; a pod planned again counts by its last plan. */
export interface Adherence {
  readonly plannedPods: number;
  readonly asPlanned: number;
  readonly elsewhere: number;
  readonly withoutRoom: number;
  readonly reasons: readonly { readonly reason: string; readonly pods: number }[];
}

export interface CheckVerdict {
  readonly property: string;
  readonly violations: readonly string[];
}

/** True when every check held and no pod is left without a place. */
export const isGood = (summary: SimulationSummary): boolean =>
  summary.podsWithoutPlace.length === 0 && summary.checks.every((check) => check.violations.length === 0);

/** Share of planned pods that ran where planned, in percent; 100 when nothing was planned. */
export const adherencePercent = ({ plannedPods, asPlanned }: Adherence): number =>
  plannedPods === 0 ? 100 : (100 * asPlanned) / plannedPods;

export function summaryLines(summary: SimulationSummary): string[] {
  if (isLong(summary.figures)) return longRunLines(summary, summary.figures);
  return [
    `NodeClaims at the peak, ${clockTime(summary.peak.afterMs)} after the start:`,
    ...nodeClaimTable(summary.peak.claims),
    '',
    `NodeClaims that lived (${summary.claims.length}), each as it was before its end:`,
    ...nodeClaimTable(summary.claims),
    '',
    ...factLines(summary),
    ...withoutPlaceLines(summary),
    '',
    ...checkLines(summary.checks),
  ];
}

/** A table of thousands of NodeClaims would say nothing; `--json` has them all. */
function longRunLines(summary: SimulationSummary, figures: RunFigures): string[] {
  const { durationMs, money, plans, adherence, end } = summary;
  return [
    `Time simulated:        ${clockTime(durationMs)}`,
    `Money spent:           ${moneyText(money)}`,
    ...planLines(plans),
    ...figureLines(figures),
    '',
    `Plan adherence:        ${adherenceText(adherence)}`,
    `At the end:            ${end.nodes} nodes, ${end.instances} instances, ${end.claims} claims`,
    ...withoutPlaceLines(summary),
    '',
    ...checkLines(summary.checks),
  ];
}

function moneyText({ totalMicroUsd, byCapacityType }: Money): string {
  const kinds = Object.entries(byCapacityType).map(([kind, amount]) => `${kind} ${usd(amount)}`);
  return `${usd(totalMicroUsd)}${kinds.length > 1 ? ` (${kinds.join(', ')})` : ''}`;
}

function factLines(summary: SimulationSummary): string[] {
  const { money, pendingToRunning, adherence, end } = summary;
  const { p50Ms, p99Ms } = pendingToRunning;
  const waits =
    p50Ms === undefined || p99Ms === undefined
      ? 'no pod ran'
      : `p50 ${seconds(p50Ms)}, p99 ${seconds(p99Ms)} (${pendingToRunning.pods} pods)`;
  return [
    `Time simulated:        ${clockTime(summary.durationMs)}`,
    `Money spent:           ${moneyText(money)}`,
    ...planLines(summary.plans),
    `Pending to running:    ${waits}`,
    `Plan adherence:        ${adherenceText(adherence)}`,
    ...adherence.reasons.map(({ reason, pods }) => `                       ${pods} × ${reason}`),
    `At the end:            ${end.nodes} nodes, ${end.instances} instances, ${end.claims} claims`,
  ];
}

function adherenceText(adherence: Adherence): string {
  const { plannedPods, asPlanned, elsewhere, withoutRoom } = adherence;
  const percent = adherencePercent(adherence).toFixed(1);
  const rest = `${elsewhere} elsewhere, ${withoutRoom} left without room`;
  return `${percent} % (${asPlanned} of ${plannedPods} planned pods on the node planned for them; ${rest})`;
}

function withoutPlaceLines({ podsWithoutPlace }: SimulationSummary): string[] {
  if (podsWithoutPlace.length === 0) return [];
  return [
    '',
    `Pods without a place (${podsWithoutPlace.length}):`,
    ...podsWithoutPlace.map(({ pod, reasons }) => `  ${pod}: ${reasons.join('; ') || 'no reason was given'}`),
  ];
}

function checkLines(checks: readonly CheckVerdict[]): string[] {
  const failed = checks.filter((check) => check.violations.length > 0);
  const headline =
    failed.length === 0
      ? `Checks: all ${checks.length} hold`
      : `Checks: ${failed.length} of ${checks.length} FAILED`;
  const lines = checks.map(({ property, violations }) => [
    `  ${violations.length === 0 ? 'ok  ' : 'FAIL'} ${property}`,
    ...violations.map((violation) => `         ${violation}`),
  ]);
  return [headline, ...lines.flat()];
}

/** `00:12.345`, with hours in front when there are any. */
export function clockTime(durationMs: number): string {
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = pad(Math.floor(durationMs / 60_000) % 60, 2);
  const rest = `${pad(Math.floor(durationMs / 1_000) % 60, 2)}.${pad(durationMs % 1_000, 3)}`;
  return hours > 0 ? `${hours}:${minutes}:${rest}` : `${minutes}:${rest}`;
}

export const usd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(4)}`;

export const seconds = (ms: number): string =>
  ms < 120_000 ? `${(ms / 1_000).toFixed(1)}s` : humanDuration(ms);
