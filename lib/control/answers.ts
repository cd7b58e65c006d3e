// What became of the poller's requests, for people who look at their pods: the provisioner, which knows why a pod has no
// place, has no right in the cluster. Nothing is decided by it, and a request whose poller died is not followed up.
import { counted } from '../model/counted.ts';
import { requestId } from '../model/ids.ts';
import { podEvent } from '../model/object-event.ts';
import type { Pod } from '../model/pod.ts';
import type { ControlDeps } from './deps.ts';
import { ANSWER_MS, CLAIMS_BUSY_MS } from './limits.ts';

type AnswerDeps = Pick<ControlDeps, 'clock' | 'plans' | 'events'>;

/** Requests sent and not answered yet. */
export class Answers {
  readonly #sentAtMs = new Map<string, number>();
  #readAtMs = Number.NEGATIVE_INFINITY;

  expect(requests: readonly string[], nowMs: number): void {
    for (const request of requests) this.#sentAtMs.set(request, nowMs);
  }

  /** Looks once for each, as often as claims are looked at; tells of pods that a plan has no place for. */
  async read(deps: AnswerDeps, pods: ReadonlyMap<string, Pod>): Promise<void> {
    if (deps.clock.nowMs() - this.#readAtMs < CLAIMS_BUSY_MS) return;
    this.#readAtMs = deps.clock.nowMs();
    const told = new Set<string>();
    for (const [request, sentAtMs] of [...this.#sentAtMs]) {
      const plan = await deps.plans.planOfRequest(requestId(request));
      if (plan !== undefined || deps.clock.nowMs() - sentAtMs >= ANSWER_MS) this.#sentAtMs.delete(request);
      if (plan === undefined || told.has(plan)) continue;
      told.add(plan);
      const { unschedulable = [] } = (await deps.plans.get(plan)) ?? {};
      const objects = unschedulable.flatMap(({ podUid, reasons }) => {
        const pod = pods.get(podUid);
        return pod === undefined ? [] : [podEvent(pod, 'Warning', 'FailedScheduling', reasons.join('; '))];
      });
      if (objects.length === 0) continue;
      const message = `plan ${plan} has no place for ${counted(objects.length, 'pod')}`;
      deps.events.emit({
        type: 'PodsWithoutPlace',
        message,
        fields: { plan, pods: objects.length },
        objects,
      });
    }
  }
}
