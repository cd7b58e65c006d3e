/** A Kubernetes object that belongs to the cluster and to no namespace, as all of ours do. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly [part: string]: unknown;
}

export const LABELS = { 'app.kubernetes.io/name': 'dovetail', 'app.kubernetes.io/managed-by': 'dovetail' };

/** Kinds whose plural is not their name and an `s`. */
const PLURALS: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
};

/** Where the object stands in the API. */
export const pathOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `/apis/${apiVersion}/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}/${metadata.name}`;
