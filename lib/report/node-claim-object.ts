// A NodeClaim as the object that Karpenter's API has, so that scripts for those read these.
import { LABEL } from '../model/labels.ts';
import type { NodeClaim } from '../model/node-claim.ts';
import { isoTime, type KubeObject } from './document-object.ts';
import { formatResources } from './format-resources.ts';

export function nodeClaimObject(claim: NodeClaim): KubeObject {
  const launch = 'launch' in claim ? claim.launch : undefined;
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: {
      name: claim.name,
      labels: { ...launch?.labels, ...claim.labels, [LABEL.nodePool]: claim.nodePool.name },
      annotations: claim.annotations,
      creationTimestamp: isoTime(claim.createdAtMs),
    },
    spec: specOf(claim),
    status: {
      ...('node' in claim && claim.node !== undefined ? { nodeName: claim.node.name } : {}),
      ...(launch === undefined
        ? {}
        : {
            providerID: `aws:///${launch.zone}/${launch.instanceId}`,
            imageID: launch.imageId,
            capacity: formatResources(launch.capacity),
            allocatable: formatResources(launch.allocatable),
          }),
      conditions: conditions(claim),
    },
  };
}

function specOf(claim: NodeClaim): KubeObject {
  const { expireAfterMs, terminationGracePeriodMs } = claim;
  return {
    nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: claim.nodeClass.name },
    requirements: claim.requirements,
    resources: { requests: formatResources(claim.requests) },
    taints: claim.taints,
    startupTaints: claim.startupTaints,
    expireAfter: expireAfterMs === null ? 'Never' : seconds(expireAfterMs),
    ...(terminationGracePeriodMs === undefined
      ? {}
      : { terminationGracePeriod: seconds(terminationGracePeriodMs) }),
  };
}

const seconds = (durationMs: number): string => `${Math.round(durationMs / 1_000)}s`;

/** Karpenter's, in its order; the last time that is known stands for Ready. */
function conditions(claim: NodeClaim): readonly KubeObject[] {
  const steps = [
    ['Launched', 'launch' in claim ? claim.launch.launchedAtMs : undefined],
    ['Registered', 'registeredAtMs' in claim ? claim.registeredAtMs : undefined],
    ['Initialized', 'initializedAtMs' in claim ? claim.initializedAtMs : undefined],
  ] as const;
  const missing = steps.filter(([, atMs]) => atMs === undefined).map(([type]) => type);
  return [
    ...steps.map(([type, atMs]) => condition(type, atMs, claim.createdAtMs, '')),
    condition(
      'Ready',
      missing.length === 0 ? steps[2][1] : undefined,
      claim.createdAtMs,
      missing.length === 0 ? '' : `waits for ${missing.join(', ')}`,
    ),
    ...leaving(claim),
  ];
}

const condition = (type: string, atMs: number | undefined, sinceMs: number, message: string): KubeObject => ({
  type,
  status: atMs === undefined ? 'Unknown' : 'True',
  reason: atMs === undefined ? 'AwaitingReconciliation' : type,
  message,
  lastTransitionTime: isoTime(atMs ?? sinceMs),
});

/** `Drifted` where that is why it leaves, as in Karpenter; every other reason is a condition of our own. */
function leaving({ leave }: NodeClaim): readonly KubeObject[] {
  if (leave === undefined) return [];
  const { reason, severity, requestedAtMs, deadlineMs } = leave;
  const until = deadlineMs === undefined ? '' : `, gone by ${isoTime(deadlineMs)}`;
  const message = `${severity}${until}`;
  const type = reason === 'Drifted' ? 'Drifted' : 'Leaving';
  return [{ type, status: 'True', reason, message, lastTransitionTime: isoTime(requestedAtMs) }];
}
