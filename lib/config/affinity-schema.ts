/**
 * Affinity, spread, selectors and tolerations as Kubernetes writes them, into the model. Unknown fields are ignored
 * unless they look like a slip: the API server has more than planning reads.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
import * as z from 'zod';
import type {
  Affinity,
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '../model/affinity.ts';
import type { LabelSelector } from '../model/selector.ts';
import type { Toleration } from '../model/taint.ts';
import { kubernetesObject, type Problem, textMap } from './kit.ts';

const texts = z.array(z.string()).default([]);

export const labelSelector: z.ZodType<LabelSelector> = kubernetesObject({
  matchLabels: textMap.default({}),
  matchExpressions: z
    .array(
      kubernetesObject(
        {
          key: z.string(),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: texts,
        },
        [],
        expressionProblems,
      ),
    )
    .default([]),
});

const nodeExpression = kubernetesObject(
  {
    key: z.string(),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
    values: texts,
  },
  [],
  expressionProblems,
);

/** How many values each operator takes (https://kubernetes.io/docs/reference/kubernetes-api/). */
function expressionProblems({ operator, values }: Readonly<Record<string, unknown>>): Problem[] {
  if (!Array.isArray(values)) return [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [{ path: ['values'], message: `operator ${operator} needs at least one value: list the values` }];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [{ path: ['values'], message: `operator ${operator} takes no values: remove them` }];
    case 'Gt':
    case 'Lt':
      return values.length === 1 && /^-?\d+$/.test(String(values[0]))
        ? []
        : [
            {
              path: ['values'],
              message: `operator ${operator} needs exactly one whole number in quotes, found ${JSON.stringify(values)}`,
            },
          ];
    default:
      return [];
  }
}

export const nodeSelectorTerms: z.ZodType<readonly NodeSelectorTerm[]> = z.array(
  kubernetesObject({
    matchExpressions: z.array(nodeExpression).default([]),
    matchFields: z.array(nodeExpression).default([]),
  }),
);

const podTerm: z.ZodType<PodAffinityTerm> = kubernetesObject({
  topologyKey: z.string().min(1),
  labelSelector: labelSelector.exactOptional(),
  namespaces: texts,
  namespaceSelector: labelSelector.exactOptional(),
  matchLabelKeys: texts,
  mismatchLabelKeys: texts,
});

const weight = z.int().min(1).max(100);
const podTerms = kubernetesObject({
  requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm).default([]),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(kubernetesObject({ weight, podAffinityTerm: podTerm }))
    .default([]),
}).prefault({});

export const affinitySchema: z.ZodType<Affinity> = kubernetesObject({
  nodeAffinity: kubernetesObject({
    requiredDuringSchedulingIgnoredDuringExecution: kubernetesObject({
      nodeSelectorTerms: nodeSelectorTerms,
    }).exactOptional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(
        kubernetesObject({
          weight,
          preference: kubernetesObject({
            matchExpressions: z.array(nodeExpression).default([]),
            matchFields: z.array(nodeExpression).default([]),
          }),
        }),
      )
      .default([]),
  }).prefault({}),
  podAffinity: podTerms,
  podAntiAffinity: podTerms,
}).transform(({ nodeAffinity, podAffinity, podAntiAffinity }) => ({
  nodeRequired: nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [],
  nodePreferred: nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution,
  podRequired: podAffinity.requiredDuringSchedulingIgnoredDuringExecution,
  podPreferred: podAffinity.preferredDuringSchedulingIgnoredDuringExecution.map(weighted),
  podAntiRequired: podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution,
  podAntiPreferred: podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.map(weighted),
}));

const weighted = (term: { readonly weight: number; readonly podAffinityTerm: PodAffinityTerm }) => ({
  weight: term.weight,
  term: term.podAffinityTerm,
});

const policy = z.enum(['Honor', 'Ignore']);

export const spreadSchema: z.ZodType<TopologySpreadConstraint> = kubernetesObject({
  maxSkew: z.int().min(1),
  topologyKey: z.string().min(1),
  whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
  labelSelector: labelSelector.exactOptional(),
  matchLabelKeys: texts,
  minDomains: z.int().min(1).exactOptional(),
  nodeAffinityPolicy: policy.default('Honor'),
  nodeTaintsPolicy: policy.default('Ignore'),
});

export const tolerationSchema: z.ZodType<Toleration> = kubernetesObject(
  {
    key: z.string().exactOptional(),
    operator: z.enum(['Equal', 'Exists']).default('Equal'),
    value: z.string().exactOptional(),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute', ''])
      .transform((effect) => (effect === '' ? undefined : effect))
      .exactOptional(),
    tolerationSeconds: z.int().exactOptional(),
  },
  [],
  ({ key, operator, value }) => [
    ...(operator === 'Exists' && typeof value === 'string' && value !== ''
      ? [{ path: ['value'], message: 'operator Exists takes no value: remove it, or write Equal' }]
      : []),
    ...(operator === 'Equal' && (key === undefined || key === '')
      ? [{ path: ['key'], message: 'an empty key needs operator Exists: name the key, or write Exists' }]
      : []),
  ],
).transform(({ effect, ...toleration }) => ({ ...toleration, ...(effect === undefined ? {} : { effect }) }));
