import { systemClock } from '../../../lib/adapters/system/clock.ts';
import type { World } from '../world/world.ts';
import { finding, type Scenario } from './scenario.ts';

const MINUTES = 3;
/** Watches are opened again every few minutes, and a new poller lists or resumes once in 14. */
const MOST_A_MINUTE = 12;

/** What a cluster in which nothing happens is asked, counted by its own priority and fairness. */
export const idle: Scenario = {
  name: 'requests of an idle cluster',
  async run(world) {
    const before = await dispatched(world);
    await systemClock.sleep(MINUTES * 60_000);
    const perMinute = ((await dispatched(world)) - before) / MINUTES;
    return [
      finding(
        `at most ${MOST_A_MINUTE} requests a minute reach the API server`,
        perMinute <= MOST_A_MINUTE,
        perMinute.toFixed(1),
      ),
    ];
  },
};

/** Requests that our FlowSchema has let through since the API server started; leases and Events are among them. */
async function dispatched({ plane }: World): Promise<number> {
  const { body } = await plane.admin.request('GET', '/metrics');
  const lines = String(body.message).split('\n');
  const ours = lines.filter((line) =>
    /^apiserver_flowcontrol_dispatched_requests_total\{.*flow_schema="dovetail/.test(line),
  );
  if (ours.length === 0) throw new Error('the API server counts no request of our FlowSchema');
  return ours.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
