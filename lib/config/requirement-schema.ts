/**
 * Requirements and taints of a NodePool's template.
 * Source: karpenter `pkg/apis/v1/nodeclaim.go` and `nodeclaim_validation.go`.
 */
import * as z from 'zod';
import { LABEL } from '../model/labels.ts';
import { OPERATORS } from '../model/requirement.ts';
import { checked, checkedObject, type Problem, strict } from './kit.ts';
import { labelKeyProblem, labelValueProblem, restrictedKeyProblem } from './label-rules.ts';
import { isRecord } from './located.ts';

const CAPACITY_TYPES = ['spot', 'on-demand', 'reserved'];

/** Problems of a label key as a node would carry it. */
export function nodeLabelKeyProblems(key: string, path: Problem['path'], at: 'key' | 'value'): Problem[] {
  const message = labelKeyProblem(key) ?? restrictedKeyProblem(key);
  return message === undefined ? [] : [{ path, message, at }];
}

export const requirementSchema = checkedObject(
  strict({
    key: z.string().max(316),
    operator: z.enum(OPERATORS),
    values: z.array(z.string()).default([]),
    minValues: z.int().min(1).max(50).exactOptional(),
  }),
  ({ key, operator, values, minValues }) => {
    // What is not a text is its own problem; here only the number and the form of the values count.
    const texts = Array.isArray(values) ? values.map(String) : [];
    return [
      ...(typeof key === 'string' ? nodeLabelKeyProblems(key, ['key'], 'value') : []),
      ...valueProblems(operator, texts),
      ...(key === LABEL.capacityType && operator === 'In' ? capacityTypeProblems(texts) : []),
      ...(operator === 'In' && typeof minValues === 'number' && minValues > texts.length && texts.length > 0
        ? [
            {
              path: ['minValues'],
              message: `minValues ${minValues} is more than the ${texts.length} values listed: lower it or list more`,
            },
          ]
        : []),
    ];
  },
);

function valueProblems(operator: unknown, values: readonly string[]): Problem[] {
  switch (operator) {
    case 'In':
      if (values.length === 0) {
        return [{ path: ['values'], message: 'operator In needs at least one value: list the values' }];
      }
      return labelValueProblems(values);
    case 'NotIn':
      return labelValueProblems(values);
    case 'Gt':
    case 'Lt':
    case 'Gte':
    case 'Lte':
      return values.length === 1 && /^\d+$/.test(values[0] ?? '')
        ? []
        : [
            {
              path: ['values'],
              message: `operator ${operator} needs exactly one non-negative whole number in quotes, found ${JSON.stringify(values)}`,
            },
          ];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [{ path: ['values'], message: `operator ${operator} takes no values: remove them` }];
    default:
      return [];
  }
}

const labelValueProblems = (values: readonly string[]): Problem[] =>
  values.flatMap((value, index) => {
    const message = labelValueProblem(value);
    return message === undefined ? [] : [{ path: ['values', index], message }];
  });

/** One known value is enough, as in Karpenter: the others select nothing. */
const capacityTypeProblems = (values: readonly string[]): Problem[] =>
  values.length > 0 && !values.some((value) => CAPACITY_TYPES.includes(value))
    ? [
        {
          path: ['values'],
          message: `no capacity type among ${JSON.stringify(values)}: want one of ${CAPACITY_TYPES.join(', ')}`,
        },
      ]
    : [];

export const taintSchema = checkedObject(
  strict({
    key: z.string(),
    value: z.string().exactOptional(),
    effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    timeAdded: z.string().exactOptional(),
  }),
  ({ key, value }) => {
    const keyMessage = typeof key === 'string' ? labelKeyProblem(key) : undefined;
    const valueMessage = typeof value === 'string' ? labelValueProblem(value) : undefined;
    return [
      ...(keyMessage === undefined ? [] : [{ path: ['key'], message: keyMessage }]),
      ...(valueMessage === undefined ? [] : [{ path: ['value'], message: valueMessage }]),
    ];
  },
);

/** A node holds one taint per key and effect. */
export const taintListSchema = checked(z.array(taintSchema), (taints) => {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, taint] of (Array.isArray(taints) ? taints : []).entries()) {
    if (!isRecord(taint)) continue;
    const pair = `${taint['key']}:${taint['effect']}`;
    if (seen.has(pair))
      problems.push({ path: [index], message: `duplicate taint ${pair}: keep one of them` });
    seen.add(pair);
  }
  return problems;
});

/** Labels that every node of a pool gets. */
export const nodeLabelsSchema = checkedObject(z.record(z.string(), z.string()), (labels) => [
  ...(Object.keys(labels).length > 100 ? [{ path: [], message: 'more than 100 labels: remove some' }] : []),
  ...Object.entries(labels).flatMap(([key, value]) => {
    const valueMessage = typeof value === 'string' ? labelValueProblem(value) : undefined;
    return [
      ...nodeLabelKeyProblems(key, [key], 'key'),
      ...(valueMessage === undefined ? [] : [{ path: [key], message: valueMessage }]),
    ];
  }),
]);
