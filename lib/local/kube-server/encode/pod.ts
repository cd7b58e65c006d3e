import type { Affinity, PodAffinityTerm, TopologySpreadConstraint } from '../../../model/affinity.ts';
import type { Pod, PodSpec } from '../../../model/pod.ts';
import type { DaemonSet } from '../../../model/workload.ts';
import {
  amountTexts,
  type Json,
  member,
  metadata,
  nodeTerm,
  optionalTime,
  selector,
  timeText,
} from './values.ts';

/** A pod of one container, which asks for all that the model says the pod asks for. */
export function podObject(pod: Pod, resourceVersion: number): Json {
  const { owner } = pod;
  return {
    metadata: {
      ...metadata('pod', pod, resourceVersion),
      ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', ...owner, controller: true }] }),
    },
    spec: { ...podSpec(pod.spec), ...member('nodeName', pod.nodeName) },
    status: {
      phase: pod.phase,
      ...member('nominatedNodeName', pod.nominatedNodeName),
      ...optionalTime('startTime', pod.startedAtMs),
      ...member('conditions', conditions(pod)),
    },
  };
}

function conditions({ unschedulable, nodeName, createdAtMs }: Pod): Json[] {
  if (nodeName !== undefined) {
    return [{ type: 'PodScheduled', status: 'True', lastTransitionTime: timeText(createdAtMs) }];
  }
  if (unschedulable === undefined) return [];
  const { sinceMs, message } = unschedulable;
  const reason = 'Unschedulable';
  return [{ type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: timeText(sinceMs) }];
}

export const daemonSetObject = (daemonSet: DaemonSet, resourceVersion: number): Json => ({
  metadata: metadata('daemon-set', daemonSet, resourceVersion),
  spec: {
    selector: selector({ matchLabels: daemonSet.template.labels, matchExpressions: [] }),
    template: {
      metadata: {
        ...member('labels', daemonSet.template.labels),
        ...member('annotations', daemonSet.template.annotations),
      },
      spec: podSpec(daemonSet.template.spec),
    },
  },
});

function podSpec(spec: PodSpec): Json {
  const { pods: _, ...asked } = spec.requests;
  const ports = spec.hostPorts.map(({ port, protocol, hostIp }) => ({
    ...{ containerPort: port, hostPort: port, protocol },
    hostIP: hostIp,
  }));
  return {
    containers: [
      {
        ...{ name: 'main', image: 'none' },
        resources: member('requests', amountTexts(asked)),
        ...member('ports', ports),
      },
    ],
    ...member('nodeSelector', spec.nodeSelector),
    ...member('affinity', affinity(spec.affinity)),
    ...member('tolerations', spec.tolerations),
    ...member('topologySpreadConstraints', spec.topologySpread.map(spread)),
    ...member(
      'volumes',
      spec.volumeClaims.map((claimName, index) => ({
        name: `claim-${index}`,
        persistentVolumeClaim: { claimName },
      })),
    ),
    ...member(
      'resourceClaims',
      spec.resourceClaims.map((resourceClaimName, index) => ({ name: `claim-${index}`, resourceClaimName })),
    ),
    ...{ priority: spec.priority, preemptionPolicy: spec.preemptionPolicy },
    schedulerName: spec.schedulerName,
    ...member(
      'schedulingGates',
      spec.schedulingGates.map((name) => ({ name })),
    ),
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
  };
}

function affinity(written: Affinity): Json {
  const { nodeRequired, nodePreferred, podRequired, podPreferred, podAntiRequired, podAntiPreferred } =
    written;
  const weighted = ({ weight, term }: { readonly weight: number; readonly term: PodAffinityTerm }) => ({
    weight,
    podAffinityTerm: podTerm(term),
  });
  const nodePreferences = nodePreferred.map(({ weight, preference }) => ({
    weight,
    preference: nodeTerm(preference),
  }));
  const requiredNodes =
    nodeRequired.length === 0 ? undefined : { nodeSelectorTerms: nodeRequired.map(nodeTerm) };
  return {
    ...member('nodeAffinity', terms(requiredNodes, nodePreferences)),
    ...member('podAffinity', terms(podRequired.map(podTerm), podPreferred.map(weighted))),
    ...member('podAntiAffinity', terms(podAntiRequired.map(podTerm), podAntiPreferred.map(weighted))),
  };
}

const terms = (required: unknown, preferred: unknown): Json => ({
  ...member('requiredDuringSchedulingIgnoredDuringExecution', required),
  ...member('preferredDuringSchedulingIgnoredDuringExecution', preferred),
});

function podTerm(term: PodAffinityTerm): Json {
  const { topologyKey, labelSelector, namespaceSelector } = term;
  return {
    topologyKey,
    // An empty selector selects everything, so it must not be left out.
    ...(labelSelector === undefined ? {} : { labelSelector: selector(labelSelector) }),
    ...member('namespaces', term.namespaces),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector: selector(namespaceSelector) }),
    ...member('matchLabelKeys', term.matchLabelKeys),
    ...member('mismatchLabelKeys', term.mismatchLabelKeys),
  };
}

function spread({ labelSelector, matchLabelKeys, ...constraint }: TopologySpreadConstraint): Json {
  return {
    ...constraint,
    ...(labelSelector === undefined ? {} : { labelSelector: selector(labelSelector) }),
    ...member('matchLabelKeys', matchLabelKeys),
  };
}
