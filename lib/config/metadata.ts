/**
 * Object metadata. Unknown members of live objects are allowed: they are the API server's to add.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
import * as z from 'zod';
import type { OwnerReference } from '../model/pod.ts';
import { kubernetesObject, strict, textMap } from './kit.ts';
import { UNREAD_FIELDS } from './kubernetes-fields.ts';

export const timestamp = z.string().transform((text, context) => {
  const timeMs = Date.parse(text);
  if (!Number.isNaN(timeMs)) return timeMs;
  const message = `invalid time ${JSON.stringify(text)}: want a time such as 2026-01-31T12:00:00Z`;
  context.issues.push({ code: 'custom', message, input: text });
  return 0;
});

/** A DNS subdomain, as the API server demands of the kinds that are read. */
const objectName = z
  .string()
  .max(253)
  .refine((name) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name), {
    error: ({ input }) =>
      `invalid name ${JSON.stringify(input)}: want lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit`,
  });

/** Names of NodePools and EC2NodeClasses are label values of nodes and hence at most 63 characters. */
export const documentName = objectName.max(63);

/** What the API server adds to the metadata of documents is known; anything else is a mistake. */
export const API_SERVER_METADATA = { unread: UNREAD_FIELDS.objectMeta };

export const documentMetadata = strict(
  { name: documentName, annotations: textMap.exactOptional() },
  API_SERVER_METADATA,
);

const ownerReference = z.looseObject({
  kind: z.string(),
  name: z.string(),
  uid: z.string().default(''),
  controller: z.boolean().default(false),
});

/** Metadata of Kubernetes objects. `generateName` names an object that the API server would name. */
export const objectMetadata = kubernetesObject(
  {
    name: objectName.exactOptional(),
    generateName: z
      .string()
      .regex(/^[a-z0-9][-a-z0-9.]*$/)
      .exactOptional(),
    namespace: objectName.default('default'),
    uid: z
      .string()
      .regex(/^\S{1,128}$/)
      .exactOptional(),
    resourceVersion: z.string().exactOptional(),
    labels: textMap.default({}),
    annotations: textMap.default({}),
    creationTimestamp: timestamp.default(0),
    deletionTimestamp: timestamp.exactOptional(),
    ownerReferences: z.array(ownerReference).default([]),
  },
  UNREAD_FIELDS.objectMeta,
).transform((written, context): ObjectMetadata => {
  const { uid, resourceVersion = '0', deletionTimestamp, labels, annotations, namespace } = written;
  const name = written.name ?? written.generateName?.replace(/-$/, '');
  if (name === undefined) {
    context.issues.push({
      code: 'custom',
      message: 'missing field: want a name',
      path: ['name'],
      input: written,
    });
  }
  const owner = written.ownerReferences.find(({ controller }) => controller);
  return {
    name: name ?? '',
    namespace,
    labels,
    annotations,
    resourceVersion,
    createdAtMs: written.creationTimestamp,
    ...(uid === undefined ? {} : { uid }),
    ...(deletionTimestamp === undefined ? {} : { deletionAtMs: deletionTimestamp }),
    ...(owner === undefined ? {} : { owner: { kind: owner.kind, name: owner.name, uid: owner.uid } }),
  };
});

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly resourceVersion: string;
  readonly createdAtMs: number;
  readonly uid?: string;
  readonly deletionAtMs?: number;
  readonly owner?: OwnerReference;
}
