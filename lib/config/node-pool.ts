/**
 * The `karpenter.sh/v1` NodePool: every field, default and rule, into the model.
 * Source: karpenter `pkg/apis/v1/nodepool.go`, `nodeclaim.go`.
 */
import * as z from 'zod';
import { ANNOTATION } from '../model/labels.ts';
import type { NodePool, NodeTemplate, PlacementMode } from '../model/node-pool.ts';
import { compareText, stableHash } from '../model/stable-json.ts';
import { didYouMean } from '../model/suggest.ts';
import type { Taint } from '../model/taint.ts';
import { budgetModel, budgetSchema, DEFAULT_BUDGET_NODES } from './budget-schema.ts';
import {
  checkedObject,
  duration,
  durationOrNever,
  type Problem,
  type Read,
  read,
  resourceList,
  strict,
  textMap,
} from './kit.ts';
import { isRecord, type LocatedObject } from './located.ts';
import { API_SERVER_METADATA, documentName } from './metadata.ts';
import {
  MOVED_FROM_DISRUPTION,
  MOVED_FROM_NODE_CLASS_REF,
  MOVED_FROM_SPEC,
  MOVED_FROM_TEMPLATE,
  MOVED_FROM_TEMPLATE_SPEC,
} from './moved-fields.ts';
import { nodePoolNotes } from './node-pool-notes.ts';
import { requirementConflicts } from './requirement-conflicts.ts';
import { duplicateTaints, nodeLabelsSchema, requirementSchema, taintSchema } from './requirement-schema.ts';

const HASH_VERSION = 'v3';
const PLACEMENTS = ['slot', 'barrier', 'off'] as const satisfies readonly PlacementMode[];
const THIRTY_DAYS_MS = 720 * 3_600_000;

/** A literal whose refusal is `advice`; a missing one is worded as every missing field. */
const exactly = <T extends string>(text: T, advice: (found: unknown) => string) =>
  z.literal(text, { error: ({ input }) => (input === undefined ? undefined : advice(input)) });

const nodeClassRefSchema = strict(
  {
    group: exactly(
      'karpenter.k8s.aws',
      (found) =>
        `NodeClasses of group ${JSON.stringify(found)} are not read${found === 'eks.amazonaws.com' ? ' (it is that of EKS Auto Mode)' : ''}: want karpenter.k8s.aws`,
    ),
    kind: exactly(
      'EC2NodeClass',
      (found) => `NodeClasses of kind ${JSON.stringify(found)} are not read: want EC2NodeClass`,
    ),
    name: z.string().min(1, { error: 'empty name: want the name of an EC2NodeClass' }),
  },
  { moved: MOVED_FROM_NODE_CLASS_REF },
);

const templateMetadataSchema = strict({
  labels: nodeLabelsSchema.default({}),
  annotations: textMap.default({}),
});

const templateSpecSchema = checkedObject(
  strict(
    {
      nodeClassRef: nodeClassRefSchema,
      requirements: z.array(requirementSchema).max(100),
      taints: z.array(taintSchema).default([]),
      startupTaints: z.array(taintSchema).default([]),
      expireAfter: durationOrNever.default(THIRTY_DAYS_MS),
      terminationGracePeriod: duration.exactOptional(),
    },
    { moved: MOVED_FROM_TEMPLATE_SPEC },
  ),
  duplicateTaints,
);

const templateSchema = checkedObject(
  strict(
    { metadata: templateMetadataSchema.prefault({}), spec: templateSpecSchema },
    { moved: MOVED_FROM_TEMPLATE },
  ),
  conflicts,
);

/** Between the parts that are valid by themselves, whatever else is wrong. */
function conflicts({ metadata, spec }: Readonly<Record<string, unknown>>): Problem[] {
  const written = isRecord(spec) && Array.isArray(spec['requirements']) ? spec['requirements'] : [];
  const requirements = written.flatMap((entry: unknown, index) => {
    const { success, data } = requirementSchema.safeParse(entry);
    return success ? [{ index, requirement: data }] : [];
  });
  const labels = nodeLabelsSchema.safeParse(isRecord(metadata) ? metadata['labels'] : {});
  return requirementConflicts(requirements, labels.data ?? {});
}

const POLICIES = ['WhenEmptyOrUnderutilized', 'WhenEmpty', 'Balanced'] as const;

const disruptionSchema = strict(
  {
    consolidationPolicy: z
      .enum(POLICIES, {
        error: ({ input }) =>
          input === 'WhenUnderutilized'
            ? 'consolidationPolicy "WhenUnderutilized" is called WhenEmptyOrUnderutilized in v1: write that'
            : undefined,
      })
      .default('WhenEmptyOrUnderutilized'),
    consolidateAfter: durationOrNever.default(0),
    budgets: z
      .array(budgetSchema)
      .max(50)
      .default([{ nodes: DEFAULT_BUDGET_NODES }]),
  },
  { moved: MOVED_FROM_DISRUPTION },
);

const specSchema = checkedObject(
  strict(
    {
      template: templateSchema,
      disruption: disruptionSchema.prefault({}),
      limits: resourceList.default({}),
      weight: z.int().min(1).max(100).exactOptional(),
      replicas: z.int().min(0).exactOptional(),
    },
    { moved: MOVED_FROM_SPEC },
  ),
  staticPoolProblems,
);

function staticPoolProblems(spec: Readonly<Record<string, unknown>>): Problem[] {
  if (!('replicas' in spec)) return [];
  const limits = isRecord(spec['limits']) ? Object.keys(spec['limits']) : [];
  return [
    ...('weight' in spec
      ? [{ path: ['weight'], message: 'a pool with "replicas" takes no "weight": remove one of them' }]
      : []),
    ...limits
      .filter((name) => name !== 'nodes')
      .map((name) => ({
        path: ['limits', name],
        message: `a pool with "replicas" takes only the limit "nodes": remove ${JSON.stringify(name)}`,
      })),
  ];
}

const OWN_PREFIX = 'dovetail.sh/';

const annotationsSchema = checkedObject(
  z.looseObject({ [ANNOTATION.placement]: z.enum(PLACEMENTS).default('slot') }),
  (annotations) =>
    Object.keys(annotations)
      .filter((key) => key.startsWith(OWN_PREFIX) && key !== ANNOTATION.placement)
      .map((key) => ({
        path: [key],
        message: `unknown annotation ${JSON.stringify(key)}${didYouMean(key, [ANNOTATION.placement]) || `: only ${ANNOTATION.placement} is read`}`,
        at: 'key' as const,
      })),
);

const nodePoolSchema = strict({
  apiVersion: exactly(
    'karpenter.sh/v1',
    (found) =>
      `NodePools of ${JSON.stringify(found)} are not read: write karpenter.sh/v1 and correct what else is reported`,
  ),
  kind: z.literal('NodePool'),
  metadata: strict({ name: documentName, annotations: annotationsSchema.prefault({}) }, API_SERVER_METADATA),
  spec: specSchema,
  status: z.unknown().optional(),
});

/** A NodePool document as written, to the model. */
export const nodePoolDocument: z.ZodType<NodePool> = nodePoolSchema.transform(({ metadata, spec }) => {
  const { template, disruption, limits, weight = 0, replicas } = spec;
  const { consolidationPolicy, consolidateAfter, budgets } = disruption;
  return {
    name: metadata.name,
    hash: templateHash(template),
    hashVersion: HASH_VERSION,
    template: templateModel(template),
    disruption: {
      consolidationPolicy,
      consolidateAfterMs: consolidateAfter,
      budgets: budgets.map(budgetModel),
    },
    limits,
    weight,
    ...(replicas === undefined ? {} : { replicas }),
    placement: metadata.annotations[ANNOTATION.placement],
  };
});

/** Reads a NodePool document; all its problems at once, and a note for what is valid and has no effect. */
export function readNodePool(object: LocatedObject): Read<NodePool> {
  const result = read(object, nodePoolDocument);
  // A document with errors is not used, so what it leaves without effect does not matter yet.
  return result.value === undefined ? result : { ...result, findings: nodePoolNotes(object) };
}

type Template = z.output<typeof templateSchema>;

function templateModel({ metadata, spec }: Template): NodeTemplate {
  const { requirements, nodeClassRef, expireAfter, terminationGracePeriod } = spec;
  return {
    labels: metadata.labels,
    annotations: metadata.annotations,
    taints: spec.taints.map(taintModel),
    startupTaints: spec.startupTaints.map(taintModel),
    requirements,
    nodeClass: nodeClassRef.name,
    expireAfterMs: expireAfter,
    ...(terminationGracePeriod === undefined ? {} : { terminationGracePeriodMs: terminationGracePeriod }),
  };
}

const taintModel = ({ key, value, effect }: Taint): Taint => ({
  key,
  ...(value === undefined ? {} : { value }),
  effect,
});

/**
 * What a running node cannot be changed to: requirements, limits, weight and disruption are left out. The order of taints
 * does not matter, as in Karpenter.
 */
function templateHash({ metadata, spec }: Template): string {
  const { requirements: _, taints, startupTaints, ...hashed } = spec;
  return stableHash({
    ...metadata,
    ...hashed,
    taints: inOrder(taints),
    startupTaints: inOrder(startupTaints),
  });
}

const inOrder = (taints: readonly Taint[]): Taint[] =>
  [...taints].sort((a, b) => compareText(a.key, b.key) || compareText(a.effect, b.effect));
