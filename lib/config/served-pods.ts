/**
 * Which pods are served, as people write it: names of namespaces, and label selectors in the syntax of `kubectl -l`
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors).
 */
import * as z from 'zod';
import { DovetailError } from '../model/errors.ts';
import type { LabelSelector, LabelSelectorExpression } from '../model/selector.ts';
import type { ServedPods } from '../model/served-pods.ts';
import { labelKeyProblem, labelValueProblem } from './label-rules.ts';

/** A part of a selector: up to a comma outside of parentheses. */
const PART = /(?:[^,()]|\([^()]*\))+/g;
const SET = /^(\S+)\s+(in|notin)\s*\((.*)\)$/;
const COMPARISON = /^([^=!\s]+)\s*(==|!=|=)\s*([^=!]*)$/;

/** Throws `SelectorInvalid`, retry never, which names the part that is wrong. */
export function parseLabelSelector(text: string): LabelSelector {
  const parts = text.match(PART) ?? [];
  if (parts.join(',') !== text || parts.length === 0)
    throw invalid(text, 'want key=value, !key, key in (a,b)');
  return { matchLabels: {}, matchExpressions: parts.map((part) => expressionOf(part.trim())) };
}

function expressionOf(part: string): LabelSelectorExpression {
  const expression = readExpression(part);
  const problems = [labelKeyProblem(expression.key), ...expression.values.map(labelValueProblem)];
  const problem = problems.find((each) => each !== undefined);
  if (problem !== undefined) throw invalid(part, problem);
  return expression;
}

function readExpression(part: string): LabelSelectorExpression {
  const [, setKey, word, list] = SET.exec(part) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return { key: setKey, operator: word === 'in' ? 'In' : 'NotIn', values };
  }
  const [, key, sign, value] = COMPARISON.exec(part) ?? [];
  if (key !== undefined && value !== undefined) {
    return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value.trim()] };
  }
  return part.startsWith('!')
    ? { key: part.slice(1).trim(), operator: 'DoesNotExist', values: [] }
    : { key: part, operator: 'Exists', values: [] };
}

const invalid = (part: string, problem: string): DovetailError =>
  new DovetailError('SelectorInvalid', `invalid selector ${JSON.stringify(part)}: ${problem}`, 'never');

const selector = z.string().transform((text, context): LabelSelector => {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
  error: ({ input }) =>
    `${JSON.stringify(input)} is no name of a namespace: want lower-case letters, digits and "-"`,
});

export const servedPodsSchema = z
  .strictObject({
    namespaces: z.array(namespace).min(1).optional(),
    namespaceSelector: selector.optional(),
    podSelector: selector.optional(),
  })
  .transform(withoutUndefined);

function withoutUndefined({
  namespaces,
  namespaceSelector,
  podSelector,
}: {
  readonly [K in keyof ServedPods]: ServedPods[K] | undefined;
}): ServedPods {
  return {
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(podSelector === undefined ? {} : { podSelector }),
  };
}
