// Why the nodes that are there did not take the pod, counted as kube-scheduler counts: `0/5 nodes are available: …`.
import { HARD_EFFECTS, taintText, untoleratedTaint } from '../../constraints/taints.ts';
import { volumePlaces } from '../../constraints/volumes.ts';
import type { Pod } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';
import { createMask, hasBit, type Mask, orInto } from '../../solver/index.ts';
import type { Compiled } from '../compile.ts';
import { poolsThatBringVolumes } from '../volumes-to-come.ts';
import type { Outcome } from './outcome.ts';

/** One line, or undefined when there is no node. `item` is the pod's, for its requests by column. */
export function existingReason(outcome: Outcome, pod: Pod, item: number): string | undefined {
  const { input } = outcome.compiled;
  if (input.nodes.length === 0) return undefined;
  const parts = [...refusals(outcome, pod, item)]
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || compareText(a, b))
    .map(([reason, count]) => `${count} ${reason}`);
  return `existing nodes: 0 of ${input.nodes.length} can take it: ${parts.join(', ')}`;
}

/** Nodes by the first filter of kube-scheduler, in its order, that keeps the pod off them. */
function refusals(outcome: Outcome, pod: Pod, item: number): Map<string, number> {
  const { places, input, resources, problem } = outcome.compiled;
  const { tolerations } = pod.spec;
  const counts = new Map<string, number>();
  const count = (reason: string, by = 1): void => void counts.set(reason, (counts.get(reason) ?? 0) + by);
  const tolerated = places.tolerated(tolerations, false).bins;
  const selected = places.selectedBy(pod.spec).bins;
  const requests = problem.items[item]?.requests ?? new Float64Array(0);
  const short = new Int32Array(resources.length);
  const reached = binsReached(outcome, pod);
  let others = 0;
  for (const [bin, free] of outcome.free().entries()) {
    if (!hasBit(tolerated, bin)) {
      const taint = untoleratedTaint(input.nodes[bin]?.taints ?? [], tolerations, HARD_EFFECTS);
      count(`untolerated taint ${taint === undefined ? '' : taintText(taint)}`);
    } else if (!hasBit(selected, bin)) count("didn't match its node affinity or selector");
    else if (reached !== undefined && !hasBit(reached, bin)) count(volumeReason(outcome.compiled, pod));
    else {
      const column = firstShort(requests, free);
      if (column < 0) others += 1;
      else short[column] = (short[column] ?? 0) + 1;
    }
  }
  for (const [column, name] of resources.entries()) {
    count(name === 'pods' ? 'Too many pods' : `Insufficient ${name}`, short[column]);
  }
  count('refused by its ports, number of volumes or topology rules', others);
  return counts;
}

/** In kube-scheduler's words; of a pod with claims of both kinds we do not find out which were in the way. */
const volumeReason = ({ input }: Compiled, { namespace, spec }: Pod): string =>
  input.cluster.volumeClaims.some(
    (claim) =>
      claim.namespace === namespace &&
      claim.volumeName === undefined &&
      spec.volumeClaims.includes(claim.name),
  )
    ? "didn't find available persistent volumes to bind"
    : 'had volume node affinity conflict';

/** Where the pod's volumes are or may come to be; undefined for a pod without. */
function binsReached({ compiled }: Outcome, pod: Pod): Mask | undefined {
  if (pod.spec.volumeClaims.length === 0) return undefined;
  const { places, input } = compiled;
  const reached = createMask(input.nodes.length);
  const volumes = volumePlaces(pod, input.cluster, poolsThatBringVolumes(input.nodePools));
  const alternatives = volumes.kind === 'refused' ? [] : volumes.alternatives;
  for (const place of alternatives) orInto(reached, places.admittedBy(place).bins);
  return reached;
}

/** The first column in which more is asked than is free, or -1. Plain loops: there may be thousands of nodes and pods. */
function firstShort(requests: Float64Array, free: Float64Array): number {
  for (let column = 0; column < requests.length; column++) {
    const amount = requests[column] ?? 0;
    if (amount > 0 && amount > (free[column] ?? 0)) return column;
  }
  return -1;
}
