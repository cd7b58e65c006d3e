/** How the API writes small values; the model's empty parts are left out, as the API leaves out its own. */

import type { NodeSelectorTerm } from '../../../model/affinity.ts';
import { formatQuantity } from '../../../model/quantity.ts';
import type { Requirement } from '../../../model/requirement.ts';
import type { ResourceList } from '../../../model/resources.ts';
import type { LabelSelector } from '../../../model/selector.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The member when it says something: not undefined, not empty. */
export function member(name: string, value: unknown): Json {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return {};
  return { [name]: value };
}

/** The API's times have whole seconds. */
export const timeText = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19)}Z`;

export const optionalTime = (name: string, timeMs: number | undefined): Json =>
  timeMs === undefined ? {} : { [name]: timeText(timeMs) };

export const amountTexts = (amounts: ResourceList): Json =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, formatQuantity(name, amount)]));

const expression = ({
  key,
  operator,
  values,
}: Omit<Requirement, 'operator'> & { operator: string }): Json => ({
  key,
  operator,
  ...member('values', values),
});

export const nodeTerm = ({ matchExpressions, matchFields }: NodeSelectorTerm): Json => ({
  ...member('matchExpressions', matchExpressions.map(expression)),
  ...member('matchFields', matchFields.map(expression)),
});

export const selector = ({ matchLabels, matchExpressions }: LabelSelector): Json => ({
  ...member('matchLabels', matchLabels),
  ...member('matchExpressions', matchExpressions.map(expression)),
});

interface Named {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly createdAtMs?: number;
  readonly deletionAtMs?: number;
}

/** `kind` names objects whose uid the model leaves out. */
export function metadata(kind: string, object: Named, resourceVersion: number): Json {
  const { name, namespace, uid = `${kind}-${name}`, labels, annotations } = object;
  return {
    name,
    ...member('namespace', namespace),
    uid,
    resourceVersion: String(resourceVersion),
    ...member('labels', labels),
    ...member('annotations', annotations),
    creationTimestamp: timeText(object.createdAtMs ?? 0),
    ...optionalTime('deletionTimestamp', object.deletionAtMs),
  };
}
