/**
 * A pod's specification as Kubernetes writes it, reduced to what decides where the pod may run.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
import * as z from 'zod';
import { NO_AFFINITY } from '../model/affinity.ts';
import type { HostPort, PodSpec } from '../model/pod.ts';
import {
  containerRequests,
  effectiveRequests,
  isPodLevelResource,
  type PodResources,
} from '../model/pod-requests.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { ClaimTemplate } from '../model/workload.ts';
import { affinitySchema, labelMap, spreadSchema, tolerationSchema } from './affinity-schema.ts';
import { kubernetesObject, type Problem, resourceList, textMap } from './kit.ts';
import { UNREAD_FIELDS } from './kubernetes-fields.ts';
import { isRecord } from './located.ts';

const amounts = { requests: resourceList.default({}), limits: resourceList.default({}) };

const resources = kubernetesObject(amounts, UNREAD_FIELDS.resources, (read) => [
  ...requestProblems(read),
  ...nameProblems(read, containerResourceProblem),
]).prefault({});

const podResources = kubernetesObject(amounts, UNREAD_FIELDS.resources, (read) => [
  ...requestProblems(read),
  ...nameProblems(read, (name) =>
    isPodLevelResource(name)
      ? undefined
      : `a pod cannot ask for ${JSON.stringify(name)} as a whole: put it into a container`,
  ),
]).prefault({});

/** The API server refuses a request above its limit. */
function requestProblems({ requests, limits }: Readonly<Record<string, unknown>>): Problem[] {
  if (!isRecord(requests) || !isRecord(limits)) return [];
  return Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    if (typeof request !== 'number' || typeof limit !== 'number' || request <= limit) return [];
    const [asked, allowed] = [request, limit].map((amount) => formatQuantity(name, amount));
    return [
      {
        path: ['requests', name],
        message: `the request of ${asked} is larger than the limit of ${allowed}: lower the request or raise the limit`,
      },
    ];
  });
}

function nameProblems(
  amounts: Readonly<Record<string, unknown>>,
  problemOf: (name: string) => string | undefined,
): Problem[] {
  return ['requests', 'limits'].flatMap((field) => {
    const list = amounts[field];
    return Object.keys(isRecord(list) ? list : {}).flatMap((name): Problem[] => {
      const message = problemOf(name);
      return message === undefined ? [] : [{ path: [field, name], message, at: 'key' }];
    });
  });
}

const STANDARD_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Resources of others have a domain. Source: Kubernetes `ValidateContainerResourceName`. */
function containerResourceProblem(name: string): string | undefined {
  if (name.includes('/') || name.startsWith('hugepages-') || STANDARD_RESOURCES.includes(name)) {
    return undefined;
  }
  return `unknown resource ${JSON.stringify(name)}: want ${STANDARD_RESOURCES.join(', ')}, hugepages-<size>, or a name with a domain such as nvidia.com/gpu`;
}

const port = z.int().min(1).max(65_535);
const containerFields = {
  resources,
  ports: z
    .array(
      kubernetesObject(
        {
          // Kubernetes writes 0 for "no host port".
          hostPort: z.int().min(0).max(65_535).default(0),
          containerPort: port,
          protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
          hostIP: z.string().default(''),
        },
        UNREAD_FIELDS.port,
      ),
    )
    .default([]),
};
const container = kubernetesObject(containerFields, UNREAD_FIELDS.container);
const initContainer = kubernetesObject(
  { ...containerFields, restartPolicy: z.string().exactOptional() },
  UNREAD_FIELDS.container,
);

/** What planning reads of the claim that a template makes. */
export const claimSpecSchema = kubernetesObject(
  { storageClassName: z.string().exactOptional() },
  UNREAD_FIELDS.claimSpec,
);

const volume = kubernetesObject(
  {
    name: z.string(),
    persistentVolumeClaim: kubernetesObject(
      { claimName: z.string().min(1) },
      UNREAD_FIELDS.volumeOfClaim,
    ).exactOptional(),
    ephemeral: kubernetesObject(
      { volumeClaimTemplate: kubernetesObject({ spec: claimSpecSchema }, UNREAD_FIELDS.claimTemplate) },
      UNREAD_FIELDS.ephemeralVolume,
    ).exactOptional(),
  },
  UNREAD_FIELDS.volume,
);

const writtenSpec = kubernetesObject(
  {
    containers: z.array(container).min(1),
    initContainers: z.array(initContainer).default([]),
    resources: podResources,
    overhead: resourceList.default({}),
    nodeName: z.string().exactOptional(),
    nodeSelector: labelMap.default({}),
    affinity: affinitySchema.default(NO_AFFINITY),
    tolerations: z.array(tolerationSchema).default([]),
    topologySpreadConstraints: spreadSchema.default([]),
    hostNetwork: z.boolean().default(false),
    volumes: z.array(volume).default([]),
    resourceClaims: z
      .array(
        kubernetesObject(
          {
            name: z.string(),
            resourceClaimName: z.string().exactOptional(),
            resourceClaimTemplateName: z.string().exactOptional(),
          },
          UNREAD_FIELDS.resourceClaim,
        ),
      )
      .default([]),
    priority: z.int().exactOptional(),
    priorityClassName: z.string().exactOptional(),
    preemptionPolicy: z.enum(['PreemptLowerPriority', 'Never']).exactOptional(),
    schedulerName: z.string().default('default-scheduler'),
    schedulingGates: z.array(kubernetesObject({ name: z.string() })).default([]),
    terminationGracePeriodSeconds: z.int().min(0).default(30),
  },
  UNREAD_FIELDS.podSpec,
);

/** A specification in the model, and what of it other documents decide. */
export interface ReadPodSpec {
  /** With priority 0 where only a PriorityClass says it. */
  readonly spec: PodSpec;
  readonly nodeName?: string;
  readonly priorityClassName?: string;
  /** The document states the priority itself, as pods of a cluster do. */
  readonly hasPriority: boolean;
  readonly hasPreemptionPolicy: boolean;
  readonly ephemeralClaims: readonly ClaimTemplate[];
}

export const podSpecSchema: z.ZodType<ReadPodSpec> = writtenSpec.transform((written, context) => {
  const { nodeName, priorityClassName, priority, preemptionPolicy } = written;
  const needs = needsOf(written);
  for (const { path, message } of wholePodProblems(needs)) {
    context.issues.push({ code: 'custom', path: [...path], message, input: written });
  }
  return {
    spec: {
      requests: effectiveRequests(needs),
      nodeSelector: written.nodeSelector,
      affinity: written.affinity,
      tolerations: written.tolerations,
      topologySpread: written.topologySpreadConstraints,
      hostPorts: hostPorts(written),
      volumeClaims: written.volumes.flatMap(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
      ),
      resourceClaims: written.resourceClaims.map((claim) => claim.resourceClaimName ?? claim.name),
      priority: priority ?? 0,
      preemptionPolicy: preemptionPolicy ?? 'PreemptLowerPriority',
      schedulerName: written.schedulerName,
      schedulingGates: written.schedulingGates.map(({ name }) => name),
      terminationGracePeriodSeconds: written.terminationGracePeriodSeconds,
    },
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    ...(priorityClassName === undefined || priorityClassName === '' ? {} : { priorityClassName }),
    hasPriority: priority !== undefined,
    hasPreemptionPolicy: preemptionPolicy !== undefined,
    ephemeralClaims: written.volumes.flatMap(({ name, ephemeral }) =>
      ephemeral === undefined
        ? []
        : [{ kind: 'ephemeral' as const, name, ...ephemeral.volumeClaimTemplate.spec }],
    ),
  };
});

/** A pod template of a workload. */
export const podTemplateSchema = kubernetesObject({
  metadata: kubernetesObject(
    { labels: textMap.default({}), annotations: textMap.default({}) },
    UNREAD_FIELDS.objectMeta,
  ).prefault({}),
  spec: podSpecSchema,
});

type Written = z.output<typeof writtenSpec>;

const needsOf = (written: Written): PodResources => ({
  containers: written.containers.map((entry) => entry.resources),
  initContainers: written.initContainers.map((entry) => ({
    ...entry.resources,
    sidecar: isSidecar(entry),
  })),
  pod: written.resources,
  overhead: written.overhead,
});

/** The API server refuses a pod that asks for less than its containers do. */
function wholePodProblems(needs: PodResources): Problem[] {
  const aggregated = containerRequests(needs);
  return Object.entries(needs.pod.requests)
    .filter(([name, request]) => request < (aggregated[name] ?? 0))
    .map(([name, request]) => ({
      path: ['resources', 'requests', name],
      message: `the pod's request of ${formatQuantity(name, request)} is less than the ${formatQuantity(name, aggregated[name] ?? 0)} of its containers: raise it or lower theirs`,
    }));
}

const isSidecar = (entry: z.output<typeof initContainer>): boolean => entry.restartPolicy === 'Always';

/** Ports of containers and sidecars; with `hostNetwork` every container port is the host's. */
function hostPorts({ containers, initContainers, hostNetwork }: Written): HostPort[] {
  return [...initContainers.filter(isSidecar), ...containers]
    .flatMap((entry) => entry.ports)
    .map(({ hostPort, containerPort, protocol, hostIP }) => ({
      port: hostPort === 0 && hostNetwork ? containerPort : hostPort,
      protocol,
      hostIp: hostIP === '' ? '0.0.0.0' : hostIP,
    }))
    .filter((entry) => entry.port !== 0);
}
