// The five functions of the stack in this process: their own handlers with their own wiring, called as Lambda calls them.
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { drainerHandler } from '../../functions/drainer/handler.ts';
import { wireDrainer } from '../../functions/drainer/wiring.ts';
import { pollerHandler } from '../../functions/poller/handler.ts';
import { wirePoller } from '../../functions/poller/wiring.ts';
import { provisionerHandler } from '../../functions/provisioner/handler.ts';
import { wireProvisioner } from '../../functions/provisioner/wiring.ts';
import { publisherHandler } from '../../functions/publisher/handler.ts';
import { wirePublisher } from '../../functions/publisher/wiring.ts';
import { reconcilerHandler } from '../../functions/reconciler/handler.ts';
import { wireReconciler } from '../../functions/reconciler/wiring.ts';
import type { Environment } from '../../functions/shared/clients.ts';
import { once } from '../../functions/shared/once.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';

export type FunctionName = 'poller' | 'provisioner' | 'drainer' | 'reconciler' | 'publisher';

/** As the stack has them. */
export const TIMEOUT_MS: Readonly<Record<FunctionName, number>> = {
  poller: 900_000,
  provisioner: 60_000,
  drainer: 60_000,
  reconciler: 60_000,
  publisher: 300_000,
};

export function localFunctions(env: Environment) {
  return {
    poller: concurrent(() => pollerHandler(once(() => wirePoller(env)))),
    provisioner: concurrent(() => provisionerHandler(once(() => wireProvisioner(env)))),
    drainer: concurrent(() => drainerHandler(once(() => wireDrainer(env)))),
    reconciler: concurrent(() => reconcilerHandler(once(() => wireReconciler(env)))),
    publisher: concurrent(() => publisherHandler(once(() => wirePublisher(env)))),
  };
}

export type LocalFunctions = ReturnType<typeof localFunctions>;

type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

/** As Lambda does: an environment serves one call at a time and is used again; a call beside it begins a new one. */
function concurrent<Event, Answer>(start: () => Handler<Event, Answer>): Handler<Event, Answer> {
  const idle: Handler<Event, Answer>[] = [];
  return async (event, context) => {
    const handler = idle.pop() ?? start();
    try {
      return await handler(event, context);
    } finally {
      idle.push(handler);
    }
  };
}

/** One invocation's. `timeoutMs` is less than the function's own where a call is to end sooner. */
export function contextOf(name: FunctionName, region: string, timeoutMs = TIMEOUT_MS[name]): Context {
  const endsAtMs = systemClock.nowMs() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: `dovetail-local-${name}`,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:dovetail-local-${name}:live`,
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/dovetail-local-${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - systemClock.nowMs()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
