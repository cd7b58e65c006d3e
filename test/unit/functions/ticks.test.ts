import { describe, expect, it } from 'vitest';
import { pollerHandler } from '../../../functions/poller/handler.ts';
import { publisherHandler } from '../../../functions/publisher/handler.ts';
import { reconcilerHandler } from '../../../functions/reconciler/handler.ts';
import { once } from '../../../functions/shared/once.ts';
import type { PollRun } from '../../../lib/control/poll.ts';
import { aContext, aFunctionBase, anEventBridgeEvent } from '../../support/lambda.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { aPublishingWorld } from '../../support/publishing.ts';

/** What the Scheduler sends when a schedule says nothing else. */
const TICK = {};

async function runOfPoller(mode: 'watch' | 'list', remainingMs: number): Promise<PollRun | undefined> {
  const { base, clock } = aFunctionBase();
  const runs: PollRun[] = [];
  const handler = pollerHandler(async () => ({
    ...base,
    clock,
    mode,
    poll: async (run) => void runs.push(run),
  }));
  await handler(TICK, aContext({ awsRequestId: 'request-7', getRemainingTimeInMillis: () => remainingMs }));
  return runs[0];
}

describe('a tick of the poller', () => {
  it('watches for 14 minutes under the name of its invocation', async () => {
    expect(await runOfPoller('watch', 900_000)).toEqual({
      holder: 'request-7',
      deadlineMs: START_MS + 14 * 60_000,
      endsWhenQuiet: false,
    });
  });

  it('leaves time to hand over where the function has less', async () => {
    expect(await runOfPoller('watch', 300_000)).toMatchObject({ deadlineMs: START_MS + 270_000 });
  });

  it('looks for 15 seconds at most in list mode, and no longer than something is on its way', async () => {
    expect(await runOfPoller('list', 900_000)).toMatchObject({
      deadlineMs: START_MS + 15_000,
      endsWhenQuiet: true,
    });
  });
});

describe('a tick of the reconciler', () => {
  it('reconciles once', async () => {
    const { base } = aFunctionBase();
    let ticks = 0;
    await reconcilerHandler(async () => ({ ...base, reconcile: async () => void ticks++ }))(TICK, aContext());
    expect(ticks).toBe(1);
  });
});

describe('the publisher', () => {
  const changed = anEventBridgeEvent('aws.ssm', 'Parameter Store Change', {
    name: '/dovetail/test/nodepools/a',
    operation: 'Update',
  });

  it.each([
    ['a tick', TICK],
    ['a change of a parameter', changed],
  ])('publishes all documents after %s', async (_, event) => {
    const world = aPublishingWorld();
    const { base } = aFunctionBase();
    await publisherHandler(async () => ({ ...base, publish: world.publish }))(event, aContext());
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'valid' });
  });

  it('fails when something could not be found out, so that Lambda tries again', async () => {
    const world = aPublishingWorld();
    const { base } = aFunctionBase();
    world.answers.resolve = async () => {
      throw Object.assign(new Error('no answer'), { retry: 'same-request' });
    };
    const handler = publisherHandler(async () => ({ ...base, publish: world.publish }));
    await expect(handler(changed, aContext())).rejects.toMatchObject({ code: 'PublishIncomplete' });
  });
});

describe('a wiring', () => {
  it('is made once for all invocations of a process', async () => {
    let made = 0;
    const wire = once(async () => ++made);
    expect([await wire(), await wire()]).toEqual([1, 1]);
  });

  it('is made anew after it could not be made', async () => {
    let tries = 0;
    const wire = once(async () => {
      if (++tries === 1) throw new Error('no answer');
      return tries;
    });
    await expect(wire()).rejects.toThrow('no answer');
    expect(await wire()).toBe(2);
  });
});
