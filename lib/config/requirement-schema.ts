/**
 * Requirements and taints of a NodePool's template.
 * Source: karpenter `pkg/apis/v1/nodeclaim.go` and `nodeclaim_validation.go`.
 */
import * as z from 'zod';
import { integerOf } from '../constraints/label-domain.ts';
import { LABEL } from '../model/labels.ts';
import { OPERATORS, type Operator } from '../model/requirement.ts';
import { checkedObject, type Problem, strict } from './kit.ts';
import { labelKeyProblem, labelValueProblem, restrictedKeyProblem } from './label-rules.ts';
import { isRecord } from './located.ts';

export const CAPACITY_TYPES: readonly string[] = ['spot', 'on-demand', 'reserved'];
const MAX_LABELS = 100;

/** Problems of a label key as a node would carry it. */
export function nodeLabelKeyProblems(key: string, path: Problem['path'], at: 'key' | 'value'): Problem[] {
  const message = labelKeyProblem(key) ?? restrictedKeyProblem(key);
  return message === undefined ? [] : [{ path, message, at }];
}

/** Operators whose values Karpenter takes and does not read. */
export const VALUELESS: readonly string[] = ['Exists', 'DoesNotExist'] satisfies readonly Operator[];

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
      ...(values === undefined || Array.isArray(values) ? valueProblems(operator, texts) : []),
      ...(operator === 'In' && texts.length > 0
        ? [...tooFewValues(minValues, texts), ...capacityTypeProblems(key, minValues, texts)]
        : []),
    ];
  },
).transform(({ values, ...rest }) => ({
  ...rest,
  values: VALUELESS.includes(rest.operator) ? [] : values,
}));

const tooFewValues = (minValues: unknown, values: readonly string[]): Problem[] =>
  typeof minValues === 'number' && minValues > values.length
    ? [
        {
          path: ['minValues'],
          message: `minValues ${minValues} is more than the ${counted(values.length, 'value')} listed: lower it or list more`,
        },
      ]
    : [];

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

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
      return values.length === 1 && isBound(values[0] ?? '')
        ? []
        : [
            {
              path: ['values'],
              message: `operator ${operator} needs exactly one whole number from 0 in quotes, such as ["4"], found ${JSON.stringify(values)}`,
            },
          ];
    case 'Exists':
    case 'DoesNotExist':
      return labelValueProblems(values);
    default:
      return [];
  }
}

const labelValueProblems = (values: readonly string[]): Problem[] =>
  values.flatMap((value, index) => {
    const message = labelValueProblem(value);
    return message === undefined ? [] : [{ path: ['values', index], message }];
  });

/** A whole number that a comparison of labels reads; see `integerOf`. */
const isBound = (value: string): boolean => /^\d+$/.test(value) && integerOf(value) !== undefined;

/** Known values are enough, as in Karpenter: the others select nothing. */
function capacityTypeProblems(key: unknown, minValues: unknown, values: readonly string[]): Problem[] {
  if (key !== LABEL.capacityType) return [];
  const known = values.filter((value) => CAPACITY_TYPES.includes(value));
  if (known.length === 0) {
    return [
      {
        path: ['values'],
        message: `no capacity type among ${JSON.stringify(values)}: want one of ${CAPACITY_TYPES.join(', ')}`,
      },
    ];
  }
  return typeof minValues === 'number' && minValues <= values.length && minValues > known.length
    ? [
        {
          path: ['minValues'],
          message: `minValues ${minValues} is more than the ${counted(known.length, 'capacity type')} among ${JSON.stringify(values)}: lower it or list more of ${CAPACITY_TYPES.join(', ')}`,
        },
      ]
    : [];
}

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
      ...(keyMessage === undefined ? [] : [{ path: ['key'], message: keyMessage.replace('label', 'taint') }]),
      ...(valueMessage === undefined
        ? []
        : [{ path: ['value'], message: valueMessage.replace('label', 'taint') }]),
    ];
  },
);

/** A node holds one taint per key and effect, and startup taints are taints. Paths begin with the list's field. */
export function duplicateTaints(spec: Readonly<Record<string, unknown>>): Problem[] {
  const seen = new Map<string, string>();
  const problems: Problem[] = [];
  for (const field of ['taints', 'startupTaints']) {
    const taints: readonly unknown[] = Array.isArray(spec[field]) ? spec[field] : [];
    for (const [index, taint] of taints.entries()) {
      if (!isRecord(taint)) continue;
      const pair = `${taint['key']}:${taint['effect']}`;
      const first = seen.get(pair);
      if (first === undefined) seen.set(pair, `${field}[${index}]`);
      else {
        const message = `duplicate taint ${pair}, also at ${first}: keep one of them`;
        problems.push({ path: [field, index], message });
      }
    }
  }
  return problems;
}

/** Labels that every node of a pool gets. */
export const nodeLabelsSchema = checkedObject(z.record(z.string(), z.string()), (labels) => [
  ...(Object.keys(labels).length > MAX_LABELS
    ? [{ path: [], message: `${Object.keys(labels).length} labels: want at most ${MAX_LABELS}, remove some` }]
    : []),
  ...Object.entries(labels).flatMap(([key, value]) => {
    const valueMessage = typeof value === 'string' ? labelValueProblem(value) : undefined;
    return [
      ...nodeLabelKeyProblems(key, [key], 'key'),
      ...(valueMessage === undefined ? [] : [{ path: [key], message: valueMessage }]),
    ];
  }),
]);
