/**
 * What a pod asks of a node in all. Sources: Kubernetes `component-helpers/resource/helpers.go` (`PodRequests`),
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers and
 * https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
 */
import { addResources, maxResources, type ResourceList, sumResources } from '../model/resources.ts';

export interface ResourceNeeds {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

export interface PodResources {
  readonly containers: readonly ResourceNeeds[];
  /** In their order; a sidecar is an init container with `restartPolicy: Always`. */
  readonly initContainers: readonly (ResourceNeeds & { readonly sidecar: boolean })[];
  /** Of the pod as a whole. */
  readonly pod: ResourceNeeds;
  readonly overhead: ResourceList;
}

/**
 * The larger of what runs together at the end (containers and sidecars) and what each init container needs beside the
 * sidecars started before it; pod-level requests replace that; overhead and the pod's own place come on top.
 */
export function effectiveRequests({ containers, initContainers, pod, overhead }: PodResources): ResourceList {
  const sidecars = sumResources(initContainers.filter(({ sidecar }) => sidecar).map(ownRequests));
  const running = addResources(sumResources(containers.map(ownRequests)), sidecars);
  const aggregated = maxResources(running, startPeak(initContainers));
  const whole = { ...aggregated, ...podLevelRequests(pod, aggregated) };
  return { ...addResources(whole, overhead), pods: 1 };
}

/** A limit without a request is the request, as the API server defaults it. */
const ownRequests = ({ requests, limits }: ResourceNeeds): ResourceList => ({ ...limits, ...requests });

function startPeak(initContainers: PodResources['initContainers']): ResourceList {
  let peak: ResourceList = {};
  let started: ResourceList = {};
  for (const container of initContainers) {
    const withStarted = addResources(started, ownRequests(container));
    if (container.sidecar) started = withStarted;
    peak = maxResources(peak, withStarted);
  }
  return peak;
}

/** Pod-level resources exist for cpu, memory and huge pages; a pod-level limit alone is a request only where no container asks. */
function podLevelRequests({ requests, limits }: ResourceNeeds, aggregated: ResourceList): ResourceList {
  const entries = Object.entries({ ...limits, ...requests }).filter(
    ([name]) =>
      (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) &&
      (name in requests || !(name in aggregated)),
  );
  return Object.fromEntries(entries);
}
