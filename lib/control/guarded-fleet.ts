// EC2 behind the kill switch and the hourly limits, which hold whatever plans and messages say: no plan, no redelivery and
// no defect in planning can spend or end more.
import { DovetailError } from '../model/errors.ts';
import type { Fleet } from '../ports/fleet.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RateGuard } from '../ports/rate-guard.ts';
import type { StopSwitch } from '../ports/stop-switch.ts';

export interface LaunchGuardOptions {
  readonly stop: StopSwitch;
  readonly guard: RateGuard;
  readonly maxLaunchesPerHour: number;
  readonly metrics: Metrics;
}

/**
 * `launch` throws `LaunchesStopped` or `LaunchLimitReached`, retry never: the attempt is settled with what was started
 * under its token before, and its claims fail in the end, so that their pods are asked for again later.
 */
export function withLaunchGuard(fleet: Fleet, options: LaunchGuardOptions): Fleet {
  const { stop, guard, maxLaunchesPerHour: max, metrics } = options;
  return {
    ...otherCalls(fleet),
    async launch(request) {
      const { clientToken, targetCapacity } = request;
      const stopped = await stop.read();
      if (stopped !== 'none') {
        throw refused(
          metrics,
          'LaunchesStopped',
          `launches are stopped (stop: ${stopped}): set stop to none`,
        );
      }
      if ((await guard.take(clientToken, targetCapacity, max)) === 'refused') {
        const message = `${targetCapacity} more would be above ${max} launches within an hour: raise maxLaunchesPerHour, or look why so many are wanted`;
        throw refused(metrics, 'LaunchLimitReached', message);
      }
      const answer = await fleet.launch(request);
      metrics.count('InstancesLaunched', answer.instances.length, { capacityType: request.capacityType });
      return answer;
    },
  };
}

export interface TerminationGuardOptions {
  readonly guard: RateGuard;
  readonly maxTerminationsPerHour: number;
  readonly metrics: Metrics;
}

/**
 * `terminate` throws `TerminationLimitReached`, retry never: the step is acknowledged, and the sweep has it tried again
 * every minute. An instance whose end was asked for before takes nothing more.
 */
export function withTerminationGuard(fleet: Fleet, options: TerminationGuardOptions): Fleet {
  const { guard, maxTerminationsPerHour: max, metrics } = options;
  return {
    ...otherCalls(fleet),
    async terminate(ids) {
      for (const id of ids) {
        if ((await guard.take(id, 1, max)) === 'taken') continue;
        const message = `ending ${id} would be above ${max} terminations within an hour: raise maxTerminationsPerHour, or look why so many leave`;
        throw refused(metrics, 'TerminationLimitReached', message);
      }
      await fleet.terminate(ids);
    },
  };
}

/** A fleet is an object with private state: its calls are bound to it. */
const otherCalls = (fleet: Fleet): Fleet => ({
  launch: (request) => fleet.launch(request),
  describeOwned: () => fleet.describeOwned(),
  describe: (ids) => fleet.describe(ids),
  describeAttempt: (order, attempt) => fleet.describeAttempt(order, attempt),
  terminate: (ids) => fleet.terminate(ids),
  tag: (id, tags) => fleet.tag(id, tags),
});

function refused(metrics: Metrics, code: string, message: string): DovetailError {
  metrics.count('GuardRefused', 1, { code });
  return new DovetailError(code, message, 'never');
}
