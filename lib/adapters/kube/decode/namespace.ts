import type { Namespace } from '../../../model/snapshot.ts';
import { mapOf } from './values.ts';
import type { WireObject } from './wire.ts';

/** With the label that the API server puts on every namespace, for selectors by name. */
export const namespaceOf = ({ metadata: { name, labels } }: WireObject): Namespace => ({
  name,
  labels: { ...mapOf(labels), 'kubernetes.io/metadata.name': name },
});
