/**
 * What a pod asks of a node in all. Sources: Kubernetes `component-helpers/resource/helpers.go` (`PodRequests`),
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers and
 * https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
 */
import { addResources, maxResources, type ResourceList, sumResources } from './resources.ts';

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

/** Pod-level requests replace those of the containers; overhead and the pod's own place come on top. */
export function effectiveRequests(resources: PodResources): ResourceList {
  const aggregated = containerRequests(resources);
  const whole = { ...aggregated, ...podLevelRequests(resources.pod, aggregated) };
  return { ...addResources(whole, resources.overhead), pods: 1 };
}

/**
 * The larger of what runs together at the end (containers and sidecars) and what each init container needs beside the
 * sidecars started before it.
 */
export function containerRequests({
  containers,
  initContainers,
}: Pick<PodResources, 'containers' | 'initContainers'>): ResourceList {
  const sidecars = sumResources(initContainers.filter(({ sidecar }) => sidecar).map(ownRequests));
  const running = addResources(sumResources(containers.map(ownRequests)), sidecars);
  return maxResources(running, startPeak(initContainers));
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

/** What a pod can ask for as a whole (Kubernetes 1.34); anything else only its containers can. */
export const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** A pod-level limit alone is a request only where no container asks. */
function podLevelRequests({ requests, limits }: ResourceNeeds, aggregated: ResourceList): ResourceList {
  const entries = Object.entries({ ...limits, ...requests }).filter(
    ([name]) => isPodLevelResource(name) && (name in requests || !(name in aggregated)),
  );
  return Object.fromEntries(entries);
}
