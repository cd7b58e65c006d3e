// What stands in the drain queue: our own requests, and EventBridge's events as they came.
import * as z from 'zod';
import type { InstanceWarning } from '../../lib/control/interruptions.ts';
import { type DrainRequest, drainRequestSchema } from '../../lib/messages/drain-request.ts';
import {
  type InstanceStateChanged,
  instanceStateChangedSchema,
} from '../../lib/messages/instance-state-changed.ts';

export type DrainMessage =
  | { readonly kind: 'request'; readonly request: DrainRequest }
  | { readonly kind: 'state-changed'; readonly event: InstanceStateChanged }
  | { readonly kind: 'warning'; readonly warning: InstanceWarning };

/** Instances by id, where EC2 and AWS Health name them; AWS may put something else into an event at any time. */
const detailSchema = z
  .looseObject({
    'instance-id': z.string().optional(),
    affectedEntities: z.array(z.looseObject({ entityValue: z.string().optional() })).optional(),
  })
  .catch({});
const eventSchema = z.looseObject({
  source: z.string(),
  'detail-type': z.string().min(1),
  detail: detailSchema.optional(),
});

/** Throws a `ZodError` for what is neither. */
export function drainMessageOf(body: unknown): DrainMessage {
  const event = eventSchema.safeParse(body);
  if (!event.success) return { kind: 'request', request: drainRequestSchema.parse(body) };
  const { source, 'detail-type': detailType, detail = {} } = event.data;
  const { source: ours, 'detail-type': known } = instanceStateChangedSchema.shape;
  if (source !== ours.value || detailType !== known.value) {
    return { kind: 'warning', warning: { detailType, instanceIds: instanceIdsIn(detail) } };
  }
  return { kind: 'state-changed', event: instanceStateChangedSchema.parse(body) };
}

const instanceIdsIn = ({
  'instance-id': id,
  affectedEntities = [],
}: z.infer<typeof detailSchema>): string[] =>
  [id, ...affectedEntities.map(({ entityValue }) => entityValue)].filter(
    (each): each is string => each !== undefined && /^i-[0-9a-f]+$/.test(each),
  );
