// What CloudWatch has noticed of a deployed stack.
import { countsOf, ringingAlarms } from '../../lib/adapters/aws/cloudwatch.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { COUNTED_MS } from '../../lib/doctor/checks/watching.ts';
import type { DeployedFacts } from '../../lib/doctor/facts.ts';
import { read } from '../../lib/doctor/reading.ts';
import type { DeployedStack } from '../../lib/ports/diagnosis.ts';
import type { Clients } from './clients.ts';

/** As the functions publish (`functions/shared/metric-list.ts`). */
export const NAMESPACE = 'Dovetail';

export async function watchingFacts(
  { cloudWatch }: Clients,
  { alarmNames, outputs }: DeployedStack,
): Promise<
  Pick<DeployedFacts, 'ringingAlarms' | 'eventsNotRead' | 'messagesRefused' | 'messagesUnreadable'>
> {
  const toMs = systemClock.nowMs();
  const service = outputs['Installation'] ?? '';
  const counts = (name: string) =>
    read(() =>
      countsOf(cloudWatch, { namespace: NAMESPACE, name, service, fromMs: toMs - COUNTED_MS, toMs }),
    );
  return {
    ringingAlarms: await read(() => ringingAlarms(cloudWatch, alarmNames)),
    eventsNotRead: await counts('EventsNotRead'),
    messagesRefused: await counts('MessagesRefused'),
    messagesUnreadable: await counts('MessagesUnreadable'),
  };
}
