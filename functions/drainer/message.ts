// What stands in the drain queue: our own requests, and EventBridge's events as they came.
import * as z from 'zod';
import { type DrainRequest, drainRequestSchema } from '../../lib/messages/drain-request.ts';
import {
  type InstanceStateChanged,
  instanceStateChangedSchema,
} from '../../lib/messages/instance-state-changed.ts';

export type DrainMessage =
  | { readonly kind: 'request'; readonly request: DrainRequest }
  | { readonly kind: 'state-changed'; readonly event: InstanceStateChanged }
  | { readonly kind: 'other-event'; readonly detailType: string };

const eventSchema = z.looseObject({ source: z.string(), 'detail-type': z.string().min(1) });

/** Throws a `ZodError` for what is neither. */
export function drainMessageOf(body: unknown): DrainMessage {
  const event = eventSchema.safeParse(body);
  if (!event.success) return { kind: 'request', request: drainRequestSchema.parse(body) };
  const { source, 'detail-type': detailType } = event.data;
  const { source: ours, 'detail-type': known } = instanceStateChangedSchema.shape;
  if (source !== ours.value || detailType !== known.value) return { kind: 'other-event', detailType };
  return { kind: 'state-changed', event: instanceStateChangedSchema.parse(body) };
}
