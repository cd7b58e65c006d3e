/** Writes beyond those of the `Cluster` port: evictions, events, and applying whole objects. */
import { DovetailError } from '../../model/errors.ts';
import type { PodRef } from '../../ports/cluster.ts';
import type { KubeStatus } from './kube-errors.ts';
import type { KubeHttp } from './kube-http.ts';

/** The owner of the fields we apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers). */
const FIELD_MANAGER = 'dovetail';

export type Eviction =
  | { readonly kind: 'evicted' }
  | { readonly kind: 'gone' }
  /** By a disruption budget, or for the moment by a server that is busy; `message` is the server's. */
  | { readonly kind: 'refused'; readonly byBudget: boolean; readonly message: string };

/** The server does not combine budgets, and answers as if it were broken (500) where a pod has several. */
const SEVERAL_BUDGETS = /more than one PodDisruptionBudget/;

/**
 * Asks for the pod's graceful end within its disruption budgets. Again on a pod that is on its way: `evicted`.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
export async function evictPod(
  http: KubeHttp,
  { namespace, name, uid }: PodRef,
  graceSeconds?: number,
): Promise<Eviction> {
  const { status, body } = await http.call<KubeStatus>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: {
        preconditions: { uid },
        ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
      },
    },
    accept: [404, 409, 429, 500],
  });
  if (status < 300) return { kind: 'evicted' };
  const { message = 'no reason given', details } = body;
  if (status === 500) {
    if (SEVERAL_BUDGETS.test(message)) return { kind: 'refused', byBudget: true, message };
    throw new DovetailError('ServerError', `cannot evict ${namespace}/${name}: ${message}`, 'same-request');
  }
  const budget = details?.causes?.find(({ reason }) => reason === 'DisruptionBudget');
  // Of conflicts, that of the uid means that another pod took the name; any other passes.
  if (status === 404 || (status === 409 && /\bUID\b/.test(message))) return { kind: 'gone' };
  return { kind: 'refused', byBudget: budget !== undefined, message: budget?.message ?? message };
}

/** An object in the API, for `kubectl describe` to show an Event with. */
export interface EventTarget {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for objects of the cluster, whose events are in `default`. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

export interface NewEvent {
  /** Of its namespace; the same name again is the same event. */
  readonly name: string;
  readonly about: EventTarget;
  readonly type: 'Normal' | 'Warning';
  /** `Nominated`, `FailedScheduling`, …: one word in camel case. */
  readonly reason: string;
  readonly message: string;
  readonly atMs: number;
}

/** The API server takes at most 1 kB of text (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/). */
const MAX_NOTE_CHARACTERS = 1_000;

/** Writes an Event; one of that name that is there already is left as it is. */
export async function createEvent(http: KubeHttp, event: NewEvent): Promise<'created' | 'present'> {
  const { about } = event;
  const namespace = about.namespace ?? 'default';
  const time = new Date(event.atMs).toISOString();
  const { status } = await http.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/events`,
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: event.name, namespace },
      involvedObject: about,
      ...{ type: event.type, reason: event.reason, message: event.message.slice(0, MAX_NOTE_CHARACTERS) },
      ...{ source: { component: 'dovetail' }, reportingComponent: 'dovetail', reportingInstance: 'dovetail' },
      ...{ firstTimestamp: seconds(time), lastTimestamp: seconds(time), count: 1 },
    },
    accept: [409],
  });
  return status === 409 ? 'present' : 'created';
}

/** The API's plain times have no fraction. */
const seconds = (time: string): string => time.replace(/\.\d+Z$/, 'Z');

/**
 * Makes the object have these fields, whether it exists or not; fields we applied before and no longer name are removed,
 * and fields that another manager set to something else are taken over. `path` is the object's own.
 */
export async function applyObject(http: KubeHttp, path: string, object: object): Promise<void> {
  await http.call({
    method: 'PATCH',
    path,
    query: { fieldManager: FIELD_MANAGER, force: 'true' },
    patchType: 'apply-patch',
    body: object,
  });
}
