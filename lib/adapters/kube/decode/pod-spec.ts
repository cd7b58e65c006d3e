/** A pod's specification, reduced to what decides where the pod may run: the same as the documents' reader makes of it. */

import type { HostPort, PodSpec } from '../../../model/pod.ts';
import { effectiveRequests, type ResourceNeeds } from '../../../model/pod-requests.ts';
import type { ResourceList } from '../../../model/resources.ts';
import { SYSTEM_PRIORITIES } from '../../../model/system-priorities.ts';
import { affinityOf, spreadOf, tolerationsOf } from './affinity.ts';
import { mapOf, NONE, oneOf, requestsOf } from './values.ts';
import type { WireContainer, WirePodSpec, WireResources } from './wire.ts';

/**
 * `podName` names the claims of ephemeral volumes, which are `<pod>-<volume>`; a template has no name and no such claims.
 * Priority is resolved at admission; a template that names a class other than the system's counts as 0.
 */
export function podSpecOf(written: WirePodSpec, podName?: string): PodSpec {
  return {
    requests: requestsOfPod(written),
    nodeSelector: mapOf(written.nodeSelector),
    affinity: affinityOf(written.affinity),
    tolerations: tolerationsOf(written.tolerations),
    topologySpread: written.topologySpreadConstraints?.map(spreadOf) ?? NONE,
    hostPorts: hostPortsOf(written),
    volumeClaims: volumeClaimsOf(written, podName),
    resourceClaims:
      written.resourceClaims?.map(({ name, resourceClaimName }) => resourceClaimName ?? name) ?? NONE,
    priority: written.priority ?? SYSTEM_PRIORITIES[written.priorityClassName ?? ''] ?? 0,
    preemptionPolicy: oneOf(written.preemptionPolicy, ['Never'], 'PreemptLowerPriority'),
    schedulerName: written.schedulerName ?? 'default-scheduler',
    schedulingGates: written.schedulingGates?.map(({ name }) => name) ?? NONE,
    terminationGracePeriodSeconds: written.terminationGracePeriodSeconds ?? 30,
  };
}

const requestsOfPod = ({ containers, initContainers, resources, overhead }: WirePodSpec): ResourceList =>
  effectiveRequests({
    containers: containers.map((container) => needsOf(container.resources)),
    initContainers:
      initContainers?.map((container) => ({
        ...needsOf(container.resources),
        sidecar: isSidecar(container),
      })) ?? NONE,
    pod: needsOf(resources),
    overhead: requestsOf(overhead),
  });

const needsOf = (written: WireResources | null | undefined): ResourceNeeds => ({
  requests: requestsOf(written?.requests),
  limits: requestsOf(written?.limits),
});

const isSidecar = ({ restartPolicy }: WireContainer): boolean => restartPolicy === 'Always';

/** Ports of containers and sidecars; with `hostNetwork` every container port is the host's. */
function hostPortsOf({ containers, initContainers, hostNetwork }: WirePodSpec): readonly HostPort[] {
  const ports: HostPort[] = [];
  for (const container of [...(initContainers?.filter(isSidecar) ?? NONE), ...containers]) {
    for (const { hostPort, containerPort, protocol, hostIP } of container.ports ?? NONE) {
      const port = hostPort || (hostNetwork === true ? containerPort : 0);
      if (port === 0) continue;
      ports.push({ port, protocol: oneOf(protocol, ['UDP', 'SCTP'], 'TCP'), hostIp: hostIP || '0.0.0.0' });
    }
  }
  return ports.length === 0 ? NONE : ports;
}

function volumeClaimsOf({ volumes }: WirePodSpec, podName: string | undefined): readonly string[] {
  const named: string[] = [];
  const own: string[] = [];
  for (const { name, persistentVolumeClaim, ephemeral } of volumes ?? NONE) {
    if (persistentVolumeClaim) named.push(persistentVolumeClaim.claimName);
    else if (ephemeral && podName !== undefined) own.push(`${podName}-${name}`);
  }
  return named.length + own.length === 0 ? NONE : [...named, ...own];
}
