import { podUid } from '../model/ids.ts';
import { type Pod, podKey } from '../model/pod.ts';
import { compareText } from '../model/stable-json.ts';
import type { Workload } from '../model/workload.ts';
import { claimName, NOT_SCHEDULED } from './workloads.ts';

/**
 * The pods a workload's controller would create, pending: `<workload>-<ordinal>` from 0, with uid `<namespace>/<name>`
 * and the workload as owner. Ordinals whose name is `taken` (`namespace/name`) are passed over.
 */
export function expandWorkload(workload: Workload, taken: ReadonlySet<string> = new Set()): Pod[] {
  const pods: Pod[] = [];
  for (let ordinal = 0; pods.length < workload.replicas; ordinal++) {
    const pod = podAt(workload, ordinal);
    if (!taken.has(podKey(pod))) pods.push(pod);
  }
  return pods;
}

/** The pods of several workloads, beside pods that are there already; no two get the same name. */
export function expandWorkloads(workloads: readonly Workload[], present: readonly Pod[]): Pod[] {
  const taken = new Set(present.map(podKey));
  return [...workloads]
    .sort((a, b) => compareText(podKey(a), podKey(b)) || compareText(a.kind, b.kind))
    .flatMap((workload) => {
      const pods = expandWorkload(workload, taken);
      for (const pod of pods) taken.add(podKey(pod));
      return pods;
    });
}

function podAt(workload: Workload, ordinal: number): Pod {
  const { kind, namespace, template, claimTemplates = [] } = workload;
  const name = `${workload.name}-${ordinal}`;
  const claims = claimTemplates.map((claim) => claimName(claim, name));
  return {
    uid: podUid(`${namespace}/${name}`),
    namespace,
    name,
    labels: template.labels,
    annotations: template.annotations,
    createdAtMs: 0,
    owner: { kind, name: workload.name, uid: workload.uid },
    spec:
      claims.length === 0
        ? template.spec
        : { ...template.spec, volumeClaims: [...template.spec.volumeClaims, ...claims] },
    phase: 'Pending',
    unschedulable: { sinceMs: 0, message: NOT_SCHEDULED },
  };
}
