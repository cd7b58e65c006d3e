/**
 * The kinds whose controllers create pods, as Kubernetes writes them. Each kind has a specification of its own; what all
 * share is a template and, but for Jobs, a selector that must pick the template's pods.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
 */
import * as z from 'zod';
import type { Workload } from '../model/workload.ts';
import { labelSelector } from './affinity-schema.ts';
import { kubernetesObject, type Problem, textMap } from './kit.ts';
import { UNREAD_FIELDS } from './kubernetes-fields.ts';
import { objectMetadata } from './metadata.ts';
import { ownSelectorProblems } from './own-selector.ts';
import { claimSpecSchema, podTemplateSchema } from './pod-spec.ts';

const replicas = z.int().min(0).max(100_000);

const claimTemplate = kubernetesObject(
  {
    metadata: kubernetesObject({ name: z.string().min(1) }, UNREAD_FIELDS.objectMeta),
    spec: claimSpecSchema.prefault({}),
  },
  UNREAD_FIELDS.claimTemplate,
);

/** A whole object with this specification. */
const objectOf = <Spec extends z.ZodType>(spec: Spec) =>
  kubernetesObject({ metadata: objectMetadata, spec }, UNREAD_FIELDS.object);

/** A specification whose selector must pick the pods of its template. */
const selecting = <Shape extends z.ZodRawShape>(shape: Shape, unread: readonly string[]) =>
  kubernetesObject(
    { ...shape, selector: labelSelector.exactOptional(), template: podTemplateSchema },
    unread,
    selectorProblems,
  );

/** Both parts are checked for themselves too; only where both are well formed can they be compared. */
function selectorProblems({ selector, template }: Readonly<Record<string, unknown>>): Problem[] {
  const selects = labelSelector.safeParse(selector);
  const pods = z.object({ metadata: z.object({ labels: textMap }) }).safeParse(template);
  return selects.success && pods.success ? ownSelectorProblems(selects.data, pods.data.metadata.labels) : [];
}

const replicated = { replicas: replicas.default(1) };

export interface Replicated {
  readonly metadata: z.output<typeof objectMetadata>;
  readonly spec: {
    readonly replicas: number;
    readonly template: z.output<typeof podTemplateSchema>;
    readonly volumeClaimTemplates?: readonly z.output<typeof claimTemplate>[];
  };
}

export const replicatedSchemas: Readonly<Record<Exclude<Workload['kind'], 'Job'>, z.ZodType<Replicated>>> = {
  Deployment: objectOf(selecting(replicated, UNREAD_FIELDS.deploymentSpec)),
  ReplicaSet: objectOf(selecting(replicated, UNREAD_FIELDS.replicaSetSpec)),
  StatefulSet: objectOf(
    selecting(
      { ...replicated, volumeClaimTemplates: z.array(claimTemplate).default([]) },
      UNREAD_FIELDS.statefulSetSpec,
    ),
  ),
  ReplicationController: objectOf(
    kubernetesObject({ ...replicated, template: podTemplateSchema }, UNREAD_FIELDS.replicationControllerSpec),
  ),
};

export const daemonSetSchema = objectOf(selecting({}, UNREAD_FIELDS.daemonSetSpec));

const jobSpec = kubernetesObject(
  {
    parallelism: replicas.default(1),
    completions: replicas.exactOptional(),
    suspend: z.boolean().default(false),
    template: podTemplateSchema,
  },
  UNREAD_FIELDS.jobSpec,
);

export const jobSchema = kubernetesObject(
  {
    metadata: objectMetadata,
    spec: jobSpec,
    status: z.object({ succeeded: z.int().min(0).default(0) }).prefault({}),
  },
  UNREAD_FIELDS.object,
);

export const cronJobSchema = objectOf(
  kubernetesObject(
    {
      jobTemplate: kubernetesObject(
        { metadata: kubernetesObject({}, UNREAD_FIELDS.objectMeta).prefault({}), spec: jobSpec },
        [],
      ),
    },
    UNREAD_FIELDS.cronJobSpec,
  ),
);
