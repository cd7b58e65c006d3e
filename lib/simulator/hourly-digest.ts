// One line an hour, for runs whose every step would be thousands of lines; the trace has them all.
import { costMicroUsd } from '../adapters/memory/billing.ts';
import { counted } from '../model/counted.ts';
import { isDaemonSetPod, isTerminal } from '../model/pod.ts';
import type { Environment } from './environment.ts';
import type { Facts } from './facts.ts';
import type { Narrator } from './narrator.ts';
import type { VirtualTime } from './virtual-time.ts';

const HOUR_MS = 3_600_000;

interface Totals {
  readonly pods: number;
  readonly instances: number;
  readonly costMicroUsd: number;
}

export function tellHourly(
  narrator: Narrator,
  time: VirtualTime,
  environment: Environment,
  facts: Facts,
): void {
  let before: Totals = { pods: 0, instances: 0, costMicroUsd: 0 };
  const tell = (): void => {
    const now = totalsOf(environment, facts, time.nowMs());
    const pods = environment.api.pods().filter((pod) => !isDaemonSetPod(pod) && !isTerminal(pod));
    const running = pods.filter(({ startedAtMs }) => startedAtMs !== undefined).length;
    const cost = ((now.costMicroUsd - before.costMicroUsd) / 1e6).toFixed(2);
    narrator.tell(
      `${counted(environment.api.nodes().length, 'node')}, ${counted(running, 'pod')} running and ${pods.length - running} on their way; ` +
        `in this hour ${counted(now.pods - before.pods, 'pod')} created, ${counted(now.instances - before.instances, 'instance')} launched, $${cost}`,
    );
    before = now;
    time.after(HOUR_MS, tell);
  };
  time.after(HOUR_MS, tell);
}

function totalsOf({ ec2 }: Environment, facts: Facts, nowMs: number): Totals {
  const own = [...facts.pods.values()].filter(({ ofDaemonSet }) => !ofDaemonSet);
  const cost = ec2.billing().reduce((sum, record) => sum + costMicroUsd(record, nowMs), 0);
  return { pods: own.length, instances: ec2.instances().length, costMicroUsd: cost };
}
