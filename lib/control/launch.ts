// Buys the nodes of one order. Woken by a `Launch` message, as often as it is sent: wherever the order stands, it goes on.
// Second delivery: an attempt without outcome is resent byte for byte under its client token, so nothing starts twice;
// instances go to claims by conditional writes, so an instance is taken once. Crash at any await: the next delivery, or
// the reconciler's, finds the stored attempt and settles it. Transient failures throw and are redelivered.

import type { Launch as LaunchMessage } from '../messages/launch.ts';
import { counted } from '../model/counted.ts';
import { ConflictError, DovetailError } from '../model/errors.ts';
import { classifyFleetError } from '../model/fleet-error.ts';
import { type ClaimName, orderId } from '../model/ids.ts';
import { launchFailed, type PlannedClaim } from '../model/node-claim.ts';
import type { FleetRequest, LaunchAttempt, Order } from '../model/plan.ts';
import type { FleetAnswer, Instance } from '../ports/fleet.ts';
import { assignInstances } from './assign-instances.ts';
import type { ControlDeps } from './deps.ts';
import { fleetRequestOf } from './fleet-request.ts';
import {
  LAUNCH_MAX_ATTEMPTS,
  LAUNCH_THROTTLE_MS,
  LAUNCH_TIMEOUT_MS,
  LOOKUP_MS,
  RESEND_MS,
} from './limits.ts';
import { rememberErrors } from './remember-errors.ts';

export type LaunchDeps = Pick<
  ControlDeps,
  | 'installation'
  | 'clock'
  | 'fleet'
  | 'claims'
  | 'plans'
  | 'documents'
  | 'catalog'
  | 'unavailable'
  | 'launchQueue'
  | 'events'
  | 'metrics'
>;

/** Goes on with the order until it is closed or has to wait. */
export async function launch(deps: LaunchDeps, message: LaunchMessage): Promise<void> {
  for (;;) {
    const order = await deps.plans.order(orderId(message.orderId));
    // Orders are put before their messages are sent: one that is missing has outlived its life, and so has its message.
    if (order === undefined || order.closedAtMs !== undefined) return;
    try {
      const next = await step(deps, order);
      if (next === 'wait' || next === 'closed') return;
    } catch (error) {
      // Another delivery moved the order; what it stored is read and gone on from.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

type StepOutcome = 'again' | 'wait' | 'closed';

async function step(deps: LaunchDeps, order: Order): Promise<StepOutcome> {
  const open = order.attempts.find((attempt) => attempt.settled === undefined);
  if (open !== undefined) return settleAttempt(deps, order, open);
  const waiting = await plannedClaims(deps, order.claims);
  if (waiting.length === 0) return close(deps, order);
  if (deps.clock.nowMs() - order.createdAtMs >= LAUNCH_TIMEOUT_MS) {
    return fail(deps, order, waiting, `not launched within ${LAUNCH_TIMEOUT_MS / 60_000} minutes`);
  }
  if (order.attempts.length >= LAUNCH_MAX_ATTEMPTS) {
    return fail(deps, order, waiting, `no capacity after ${LAUNCH_MAX_ATTEMPTS} attempts`);
  }
  const request = await fleetRequestOf(deps, order, waiting);
  if (request.kind === 'impossible') return fail(deps, order, waiting, request.reason);
  return storeAttempt(deps, order, waiting, request.request);
}

async function plannedClaims(deps: LaunchDeps, names: readonly ClaimName[]): Promise<PlannedClaim[]> {
  const claims: PlannedClaim[] = [];
  for (const name of names) {
    const claim = await deps.claims.get(name);
    if (claim?.phase === 'Planned') claims.push(claim);
  }
  return claims;
}

/** The exact request is stored before it is sent: a redelivery resends what is here, whatever the world looks like then. */
async function storeAttempt(
  deps: LaunchDeps,
  order: Order,
  waiting: readonly PlannedClaim[],
  request: FleetRequest,
): Promise<StepOutcome> {
  const attempt: LaunchAttempt = {
    n: order.attempts.length + 1,
    claims: waiting.map((claim) => claim.name),
    request,
    storedAtMs: deps.clock.nowMs(),
  };
  await deps.plans.updateOrder({
    ...order,
    version: order.version + 1,
    attempts: [...order.attempts, attempt],
  });
  return 'again';
}

async function settleAttempt(deps: LaunchDeps, order: Order, attempt: LaunchAttempt): Promise<StepOutcome> {
  const askedAtMs = deps.clock.nowMs();
  const answer = await answerOf(deps, order, attempt);
  if (answer === 'later') {
    const lookUpInMs = attempt.storedAtMs + LOOKUP_MS - deps.clock.nowMs();
    await deps.launchQueue.send({ schemaVersion: 1, orderId: order.id }, lookUpInMs);
    return 'wait';
  }
  const answeredAtMs = deps.clock.nowMs();
  const launched = await assignInstances(deps, order, attempt, answer);
  await rememberErrors(deps, attempt.request, answer.errors);
  report(deps, order, attempt, { answer, askedAtMs, answeredAtMs });
  const settled = { atMs: deps.clock.nowMs(), launched, errors: answer.errors };
  const attempts = order.attempts.map((each) => (each.n === attempt.n ? { ...each, settled } : each));
  await deps.plans.updateOrder({ ...order, version: order.version + 1, attempts });
  const delays = new Set(
    answer.errors.map(({ code }) => code).filter((code) => classifyFleetError(code) === 'throttle'),
  );
  for (const code of delays) deps.metrics.count('LaunchesDelayed', 1, { code });
  if (launched >= attempt.claims.length || delays.size === 0) return 'again';
  // Throttling inside an answer says nothing about capacity: the same offerings are asked for again, later.
  const delayMs = LAUNCH_THROTTLE_MS * 2 ** (attempt.n - 1);
  await deps.launchQueue.send({ schemaVersion: 1, orderId: order.id }, delayMs);
  return 'wait';
}

/**
 * Well within the token's life the stored request is sent (again). After it EC2 might start new instances: what was
 * started, if anything, is found by its tags, `later` if it may not show yet. Once every claim of the attempt has ended
 * nobody needs an instance, and what shows up after all the sweep ends.
 */
async function answerOf(
  deps: LaunchDeps,
  order: Order,
  attempt: LaunchAttempt,
): Promise<FleetAnswer | 'later'> {
  const ageMs = deps.clock.nowMs() - attempt.storedAtMs;
  const wanted = (await plannedClaims(deps, attempt.claims)).length > 0;
  if (wanted && ageMs >= RESEND_MS && ageMs < LOOKUP_MS) return 'later';
  if (!wanted || ageMs >= LOOKUP_MS) return { instances: await startedBy(deps, order, attempt), errors: [] };
  try {
    return await deps.fleet.launch(attempt.request);
  } catch (error) {
    // Transient errors are redelivered. For a final one what was started, if anything, is found by its tags.
    if (!(error instanceof DovetailError) || error.retry === 'same-request') throw error;
    const errors = [{ code: error.code, message: error.message }];
    return { instances: await startedBy(deps, order, attempt), errors };
  }
}

async function startedBy(
  deps: LaunchDeps,
  order: Order,
  attempt: LaunchAttempt,
): Promise<readonly Instance[]> {
  const instances = await deps.fleet.describeAttempt(order.id, attempt.n);
  return instances.filter((instance) => instance.state === 'pending' || instance.state === 'running');
}

async function close(deps: LaunchDeps, order: Order): Promise<StepOutcome> {
  await deps.plans.updateOrder({ ...order, version: order.version + 1, closedAtMs: deps.clock.nowMs() });
  return 'closed';
}

/** Claims end as LaunchFailed, which uncovers their pods: the poller asks for them again, without these offerings. */
async function fail(
  deps: LaunchDeps,
  order: Order,
  waiting: readonly PlannedClaim[],
  message: string,
): Promise<StepOutcome> {
  for (const claim of waiting) {
    await deps.claims.update(launchFailed(claim, deps.clock.nowMs(), message));
    deps.metrics.count('LaunchesFailed', 1, { reason: failureReason(order) });
    deps.events.emit({
      type: 'LaunchFailed',
      message: `${claim.name} could not be launched: ${message}`,
      fields: { claim: claim.name, order: order.id },
    });
  }
  return close(deps, order);
}

/** What EC2 said first in its last answer, in its own words; without any, nothing was left that it could be asked for. */
const failureReason = ({ attempts }: Order): string =>
  attempts.at(-1)?.settled?.errors[0]?.code ?? 'NoOffering';

interface Answered {
  readonly answer: FleetAnswer;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

function report(
  deps: LaunchDeps,
  order: Order,
  attempt: LaunchAttempt,
  { answer, ...times }: Answered,
): void {
  const got = answer.instances.map(
    (instance) => `${instance.instanceType} ${instance.capacityType} ${instance.zone}`,
  );
  const errors = answer.errors.map((error) =>
    [error.code, error.instanceType, error.zone].filter((part) => part !== undefined).join(' '),
  );
  const asked = attempt.request.targetCapacity;
  const worked = errors.length > 0 ? `; not available: ${errors.join(', ')}` : '';
  deps.events.emit({
    type: 'FleetAnswered',
    message: `fleet gave ${got.length} of ${counted(asked, 'node')}${got.length > 0 ? ` (${got.join('; ')})` : ''}${worked}`,
    fields: {
      ...{ order: order.id, attempt: attempt.n, asked, got: got.length, errors },
      ...{ storedAtMs: attempt.storedAtMs, ...times },
    },
  });
}
