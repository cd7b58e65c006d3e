/**
 * The `karpenter.sh/v1` NodePool: every field, default and rule, into the model.
 * Source: karpenter `pkg/apis/v1/nodepool.go`, `nodeclaim.go`.
 */
import * as z from 'zod';
import { ANNOTATION } from '../model/labels.ts';
import type { DisruptionBudget, NodePool, NodeTemplate, PlacementMode } from '../model/node-pool.ts';
import { stableHash } from '../model/stable-json.ts';
import type { Taint } from '../model/taint.ts';
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
  textOrNumber,
} from './kit.ts';
import type { LocatedObject } from './located.ts';
import { documentMetadata } from './metadata.ts';
import { nodeLabelsSchema, requirementSchema, taintListSchema } from './requirement-schema.ts';
import { parseSchedule } from './schedule.ts';

const HASH_VERSION = 'v3';
const PLACEMENTS = ['slot', 'barrier', 'off'] as const satisfies readonly PlacementMode[];
const DEFAULT_BUDGET_NODES: DisruptionBudget['nodes'] = { kind: 'percent', percent: 10 };
const THIRTY_DAYS_MS = 720 * 3_600_000;

const budgetNodes = textOrNumber.transform((written, context): DisruptionBudget['nodes'] => {
  const text = String(written);
  const percent = /^(100|\d{1,2})%$/.exec(text)?.[1];
  if (percent !== undefined) return { kind: 'percent', percent: Number(percent) };
  if (!/^\d{1,9}$/.test(text)) {
    const message = `invalid number of nodes ${JSON.stringify(written)}: want a whole number such as "5", or a share from "0%" to "100%"`;
    context.issues.push({ code: 'custom', message, input: written });
  }
  return { kind: 'count', count: Number(text) };
});

const schedule = z.string().transform((text, context) => {
  const result = parseSchedule(text);
  if (result.ok) return result.schedule;
  context.issues.push({ code: 'custom', message: result.message, input: text });
  return text;
});

const budgetSchema = checkedObject(
  strict({
    nodes: budgetNodes.default(DEFAULT_BUDGET_NODES),
    reasons: z
      .array(z.enum(['Underutilized', 'Empty', 'Drifted']))
      .max(50)
      .exactOptional(),
    schedule: schedule.exactOptional(),
    duration: duration.exactOptional(),
  }),
  (budget) => [
    ...pairedProblem(budget, 'schedule', 'duration', 'say for how long each time holds'),
    ...pairedProblem(budget, 'duration', 'schedule', 'say when it begins'),
    ...(typeof budget['duration'] === 'number' && budget['duration'] % 60_000 !== 0
      ? [{ path: ['duration'], message: 'a budget counts hours and minutes: remove the seconds' }]
      : []),
  ],
);

function pairedProblem(
  budget: Readonly<Record<string, unknown>>,
  present: string,
  missing: string,
  advice: string,
): Problem[] {
  if (!(present in budget) || missing in budget) return [];
  return [
    { path: [present], message: `"${present}" needs a "${missing}" beside it: ${advice}, or remove it` },
  ];
}

const nodeClassRefSchema = strict({
  group: z.literal('karpenter.k8s.aws'),
  kind: z.literal('EC2NodeClass'),
  name: z.string().min(1),
});

const templateSchema = strict({
  metadata: strict({ labels: nodeLabelsSchema.default({}), annotations: textMap.default({}) }).prefault({}),
  spec: strict({
    nodeClassRef: nodeClassRefSchema,
    requirements: z.array(requirementSchema).max(100),
    taints: taintListSchema.default([]),
    startupTaints: taintListSchema.default([]),
    expireAfter: durationOrNever.default(THIRTY_DAYS_MS),
    terminationGracePeriod: duration.exactOptional(),
  }),
});

const disruptionSchema = strict({
  consolidationPolicy: z
    .enum(['WhenEmptyOrUnderutilized', 'WhenEmpty', 'Balanced'])
    .default('WhenEmptyOrUnderutilized'),
  consolidateAfter: durationOrNever.default(0),
  budgets: z
    .array(budgetSchema)
    .max(50)
    .default([{ nodes: DEFAULT_BUDGET_NODES }]),
});

const specSchema = checkedObject(
  strict({
    template: templateSchema,
    disruption: disruptionSchema.prefault({}),
    limits: resourceList.default({}),
    weight: z.int().min(1).max(100).exactOptional(),
    replicas: z.int().min(0).exactOptional(),
  }),
  (spec) => {
    if (!('replicas' in spec)) return [];
    const limits = Object.keys((spec['limits'] ?? {}) as object).filter((name) => name !== 'nodes');
    return [
      ...('weight' in spec
        ? [{ path: ['weight'], message: 'a pool with "replicas" takes no "weight": remove one of them' }]
        : []),
      ...limits.map((name) => ({
        path: ['limits', name],
        message: `a pool with "replicas" takes only the limit "nodes": remove ${JSON.stringify(name)}`,
      })),
    ];
  },
);

const nodePoolSchema = strict({
  apiVersion: z.literal('karpenter.sh/v1'),
  kind: z.literal('NodePool'),
  metadata: documentMetadata.extend({
    annotations: z.looseObject({ [ANNOTATION.placement]: z.enum(PLACEMENTS).default('slot') }).prefault({}),
  }),
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

/** Reads a NodePool document; all its problems at once. */
export const readNodePool = (object: LocatedObject): Read<NodePool> => read(object, nodePoolDocument);

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

const budgetModel = ({
  duration: durationMs,
  ...budget
}: z.output<typeof budgetSchema>): DisruptionBudget => ({
  ...budget,
  ...(durationMs === undefined ? {} : { durationMs }),
});

/** What a running node cannot be changed to: requirements, limits, weight and disruption are left out. */
function templateHash({ metadata, spec }: Template): string {
  const { requirements: _, ...hashed } = spec;
  return stableHash({ ...metadata, ...hashed });
}
