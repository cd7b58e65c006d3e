/**
 * Affinity, spread, selectors and tolerations as Kubernetes writes them, into the model. Unknown fields are ignored
 * unless they look like a slip: the API server has more than planning reads.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
import * as z from 'zod';
import { integerOf } from '../constraints/label-domain.ts';
import type {
  Affinity,
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '../model/affinity.ts';
import type { LabelSelector } from '../model/selector.ts';
import type { Toleration } from '../model/taint.ts';
import { checked, checkedObject, kubernetesObject, type Problem, textMap } from './kit.ts';
import { labelKeyProblem, labelValueProblem } from './label-rules.ts';
import { isRecord } from './located.ts';

const texts = z.array(z.string()).default([]);

const problemAt = (path: Problem['path'], message: string | undefined, at?: Problem['at']): Problem[] =>
  message === undefined ? [] : [{ path, message, ...(at === undefined ? {} : { at }) }];

const keyProblem = (key: unknown): string | undefined =>
  typeof key === 'string' ? labelKeyProblem(key) : undefined;
const valueProblem = (value: unknown): string | undefined =>
  typeof value === 'string' ? labelValueProblem(value) : undefined;

/** Labels that objects must have: a selector by equality. */
export const labelMap = checkedObject(textMap, (labels) =>
  Object.entries(labels).flatMap(([key, value]) => [
    ...problemAt([key], keyProblem(key), 'key'),
    ...problemAt([key], valueProblem(value)),
  ]),
);

export const labelSelector: z.ZodType<LabelSelector> = kubernetesObject({
  matchLabels: labelMap.default({}),
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
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'], {
      error: ({ input }) =>
        input === 'Gte' || input === 'Lte'
          ? `operator ${input} is for NodePools only: write ${input.slice(0, 2)} and the number next to it`
          : undefined,
    }),
    values: texts,
  },
  [],
  expressionProblems,
);

/** How many values each operator takes, and of which form (https://kubernetes.io/docs/reference/kubernetes-api/). */
function expressionProblems({ key, operator, values }: Readonly<Record<string, unknown>>): Problem[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  return [...problemAt(['key'], keyProblem(key)), ...valuesProblems(operator, list)];
}

function valuesProblems(operator: unknown, values: readonly unknown[]): Problem[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? values.flatMap((value, index) => problemAt(['values', index], valueProblem(value)))
        : [{ path: ['values'], message: `operator ${operator} needs at least one value: list the values` }];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [{ path: ['values'], message: `operator ${operator} takes no values: remove them` }];
    case 'Gt':
    case 'Lt':
      return values.length === 1 && isBound(String(values[0]))
        ? []
        : [
            {
              path: ['values'],
              message: `operator ${operator} needs exactly one non-negative whole number in quotes, found ${JSON.stringify(values)}`,
            },
          ];
    default:
      return [];
  }
}

/** A bound must be a label value too, which no sign can begin. */
const isBound = (text: string): boolean => /^\d/.test(text) && integerOf(text) !== undefined;

/** A node by its name, which need not be a label value. Source: Kubernetes `ValidateNodeFieldSelectorRequirement`. */
const fieldExpression = kubernetesObject({
  key: z.literal('metadata.name'),
  operator: z.enum(['In', 'NotIn']),
  values: z.array(z.string()).length(1),
});

export const nodeSelectorTerms: z.ZodType<readonly NodeSelectorTerm[]> = z
  .array(
    kubernetesObject({
      matchExpressions: z.array(nodeExpression).default([]),
      matchFields: z.array(fieldExpression).default([]),
    }),
  )
  .min(1);

const podTerm: z.ZodType<PodAffinityTerm> = kubernetesObject(
  {
    topologyKey: z.string(),
    labelSelector: labelSelector.exactOptional(),
    namespaces: texts,
    namespaceSelector: labelSelector.exactOptional(),
    matchLabelKeys: texts,
    mismatchLabelKeys: texts,
  },
  [],
  (term) => [
    ...problemAt(['topologyKey'], keyProblem(term['topologyKey'])),
    ...labelKeysProblems(term, 'matchLabelKeys'),
    ...labelKeysProblems(term, 'mismatchLabelKeys'),
  ],
);

/** Keys narrow a selector. Without one there is nothing to narrow, and the term counts no pod. */
function labelKeysProblems(
  term: Readonly<Record<string, unknown>>,
  field: 'matchLabelKeys' | 'mismatchLabelKeys',
): Problem[] {
  const keys = term[field];
  if (!Array.isArray(keys) || keys.length === 0) return [];
  const orphaned =
    term['labelSelector'] === undefined
      ? [{ path: [field], message: `${field} needs a labelSelector beside it: add one` }]
      : [];
  return [...orphaned, ...keys.flatMap((key, index) => problemAt([field, index], keyProblem(key)))];
}

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
            matchFields: z.array(fieldExpression).default([]),
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

const spread: z.ZodType<TopologySpreadConstraint> = kubernetesObject(
  {
    maxSkew: z.int().min(1),
    topologyKey: z.string(),
    whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
    labelSelector: labelSelector.exactOptional(),
    matchLabelKeys: texts,
    minDomains: z.int().min(1).exactOptional(),
    nodeAffinityPolicy: policy.default('Honor'),
    nodeTaintsPolicy: policy.default('Ignore'),
  },
  [],
  (constraint) => [
    ...problemAt(['topologyKey'], keyProblem(constraint['topologyKey'])),
    ...labelKeysProblems(constraint, 'matchLabelKeys'),
    ...(constraint['minDomains'] !== undefined && constraint['whenUnsatisfiable'] === 'ScheduleAnyway'
      ? [{ path: ['minDomains'], message: 'minDomains needs whenUnsatisfiable DoNotSchedule: remove it' }]
      : []),
  ],
);

/** At most one constraint per topology key and consequence. */
export const spreadSchema: z.ZodType<readonly TopologySpreadConstraint[]> = checked(
  z.array(spread),
  (written) => {
    const list: readonly unknown[] = Array.isArray(written) ? written : [];
    const seen = new Set<string>();
    return list.flatMap((constraint, index) => {
      if (!isRecord(constraint)) return [];
      const pair = `${constraint['topologyKey']}, ${constraint['whenUnsatisfiable']}`;
      const message = `duplicate constraint on ${pair}: keep one of them`;
      if (seen.has(pair)) return [{ path: [index], message }];
      seen.add(pair);
      return [];
    });
  },
);

export const tolerationSchema: z.ZodType<Toleration> = kubernetesObject(
  {
    key: z.string().exactOptional(),
    operator: z
      .enum(['Equal', 'Exists'], {
        error: ({ input }) =>
          input === 'Gt' || input === 'Lt'
            ? `operator ${input} (alpha in Kubernetes 1.35) is not supported for tolerations: write Equal or Exists`
            : undefined,
      })
      .default('Equal'),
    value: z.string().exactOptional(),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute', ''])
      .transform((effect) => (effect === '' ? undefined : effect))
      .exactOptional(),
    tolerationSeconds: z.int().exactOptional(),
  },
  [],
  tolerationProblems,
).transform(({ effect, ...toleration }) => ({ ...toleration, ...(effect === undefined ? {} : { effect }) }));

/** Source: Kubernetes `ValidateTolerations`. */
function tolerationProblems(toleration: Readonly<Record<string, unknown>>): Problem[] {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  const problems: Problem[] = [];
  if (operator === 'Exists' && typeof value === 'string' && value !== '') {
    problems.push({ path: ['value'], message: 'operator Exists takes no value: remove it, or write Equal' });
  }
  if (operator === 'Equal') problems.push(...problemAt(['value'], valueProblem(value)));
  if (key !== undefined && key !== '') problems.push(...problemAt(['key'], keyProblem(key)));
  else if (operator === 'Equal') {
    const message = 'an empty key needs operator Exists: name the key, or write Exists';
    problems.push({ path: ['key'], message });
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const message = 'tolerationSeconds needs effect NoExecute: write it, or remove the seconds';
    problems.push({ path: ['tolerationSeconds'], message });
  }
  return problems;
}
